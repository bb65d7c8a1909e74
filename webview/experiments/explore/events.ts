/** What Explore sends while it runs and at its end, checked as it arrives. */
import * as v from 'valibot';
import { exploreEventSchema, type ExploreEvent } from '../../../src/experiments/explore/result';
import { completionSchema } from '../../../src/experiments/kit/decodingLoop';

export const endSchema = completionSchema.entries.end;

/** Of the result, what the page shows beside what the events already told it. */
const resultSchema = v.object({
  completions: v.array(
    v.object({ ids: v.array(v.number()), text: v.string(), end: endSchema, logProbability: v.number() }),
  ),
  stopped: v.boolean(),
  newTokens: v.number(),
  milliseconds: v.number(),
  provenance: v.looseObject({ seed: v.number(), precision: v.string(), fingerprint: v.string() }),
});

/** The part of an `ExploreResult` that the page uses. */
export type ShownResult = v.InferOutput<typeof resultSchema>;

export function readExploreEvent(value: unknown): ExploreEvent | null {
  const parsed = v.safeParse(exploreEventSchema, value);
  return parsed.success ? parsed.output : null;
}

export function readExploreResult(value: unknown): ShownResult | null {
  const parsed = v.safeParse(resultSchema, value);
  return parsed.success ? parsed.output : null;
}
