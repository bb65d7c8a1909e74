import * as v from 'valibot';
import { completionSchema, endSchema } from '../kit/decodingLoop';
import { tokenStepSchema } from '../kit/tokenSelection';
import { turnBackSchema } from '../kit/turnBack';
import { promptTokensSchema } from '../kit/prompt';
import { float32Array, listedTokensSchema, resultFields, tokenSchema } from '../kit/results';
import { distributionSchema, MOST_TOKENS } from './distribution';

export const exploreEventSchema = v.variant('type', [
  v.object({ type: v.literal('prompt'), prompt: promptTokensSchema }),
  /** Raw logits for the token after the prompt; `listed` as `NextToken` has it. */
  v.object({ type: v.literal('next'), logits: float32Array, listed: v.optional(listedTokensSchema) }),
  /** One step of every completion that is still growing. */
  v.object({ type: v.literal('steps'), steps: v.array(tokenStepSchema) }),
  /**
   * What became of completions after their latest step: those that went back over tokens, and those that ended
   * otherwise than by their length or the end of text.
   */
  v.object({
    type: v.literal('settled'),
    turned: v.array(v.object({ sample: v.number(), ...turnBackSchema.entries })),
    ended: v.array(v.object({ sample: v.number(), end: endSchema, stop: v.optional(v.string()) })),
  }),
]);
export type ExploreEvent = v.InferOutput<typeof exploreEventSchema>;

/** A token of a completion, with what the model thought at that step; see `tokenStepSchema`. */
const stepSchema = v.omit(tokenStepSchema, ['sample']);
export type CompletionStep = v.InferOutput<typeof stepSchema>;

export const exploreResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('explore'),
  /** Every token that the result names by its id, in the order of the ids. */
  tokens: v.array(
    v.object({
      ...tokenSchema.entries,
      id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_TOKENS - 1)),
    }),
  ),
  /** The token after the prompt; null where it was not to be listed, or a stop came before it. */
  next: v.nullable(distributionSchema),
  completions: v.array(v.object({ ...completionSchema.entries, steps: v.array(stepSchema) })),
  newTokens: v.number(),
});
export type ExploreResult = v.InferOutput<typeof exploreResultSchema>;
