/** What every sampler is: a step that changes the candidates for the next token. */
import type { Vocabulary } from '../languageModel';
import type { RandomStream } from '../random';
import type { TooFew } from '../shapes/roomForShape';
import type { Candidates } from './candidates';

/** What a chain may know beside the logits. Samplers that look back or draw need some of it; others none. */
export interface SamplerHistory {
  /** The prompt and what has been generated after it, oldest first. */
  readonly tokens: ArrayLike<number>;
  /** How many of `tokens` are the prompt; all of them when left out. */
  readonly promptLength?: number | undefined;
  /**
   * How many bytes of the first token behind the prompt belong to the prompt's own text: it was tokenized without
   * them, so that this token goes across its end. 0 when left out.
   */
  readonly owed?: number | undefined;
  /** Where a sampler that draws (XTC) takes its numbers from; without it, it does nothing and says so. */
  readonly random?: RandomStream | undefined;
  /** What stateful samplers (mirostat) remember of this sequence; see `SamplerChain.newMemory`. */
  readonly memory?: ChainMemory | undefined;
}

/** The state that stateful samplers keep between the steps of one sequence: one number per step of the chain. */
export type ChainMemory = Float64Array;

/**
 * Where a text stands for a sampler that holds it to something: it can go on, it is complete and nothing can follow,
 * or no token of the vocabulary can follow although it is not complete.
 */
export type Standing = 'open' | 'complete' | 'stuck';

/** Whether a token can come. */
export type TokenMask = (id: number) => boolean;

/** Where a text must go back to, because its last token has completed what must not come. */
export interface TurnBack {
  /** Index in `SamplerHistory.tokens` of the token in which that begins. */
  readonly index: number;
  /** What must not come, as it was written. */
  readonly text: string;
}

/** One step of a chain, with its parameters fixed. May own buffers: a sampler belongs to one chain. */
export interface Sampler {
  /** True when what it does depends on the history. */
  readonly usesHistory?: boolean;
  /**
   * Changes the logits of the candidates or removes some of them.
   * @param state this sampler's state in the sequence; stateless samplers ignore it.
   */
  apply(candidates: Candidates, history: SamplerHistory, state: number): void;
  /** Where the text stands after what is in the history; only samplers that can end a text say so. */
  standing?(history: SamplerHistory): Standing;
  /**
   * The tokens that can come next, whatever the logits, for a sampler that holds the text to a shape; undefined where
   * the text has lost it already.
   */
  mask?(history: SamplerHistory): TokenMask | undefined;
  /** Whether the text could end here by the shape that this sampler holds it to. */
  isWhole?(history: SamplerHistory): boolean;
  /** Why no text of so many tokens has the shape that this sampler holds texts to; undefined where one may. */
  tooFew?(maxNewTokens: number): TooFew | undefined;
  /** Only samplers that ban what is longer than a token say so. */
  turnsBack?(history: SamplerHistory): TurnBack | undefined;
  /** State at the start of a sequence; only stateful samplers have one. */
  readonly initialState?: number;
  /** The state after `id` was drawn from the distribution that the latest `apply` led to. */
  accept?(id: number, state: number): number;
}

/** What a sampler is built for. */
export interface SamplerContext {
  readonly vocabularySize: number;
  /** The bytes of every token, where the chain was given them: texts and patterns need it. */
  readonly vocabulary?: Vocabulary | undefined;
}
