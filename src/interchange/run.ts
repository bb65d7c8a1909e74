/** What a run was, as far as programs that draw tokens can say it to each other. */
import type { ChainSpec } from '../core/samplers/chain';

export interface Run {
  readonly chain: ChainSpec;
  /** The most probable token at every step; the chain takes no part then. */
  readonly greedy: boolean;
  readonly seed: number;
  /** Texts that are drawn. */
  readonly samples: number;
  readonly maxNewTokens: number;
  /** Texts that end a sample. */
  readonly stop: readonly string[];
  readonly prompt: string;
  /** The model's name for people. */
  readonly model: string;
  /** The model's token that ends a text. */
  readonly endOfText: number;
}

/** What a text of another program says beside the chain. */
export type RunParameters = Partial<Pick<Run, 'seed' | 'samples' | 'maxNewTokens' | 'stop' | 'prompt'>>;

/** What was understood of a text of another program. */
export interface Reading {
  readonly chain: ChainSpec;
  readonly parameters: RunParameters;
  /** Sentences: what the text leaves to the program, and what that takes. */
  readonly assumed: readonly string[];
  /** Sentences, each naming a key and its value, or a program's order that is not the chain's. */
  readonly notUnderstood: readonly string[];
  /** Keys that say nothing about how tokens are chosen. */
  readonly aside: readonly string[];
}
