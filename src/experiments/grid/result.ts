/** The values of the Grid experiment: what goes in and what comes out, as plain JSON. */
import * as v from 'valibot';
import { endSchema } from '../kit/decodingLoop';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';

/** One sampler parameter and the values it takes along a side of the grid. */
export const gridAxisSchema = v.object({
  /** A sampler of the catalog, for example `top-k`. */
  sampler: v.string(),
  /** One of its numbers, for example `k`. */
  parameter: v.string(),
  /** In the order in which they stand. */
  values: v.array(v.number()),
});
export type GridAxis = v.InferOutput<typeof gridAxisSchema>;

/** What is exact in a cell: the distribution of the next token after the cell's chain. */
const exactSchema = v.object({
  /** In nats. */
  entropy: v.number(),
  /** exp(entropy). */
  effectiveVocabulary: v.number(),
  /** Tokens left by the chain. */
  kept: v.number(),
  /** Their probability before the chain. */
  keptMass: v.number(),
  /** Expected number of distinct tokens in `draws` draws. */
  expectedDistinct: v.number(),
  /** That number / draws: the expected diversity. */
  diversity: v.number(),
  /** Expected share of the most common token in `draws` draws: the expected coherence. */
  coherence: v.number(),
  /** Chance that the most probable token is also among the most frequent ones; null where too many tokens are left. */
  greedyIsMode: v.nullable(
    v.object({ uniqueMode: v.number(), amongModes: v.number(), tiesBrokenUniformly: v.number() }),
  ),
});

/** What is measured in a cell's texts that are whole and have tokens. */
const measuredSchema = v.object({
  /** How many there are. */
  texts: v.number(),
  /** Distinct n-grams / all n-grams, over the cell's texts together; null where no text is long enough. */
  distinct1: v.nullable(v.number()),
  distinct2: v.nullable(v.number()),
  distinct3: v.nullable(v.number()),
  /** 1 - product of (1 - rep-n) for n = 2 to 4, the mean over the texts. */
  repetition: v.number(),
  /** Mean over the texts of the natural log of a token's probability before the chain. */
  meanLogProbability: v.number(),
  /** Mean over all steps of all texts, after the chain; null where it is not known at each. */
  meanEntropy: v.nullable(v.number()),
  meanKept: v.nullable(v.number()),
});

/** One drawn text. Lists are by token. */
const textSchema = v.object({
  /** Which sample: the same number draws the same random numbers in every cell. */
  sample: v.number(),
  text: v.string(),
  end: endSchema,
  /** The stop string that it ended at. */
  stop: v.optional(v.string()),
  ids: v.array(v.number()),
  tokens: v.array(v.string()),
  /** Probabilities before and after the chain; null as in `TokenStep`. */
  raw: v.array(v.number()),
  processed: v.array(v.nullable(v.number())),
  /** Sum of the natural logs of `raw`. */
  logProbability: v.number(),
  /** 1 - product of (1 - rep-n) for n = 2 to 4. */
  repetition: v.number(),
});
export type GridText = v.InferOutput<typeof textSchema>;

const cellSchema = v.object({
  row: v.number(),
  column: v.number(),
  /** The chain that the two values make, in the order in which it acts. */
  chain: v.array(v.looseObject({ sampler: v.string() })),
  /** null where the samplers keep tokens that the model does not list. */
  exact: v.nullable(exactSchema),
  /** The most probable tokens: before and after the chain; null where it is not known exactly what that does. */
  top: v.array(v.object({ token: tokenSchema, raw: v.number(), processed: v.nullable(v.number()) })),
  /** Sentences about the chain: a single token is left, for example. */
  warnings: v.array(v.string()),
  texts: v.array(textSchema),
  measured: v.nullable(measuredSchema),
});
export type GridCell = v.InferOutput<typeof cellSchema>;

export const gridResultSchema = v.object({
  experiment: v.literal('grid'),
  ...resultFields,
  rows: gridAxisSchema,
  columns: gridAxisSchema,
  samples: v.number(),
  maxNewTokens: v.number(),
  /** Draws that the expected diversity and coherence speak of. */
  draws: v.number(),
  vocabularySize: v.number(),
  /** The next token before any sampler. */
  raw: v.object({
    /** null where the model lists only some tokens, as what follows. */
    entropy: v.nullable(v.number()),
    effectiveVocabulary: v.nullable(v.number()),
    best: tokenSchema,
    probability: v.number(),
  }),
  /** Row by row; those that were reached before a stop. */
  cells: v.array(cellSchema),
});
export type GridResult = v.InferOutput<typeof gridResultSchema>;

export const gridEventSchema = v.variant('type', [
  /** The prompt was read: the result before its first cell. */
  v.object({ type: v.literal('begun'), result: gridResultSchema }),
  /** The next cells, with what is exact in them. */
  v.object({ type: v.literal('cells'), cells: v.array(cellSchema) }),
  /** New texts of cells, and what is measured in all of theirs so far. */
  v.object({
    type: v.literal('texts'),
    cells: v.array(
      v.object({
        /** Index into the result's cells. */
        cell: v.number(),
        texts: v.array(textSchema),
        measured: v.nullable(measuredSchema),
      }),
    ),
  }),
]);
type GrowthEvent = v.InferOutput<typeof gridEventSchema>;
export type GridTexts = Extract<GrowthEvent, { type: 'texts' }>['cells'][number];
export type GridEvent = ProgressEvent | GrowthEvent;

/** The result so far, from what it was and the next event; null before the first one. */
export function growGrid(result: GridResult | null, event: GrowthEvent): GridResult | null {
  if (event.type === 'begun') return event.result;
  if (!result) return null;
  if (event.type === 'cells') return { ...result, cells: [...result.cells, ...event.cells] };
  const cells = [...result.cells];
  for (const { cell: index, texts, measured } of event.cells) {
    const cell = cells[index];
    if (cell) cells[index] = { ...cell, texts: [...cell.texts, ...texts], measured };
  }
  return { ...result, cells };
}

/** Whether cells, or texts of theirs, are still to come. */
export function isGrowing({ stopped, rows, columns, cells, samples }: GridResult): boolean {
  const planned = rows.values.length * columns.values.length;
  return !stopped && (cells.length < planned || cells.some(({ texts }) => texts.length < samples));
}
