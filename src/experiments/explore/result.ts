import * as v from 'valibot';
import type { ChainSpec } from '../../core/samplers/chain';
import { completionSchema } from '../kit/decodingLoop';
import { tokenStepSchema } from '../kit/nextTokens';
import { promptTokensSchema } from '../kit/prompt';
import { float32Array } from '../kit/results';

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

export const exploreEventSchema = v.variant('type', [
  v.object({ type: v.literal('prompt'), prompt: promptTokensSchema }),
  /** Raw logits for the token after the prompt. */
  v.object({ type: v.literal('next'), logits: float32Array }),
  /** One step of every completion that is still growing. */
  v.object({ type: v.literal('steps'), steps: v.array(tokenStepSchema) }),
]);
export type ExploreEvent = v.InferOutput<typeof exploreEventSchema>;

export const exploreResultSchema = v.object({
  completions: v.array(completionSchema),
  /** True when a person stopped it before it was done. */
  stopped: v.boolean(),
  newTokens: v.number(),
  /** Wall time of the generation, in milliseconds. */
  milliseconds: v.number(),
  /** What is needed to replay it. */
  provenance: v.object({
    model: v.string(),
    fingerprint: v.string(),
    precision: v.string(),
    promptIds: v.array(v.number()),
    chain: v.array(v.looseObject({ sampler: v.string() })),
    greedy: v.boolean(),
    seed: v.number(),
    maxNewTokens: v.number(),
    healing: v.boolean(),
  }),
});
export type ExploreResult = v.InferOutput<typeof exploreResultSchema>;
