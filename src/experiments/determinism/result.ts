/** Determinism: which settings give the same text every time, and why. */
import * as v from 'valibot';
import type { ChainSpec } from '../../core/samplers/chain';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';

/** A way of decoding that is run several times. */
export interface Configuration {
  readonly id: string;
  /** For people, in their language. */
  readonly label: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly chain: ChainSpec;
  /** Takes the largest logit, the lowest id among equals, and draws nothing. */
  readonly greedy: boolean;
  /** Every run begins with the same random numbers, or each with its own. */
  readonly seeds: 'same' | 'new';
  /** All runs are computed side by side in one batch instead of one after the other. */
  readonly batch: boolean;
}

export type DeterminismEvent = ProgressEvent;

/** One step of a run where it matters: what was taken, and what else could have been. */
const stepSchema = v.object({
  token: tokenSchema,
  /** Probability of the token before the chain. */
  raw: v.number(),
  /** Probability that it was drawn with, after the chain; 1 for greedy. */
  processed: v.number(),
  /** Tokens that could be drawn. */
  kept: v.number(),
});
export type DeterminismStep = v.InferOutput<typeof stepSchema>;

const runSchema = v.object({
  ids: v.array(v.number()),
  /** Each token's own text. */
  tokens: v.array(v.string()),
  text: v.string(),
});
export type DeterminismRun = v.InferOutput<typeof runSchema>;

const differenceSchema = v.object({
  /** Index of the first new token that differs. */
  position: v.number(),
  /** Indices of the runs; `second` is -1 for `generate_simple`. */
  first: v.number(),
  second: v.number(),
  firstStep: stepSchema,
  secondStep: stepSchema,
  /** How many tokens share the largest logit there. */
  tied: v.number(),
});
export type DeterminismDifference = v.InferOutput<typeof differenceSchema>;

const verdictSchema = v.object({
  id: v.string(),
  label: v.string(),
  about: v.string(),
  greedy: v.boolean(),
  seeds: v.picklist(['same', 'new']),
  batch: v.boolean(),
  runs: v.array(runSchema),
  /** Different texts among the runs. */
  distinct: v.number(),
  /** Where two runs part first; null when all are the same. */
  difference: v.nullable(differenceSchema),
  /** Where the first run parts from `generate_simple`; null when it does not. */
  fromSimple: v.nullable(differenceSchema),
  /** The most tokens that could be drawn at any step of any run. */
  mostKept: v.number(),
  /** The smallest probability, after the chain, of a token that was taken. */
  leastChosen: v.number(),
  /** Steps at which two or more tokens shared the largest logit. */
  ties: v.number(),
  /** Largest difference between logits that were computed for the same context; 0 when they agree to the last bit. */
  logitsApart: v.number(),
});
export type DeterminismVerdict = v.InferOutput<typeof verdictSchema>;

export const determinismResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('determinism'),
  /** What `generate_simple` gives: greedy, for exactly as many tokens. */
  simple: runSchema,
  /** In the order of the parameters; those not finished before a stop are missing. */
  verdicts: v.array(verdictSchema),
  /** Configurations that could not be run, and why, in a sentence; left out where all could. */
  unavailable: v.optional(v.array(v.object({ id: v.string(), label: v.string(), reason: v.string() }))),
});
export type DeterminismResult = v.InferOutput<typeof determinismResultSchema>;
