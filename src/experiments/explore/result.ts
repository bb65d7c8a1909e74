import * as v from 'valibot';
import { completionSchema } from '../kit/decodingLoop';
import { tokenStepSchema } from '../kit/nextTokens';
import { promptTokensSchema } from '../kit/prompt';
import { float32Array } from '../kit/results';

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
