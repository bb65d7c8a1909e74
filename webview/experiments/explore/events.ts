/** What Explore sends while it runs and at its end, checked as it arrives. */
import * as v from 'valibot';
import type { ExploreEvent } from '../../../src/experiments/explore/result';

const alternativeSchema = v.object({ id: v.number(), raw: v.number(), processed: v.number() });

export const tokenStepSchema = v.object({
  sample: v.number(),
  id: v.number(),
  raw: v.number(),
  processed: v.number(),
  rank: v.number(),
  alternatives: v.array(alternativeSchema),
});

const eventSchema = v.variant('type', [
  v.object({
    type: v.literal('prompt'),
    prompt: v.object({ ids: v.instance(Int32Array), truncated: v.boolean(), notes: v.array(v.string()) }),
  }),
  v.object({ type: v.literal('next'), logits: v.instance(Float32Array) }),
  v.object({ type: v.literal('steps'), steps: v.array(tokenStepSchema) }),
]);

export const endSchema = v.picklist(['length', 'end of text', 'stopped']);

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
  const parsed = v.safeParse(eventSchema, value);
  return parsed.success ? parsed.output : null;
}

export function readExploreResult(value: unknown): ShownResult | null {
  const parsed = v.safeParse(resultSchema, value);
  return parsed.success ? parsed.output : null;
}
