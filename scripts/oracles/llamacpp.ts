import {
  SamplerChain,
  type ChainSpec,
  type ProcessedDistribution,
  type SamplerSpec,
} from '../../src/core/samplers/chain';
import { descending, nucleus, worstDifference } from './filters';

/** Samplers of llama.cpp, from its own tests; see the reference data's README for every field. */
interface LlamaCpp {
  readonly tolerance: number;
  readonly cases: readonly Case[];
  readonly queues: readonly Queue[];
}

interface Case {
  readonly id: string;
  readonly sampler: string;
  readonly params: Readonly<Record<string, number>> & {
    readonly seq_breakers?: readonly (readonly number[])[];
  };
  readonly input_probs: readonly number[];
  readonly last_tokens?: readonly number[];
  readonly expected_probs: readonly number[];
  readonly expected_ids: readonly number[];
  readonly renormalised: boolean;
}

interface Queue {
  readonly id: string;
  readonly n_vocab: number;
  readonly sequence: string;
  readonly top_k: number;
  readonly top_p: number;
  readonly min_p: number;
  readonly steps: readonly Step[];
}

interface Step {
  readonly sampler: string;
  readonly expected_size: number;
  readonly min_token_id: number;
  readonly max_token_id: number;
}

type Translation = (params: Case['params']) => ChainSpec;

/** llama.cpp takes many values as "do nothing", which here is a chain without that step. */
const unless = (off: boolean, spec: SamplerSpec): ChainSpec => (off ? [] : [spec]);
const minKeep = (params: Case['params']): number => Math.max(1, params['min_keep'] ?? 1);

const SAMPLERS: Readonly<Record<string, Translation>> = {
  temp: ({ temp }) => [{ sampler: 'temperature', temperature: Math.max(0, temp!) }],
  temp_ext: ({ temp, delta, exponent }) =>
    delta! > 0
      ? [
          {
            sampler: 'dynamic-temperature',
            min: Math.max(0, temp! - delta!),
            max: temp! + delta!,
            exponent: exponent!,
          },
        ]
      : [{ sampler: 'temperature', temperature: Math.max(0, temp!) }],
  top_k: ({ k }) => unless(k! <= 0, { sampler: 'top-k', k: k!, ties: 'exact' }),
  top_p: (params) => unless(params['p']! >= 1, nucleus(params['p']!, minKeep(params))),
  // Above 1 it keeps the best token there, as p = 1 does.
  min_p: (params) =>
    unless(params['p']! <= 0, { sampler: 'min-p', p: Math.min(1, params['p']!), minKeep: minKeep(params) }),
  typical: (params) =>
    unless(params['p']! >= 1, { sampler: 'typical', p: params['p']!, minKeep: minKeep(params) }),
  top_n_sigma: ({ n }) => unless(n! <= 0, { sampler: 'top-n-sigma', n: n! }),
  // The reference assumes that the draw triggers it.
  xtc: (params) => [
    { sampler: 'xtc', probability: 1, threshold: params['threshold']!, minKeep: minKeep(params) },
  ],
  penalties: ({ repeat_penalty: repeat, alpha_frequency: frequency, alpha_presence: presence }) => [
    { sampler: 'repetition-penalty', penalty: repeat! },
    { sampler: 'frequency-penalty', penalty: frequency! },
    { sampler: 'presence-penalty', penalty: presence! },
  ],
  dry: ({
    multiplier,
    base,
    allowed_length: allowedLength,
    penalty_last_n: window,
    seq_breakers: breakers = [],
  }) => [
    {
      sampler: 'dry',
      multiplier: multiplier!,
      base: base!,
      allowedLength: allowedLength!,
      window: window!,
      breakers,
    },
  ],
};

function check(_file: string, json: unknown): Promise<string[]> {
  const { tolerance, cases, queues } = json as LlamaCpp;
  return Promise.resolve([
    ...cases.flatMap((c) => checkCase(c, tolerance).map((wrong) => `${c.id}: ${wrong}`)),
    ...queues.flatMap((queue) => checkQueue(queue).map((wrong) => `${queue.id}: ${wrong}`)),
  ]);
}

function checkCase(expected: Case, tolerance: number): string[] {
  const translate = SAMPLERS[expected.sampler];
  if (!translate) return [`the sampler ${expected.sampler} is not known`];
  const { input_probs: input, last_tokens: tokens = [], expected_ids: ids, expected_probs: probs } = expected;
  const own = new SamplerChain(translate(expected.params), input.length).apply(input.map(Math.log), {
    tokens,
  });
  const kept = keptIds(own);
  // What is listed with probability 0 is masked there, and removed or very improbable here.
  const wanted = ids.filter((_, i) => probs[i]! > 0);
  const wrong: string[] = [];
  if (wanted.some((id) => !kept.includes(id)) || kept.some((id) => !ids.includes(id))) {
    wrong.push(`keeps ${kept.join(' ')}, expected ${descending(ids).reverse().join(' ')}`);
  }
  const values = expected.renormalised ? own.probabilities : Float64Array.from(input);
  const worst = worstDifference(
    ids.map((id) => values[id]!),
    probs,
  );
  if (worst > tolerance) wrong.push(`probabilities differ by ${worst}`);
  return wrong;
}

const keptIds = ({ logits }: ProcessedDistribution): number[] =>
  [...logits.keys()].filter((id) => logits[id]! > -Infinity);

const LETTERS: Readonly<Record<string, keyof Queue>> = { top_k: 'top_k', top_p: 'top_p', min_p: 'min_p' };

/** The queue is run step by step, so that every intermediate size is checked. */
function checkQueue(queue: Queue): string[] {
  const logits = Float64Array.from({ length: queue.n_vocab }, (_, id) => Math.fround(Math.log(id)));
  const chain: SamplerSpec[] = [];
  return queue.steps.flatMap((step, i) => {
    const field = LETTERS[step.sampler];
    if (field === undefined) return [`the sampler ${step.sampler} is not known`];
    const value = queue[field] as number;
    chain.push(...SAMPLERS[step.sampler]!(field === 'top_k' ? { k: value } : { p: value }));
    const own = new SamplerChain(chain, queue.n_vocab).apply(logits);
    return checkStep(own, step).map((wrong) => `step ${i} (${step.sampler}): ${wrong}`);
  });
}

/** The ids must be exactly min..max; id 0 has logit -infinity and counts there as long as nothing is removed. */
function checkStep(own: ProcessedDistribution, step: Step): string[] {
  const { expected_size: size, min_token_id: min, max_token_id: max } = step;
  const untouched = own.steps.every(({ removed }) => removed === 0);
  const kept = untouched ? [...own.logits.keys()] : keptIds(own);
  if (kept.length === size && kept[0] === min && kept.at(-1) === max) return [];
  return [`keeps ${kept.length} tokens, ${kept[0]} to ${kept.at(-1)}; expected ${size}, ${min} to ${max}`];
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'llamacpp/1': check,
};
