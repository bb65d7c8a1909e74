/** Nucleus: which tokens top-p keeps at a temperature, and what falls outside. */
import * as v from 'valibot';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';
import { tenDrawsSchema } from '../kit/tenDraws';

export type NucleusEvent = ProgressEvent;

const rankedTokenSchema = v.object({
  token: tokenSchema,
  /** At the temperature, before the cut. */
  probability: v.number(),
  /** Summed up to and including it. */
  cumulative: v.number(),
});

const nucleusCellSchema = v.object({
  temperature: v.number(),
  p: v.number(),
  /** Tokens in the nucleus, and their probability together at the temperature. */
  kept: v.number(),
  keptMass: v.number(),
  /** keptMass - p: by how much the nucleus has more than was asked for. */
  distance: v.number(),
  /** The first tokens of the nucleus, most probable first, with their probabilities after the cut. */
  nucleus: v.array(v.object({ token: tokenSchema, probability: v.number() })),
  /** The first tokens outside of it, with their probabilities before the cut. */
  outside: v.array(v.object({ token: tokenSchema, probability: v.number() })),
  /** Entropy in nats after the cut. */
  entropy: v.number(),
  /** Of what is left after the cut. */
  tenDraws: tenDrawsSchema,
});
export type NucleusCell = v.InferOutput<typeof nucleusCellSchema>;

const nucleusCurveSchema = v.object({
  temperature: v.number(),
  /** Number of most probable tokens, and their probability together; every one of few, a selection of many. */
  ranks: v.array(v.number()),
  cumulative: v.array(v.number()),
  /** The first ranks with their tokens. */
  tokens: v.array(rankedTokenSchema),
});
export type NucleusCurve = v.InferOutput<typeof nucleusCurveSchema>;

export const nucleusResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('nucleus'),
  vocabularySize: v.number(),
  /** By temperature and then p, ascending. */
  cells: v.array(nucleusCellSchema),
  curves: v.array(nucleusCurveSchema),
});
export type NucleusResult = v.InferOutput<typeof nucleusResultSchema>;
