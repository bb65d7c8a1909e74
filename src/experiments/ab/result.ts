/** What comes of A/B: two texts at a time, and at every place the two distributions that they were drawn from. */
import * as v from 'valibot';
import { completionSchema } from '../kit/decodingLoop';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';
import { abParameters, exchanged } from './parameters';

/** How far apart two distributions are. */
const divergenceSchema = v.object({
  /**
   * Kullback-Leibler divergence of A from B, sum over the tokens of a ln(a / b), in nats. null where it is infinite:
   * B gives no chance to something that A does.
   */
  ab: v.nullable(v.number()),
  /** Of B from A. */
  ba: v.nullable(v.number()),
  /** Probability under A of the tokens that are impossible in B. */
  onlyA: v.number(),
  onlyB: v.number(),
  /** Jensen-Shannon divergence, in nats: from 0 to ln 2. */
  js: v.number(),
});
export type Divergence = v.InferOutput<typeof divergenceSchema>;

const sideSchema = v.object({
  /** The token that was drawn. */
  id: v.number(),
  /** Its probability before and after the chain. */
  raw: v.number(),
  processed: v.number(),
  /** Rank among the logits, 0 = most probable. */
  rank: v.number(),
  /** Of the distribution, in nats, before and after the chain. */
  rawEntropy: v.number(),
  entropy: v.number(),
  /** Tokens that the chain left, and their probability before it. */
  kept: v.number(),
  keptMass: v.number(),
  /** Of every sampler of the chain: the tokens that it removed, and their probability before the chain. */
  removals: v.array(v.object({ sampler: v.string(), removed: v.number(), mass: v.number() })),
});
export type SideStep = v.InferOutput<typeof sideSchema>;

/** What stands for a sampler where the model itself makes a token impossible, in results. */
export const THE_MODEL = 'the model';

const cellSchema = v.object({
  raw: v.number(),
  processed: v.number(),
  /** Name of the sampler that removed it, or `THE_MODEL` where its logit was -Infinity; null when it is kept. */
  removedBy: v.nullable(v.string()),
});
export type RowCell = v.InferOutput<typeof cellSchema>;

const rowSchema = v.object({ id: v.number(), a: v.nullable(cellSchema), b: v.nullable(cellSchema) });
export type StepRow = v.InferOutput<typeof rowSchema>;

const stepSchema = v.object({
  /** null where that text has ended; in a result that grows, also where it is not yet or no more. */
  a: v.nullable(sideSchema),
  b: v.nullable(sideSchema),
  /** The tokens that matter most on either side and those drawn: the most probable before the chains first. */
  rows: v.array(rowSchema),
  /** Of the distributions before and after the chains; null where one text has ended. */
  before: v.nullable(divergenceSchema),
  after: v.nullable(divergenceSchema),
});
export type AbStep = v.InferOutput<typeof stepSchema>;

const sampleSchema = v.object({ a: completionSchema, b: completionSchema, steps: v.array(stepSchema) });
export type AbSample = v.InferOutput<typeof sampleSchema>;

export const abResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('ab'),
  vocabularySize: v.number(),
  /** B's prompt as the model was given it; null where it is A's. */
  other: v.nullable(
    v.object({
      promptIds: v.array(v.number()),
      promptTruncated: v.boolean(),
      promptNotes: v.array(v.string()),
    }),
  ),
  /** Every token that the result names by its id, in the order of the ids. */
  tokens: v.array(tokenSchema),
  samples: v.array(sampleSchema),
});
export type AbResult = v.InferOutput<typeof abResultSchema>;

export const abEventSchema = v.variant('type', [
  /** The prompts were read: the result before its first tokens. */
  v.object({ type: v.literal('begun'), result: abResultSchema }),
  /** The next step of samples, with the tokens that were not named before. */
  v.object({
    type: v.literal('steps'),
    tokens: v.array(tokenSchema),
    steps: v.array(v.object({ sample: v.number(), at: v.number(), step: stepSchema })),
  }),
  /** Texts went back over a banned phrase: they have only so many tokens now. */
  v.object({
    type: v.literal('turned'),
    turned: v.array(v.object({ sample: v.number(), side: v.picklist(['a', 'b']), at: v.number() })),
  }),
]);
export type GrowthEvent = v.InferOutput<typeof abEventSchema>;
export type AbEvent = ProgressEvent | GrowthEvent;

/** The result so far, from what it was and the next event; null before the first one. */
export function growAb(result: AbResult | null, event: GrowthEvent): AbResult | null {
  if (event.type === 'begun') return event.result;
  if (!result) return null;
  const samples = [...result.samples];
  const change = (sample: number, to: (steps: readonly AbStep[]) => AbStep[]): void => {
    const before = samples[sample];
    if (before) samples[sample] = { ...before, steps: to(before.steps) };
  };
  if (event.type === 'turned') {
    for (const { sample, side, at } of event.turned) change(sample, (steps) => turnedBack(steps, side, at));
    return { ...result, samples };
  }
  for (const { sample, at, step } of event.steps) {
    change(sample, (steps) => [...steps.slice(0, at), step, ...steps.slice(at + 1)]);
  }
  return { ...result, samples, tokens: [...result.tokens, ...event.tokens] };
}

/** Steps of which one side has only the first so many. */
export function turnedBack(steps: readonly AbStep[], side: 'a' | 'b', at: number): AbStep[] {
  return steps.flatMap((step, place) => {
    if (place < at) return step;
    if (step[side === 'a' ? 'b' : 'a'] === null) return [];
    const rows = step.rows.map((row) => ({ ...row, [side]: null }));
    return { ...step, rows, [side]: null, before: null, after: null };
  });
}

/** The first place at which two texts differ, from 0; null where they do not. */
export function partingOf({ steps }: Pick<AbSample, 'steps'>): number | null {
  const at = steps.findIndex(({ a, b }) => a?.id !== b?.id);
  return at < 0 ? null : at;
}

/** Whether both sides continue the same tokens. */
export function onePrompt({ other }: Pick<AbResult, 'other'>): boolean {
  return other === null;
}

/** What the run with the sides exchanged gives: both draw from the same random numbers. */
export function swapped(result: AbResult): AbResult {
  const { provenance, other } = result;
  const { parameters, promptIds, promptTruncated, promptNotes } = provenance;
  return {
    ...result,
    other: other && { promptIds, promptTruncated, promptNotes },
    provenance: {
      ...provenance,
      ...other,
      parameters: exchanged(abParameters.parse(parameters)),
    },
    samples: result.samples.map(({ a, b, steps }) => ({ a: b, b: a, steps: steps.map(swappedStep) })),
  };
}

function swappedStep({ a, b, rows, before, after }: AbStep): AbStep {
  return {
    a: b,
    b: a,
    rows: rows.map((row) => ({ id: row.id, a: row.b, b: row.a })),
    before: before && swappedDivergence(before),
    after: after && swappedDivergence(after),
  };
}

function swappedDivergence({ ab, ba, onlyA, onlyB, js }: Divergence): Divergence {
  return { ab: ba, ba: ab, onlyA: onlyB, onlyB: onlyA, js };
}
