/** What is measured, who against whom, and what is to be reached. */
import { Gpt2Tokenizer } from '../../../src/gpt2/tokenizer/tokenizer';
import type { Task } from '../peers/tasks';

const tokenizer = new Gpt2Tokenizer();
/** A text of exactly so many tokens. */
function promptOf(tokens: number): number[] {
  const text = 'Once upon a time there was a king who had a daughter, and she was so beautiful that ';
  return tokenizer.encode(text.repeat(Math.ceil(tokens / 19) + 1)).slice(0, tokens);
}

/** Explore's default. */
const TOP_K = 40;
const SHORT = promptOf(9);

export const JOB_NAMES = ['headline', 'one', 'many', 'reading', 'first'] as const;
export type JobName = (typeof JOB_NAMES)[number];

export interface Job {
  readonly name: JobName;
  /** As a user reads it. */
  readonly said: string;
  /** undefined: a process starts and finds the first distribution. */
  readonly task?: Task;
}

/** @param quick shortens the longest one */
export function jobsOf(quick: boolean): readonly Job[] {
  const each = quick ? 8 : 16;
  return [
    {
      name: 'headline',
      said: "Explore's defaults: 5 samples of 40 tokens",
      task: { prompt: SHORT, samples: 5, tokens: 40, topK: TOP_K },
    },
    {
      name: 'one',
      said: 'One greedy text of 64 tokens',
      task: { prompt: SHORT, samples: 1, tokens: 64, topK: null },
    },
    {
      name: 'many',
      said: `32 samples of ${each} tokens`,
      task: { prompt: SHORT, samples: 32, tokens: each, topK: TOP_K },
    },
    {
      name: 'reading',
      said: 'Reading 512 tokens',
      task: { prompt: promptOf(512), samples: 1, tokens: 0, topK: null },
    },
    { name: 'first', said: 'From starting a process to the first distribution' },
  ];
}

/** The prompt of the first distribution. */
export const FIRST_PROMPT = SHORT;

/** A contestant: its program, and the weights that it uses. */
export interface Entrant {
  readonly name: string;
  readonly program: 'ours' | 'transformers' | 'llama';
  readonly weights: string;
}

const ours = (weights: string, said: string): Entrant => ({ name: said, program: 'ours', weights });
const FP32 = ours('fp32', '32-bit');
const FAST = ours('int8-fast', '8-bit fast');
const FOUR = ours('int4', '4-bit');
const TRANSFORMERS: Entrant = { name: 'transformers.js fp32', program: 'transformers', weights: 'fp32' };
const TRANSFORMERS_Q8: Entrant = { name: 'transformers.js q8', program: 'transformers', weights: 'q8' };
const LLAMA_Q8: Entrant = { name: 'llama.cpp q8_0', program: 'llama', weights: 'q8_0' };
const LLAMA_Q4: Entrant = { name: 'llama.cpp q4_0', program: 'llama', weights: 'q4_0' };

/** Two that take turns. */
export interface Duel {
  readonly ours: Entrant;
  readonly peer: Entrant;
  /** Without a job for which another duel tells enough. */
  readonly jobs: readonly JobName[];
  /** How many times as fast ours is to be, on one thread; a job without a goal is measured for comparison. */
  readonly goals: Readonly<Partial<Record<JobName, number>>>;
}

/** By the words that choose them. */
export const DUELS: Readonly<Record<string, Duel>> = {
  fp32: { ours: FP32, peer: TRANSFORMERS, jobs: JOB_NAMES, goals: { headline: 1.5, one: 1.05 } },
  fast: {
    ours: FAST,
    peer: TRANSFORMERS,
    jobs: ['headline', 'one', 'many', 'reading'],
    goals: { headline: 3, one: 4, many: 3, reading: 2.5 },
  },
  q8: { ours: FAST, peer: TRANSFORMERS_Q8, jobs: JOB_NAMES, goals: {} },
  q8_0: { ours: FAST, peer: LLAMA_Q8, jobs: JOB_NAMES, goals: { one: 1.15, many: 5 } },
  q4_0: { ours: FOUR, peer: LLAMA_Q4, jobs: ['headline', 'one', 'many'], goals: {} },
};

/** Most of a job's time that may pass outside the network, with our fast weights, on one thread. */
export const MOST_OUTSIDE = { job: 'many', ours: FAST, share: 0.12 } as const;
