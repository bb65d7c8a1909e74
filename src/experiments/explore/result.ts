import type { ChainSpec } from '../../core/samplers/chain';

/** Parameters of the Explore experiment; see `parseExplore` for their limits. */
export interface ExploreParameters {
  /** The text whose continuation is explored. */
  readonly prompt: string;
  /** Samplers, in the order in which they act. */
  readonly chain: ChainSpec;
  /** Take the most probable token at every step; the chain is then only shown, not drawn from. */
  readonly greedy: boolean;
  /** 0 to 2^32 - 1; sample i draws from its own stream of this seed. */
  readonly seed: number;
  /** Number of completions, 0 to 64; 0 asks for the next-token distribution alone. */
  readonly samples: number;
  /** New tokens per completion, 1 to the model's context length - 1. */
  readonly maxNewTokens: number;
  /**
   * Continues the text across its end: white space there is left to the next token, and completions begin behind it.
   * Without it, the prompt's own tokens are continued.
   */
  readonly healing?: boolean;
}

/** The prompt as the model reads it. */
export interface PromptTokens {
  /** Ids that the model is given: the end of the prompt, as much as fits. Never empty for GPT-2. */
  readonly ids: Int32Array;
  /** True where the text began before `ids` and its start did not fit. */
  readonly truncated: boolean;
  /** Sentences a person should read about the prompt: what was cut or replaced, and why. */
  readonly notes: readonly string[];
  /** White space at the end of the text that is not in `ids`: the next token begins with it. Left out for none. */
  readonly owed?: string;
}

/** One drawn token, with what the model thought at that step. */
export interface TokenStep {
  /** Which completion, from 0. */
  readonly sample: number;
  readonly id: number;
  /** Probability of this token before the chain, at temperature 1. */
  readonly raw: number;
  /** Probability after the chain; 1 when greedy. */
  readonly processed: number;
  /** Rank among the raw logits, 0 = most probable. */
  readonly rank: number;
  /** The best tokens at this step, most probable first. */
  readonly alternatives: readonly Alternative[];
}

export interface Alternative {
  readonly id: number;
  readonly raw: number;
  readonly processed: number;
}

export type ExploreEvent =
  | { readonly type: 'prompt'; readonly prompt: PromptTokens }
  /** Raw logits for the token after the prompt. */
  | { readonly type: 'next'; readonly logits: Float32Array }
  /** One step of every completion that is still growing. */
  | { readonly type: 'steps'; readonly steps: readonly TokenStep[] };

export interface Completion {
  readonly ids: readonly number[];
  /** What comes after the text of the prompt. */
  readonly text: string;
  /** Why it ended. */
  readonly end: 'length' | 'end of text' | 'stopped';
  /** Sum over its tokens of the natural log of the raw probability. */
  readonly logProbability: number;
}

export interface ExploreResult {
  readonly completions: readonly Completion[];
  /** True when a person stopped it before it was done. */
  readonly stopped: boolean;
  readonly newTokens: number;
  /** Wall time of the generation, in milliseconds. */
  readonly milliseconds: number;
  /** What is needed to replay it. */
  readonly provenance: {
    readonly model: string;
    readonly fingerprint: string;
    readonly precision: string;
    readonly promptIds: readonly number[];
    readonly chain: ChainSpec;
    readonly greedy: boolean;
    readonly seed: number;
    readonly maxNewTokens: number;
    readonly healing: boolean;
  };
}
