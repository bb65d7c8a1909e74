/** The values of the Methods experiment: what goes in and what comes out, as plain JSON. */
import * as v from 'valibot';
import type { ChainSpec } from '../../core/samplers/chain';
import { completionSchema } from '../kit/decodingLoop';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';

/** A way to choose tokens. */
export type MethodSpec =
  | {
      /** For people; methods are told apart by it. */
      readonly name: string;
      /** Draws from what the chain leaves; greedy is temperature 0. */
      readonly kind: 'sampling';
      readonly chain: ChainSpec;
    }
  | { readonly name: string; readonly kind: 'beam'; readonly beams: number; readonly lengthPenalty: number }
  | {
      readonly name: string;
      readonly kind: 'diverse-beam';
      readonly beams: number;
      readonly groups: number;
      readonly diversity: number;
    }
  | { readonly name: string; readonly kind: 'contrastive'; readonly k: number; readonly alpha: number };

/** Something measured once per trial. */
const measureSchema = v.object({
  id: v.string(),
  /** What its mean tends to with more trials, where that can be computed. */
  exact: v.nullable(v.number()),
  mean: v.number(),
  /** Student's 95 % interval of the mean over the trials; null for fewer than two. */
  low: v.nullable(v.number()),
  high: v.nullable(v.number()),
  /** Trial by trial. */
  values: v.array(v.number()),
});
export type MethodMeasure = v.InferOutput<typeof measureSchema>;

const nextSchema = v.object({
  /** In nats, after the chain. */
  entropy: v.number(),
  effectiveVocabulary: v.number(),
  kept: v.number(),
  /** Probability before the chain of what it leaves. */
  keptMass: v.number(),
  warnings: v.array(v.string()),
  /** Most probable first, by the probability before the chain; in the form of tokens with how often each was drawn. */
  top: v.array(
    v.object({ token: tokenSchema, raw: v.number(), processed: v.number(), count: v.nullable(v.number()) }),
  ),
  /** All other tokens together. */
  others: v.object({ raw: v.number(), processed: v.number(), count: v.nullable(v.number()) }),
  /** Chance that the most probable token is among the most frequent ones of a trial; null where it takes too long. */
  greedyIsMode: v.nullable(
    v.object({ uniqueMode: v.number(), amongModes: v.number(), tiesBrokenUniformly: v.number() }),
  ),
});
export type MethodNext = v.InferOutput<typeof nextSchema>;

/** One text of the first trial. Lists are by token. */
const textSchema = v.object({
  ...completionSchema.entries,
  tokens: v.array(v.string()),
  /** Probabilities before the chain. */
  raw: v.array(v.number()),
  /** In contrastive search: the largest cosine of each token's hidden state with an earlier one. */
  penalties: v.optional(v.array(v.number())),
});
export type MethodText = v.InferOutput<typeof textSchema>;

const methodSchema = v.object({
  name: v.string(),
  spec: v.looseObject({ kind: v.string() }),
  /** Why the model cannot do it; null where it can. */
  unavailable: v.nullable(v.string()),
  /** True where nothing is drawn: every trial is the same, and only one is run. */
  deterministic: v.boolean(),
  /** The distribution of the next token; null for searches, and where not all that is kept is listed. */
  next: v.nullable(nextSchema),
  measures: v.array(measureSchema),
  texts: v.array(textSchema),
});
export type MethodResult = v.InferOutput<typeof methodSchema>;

export const methodsResultSchema = v.object({
  experiment: v.literal('methods'),
  ...resultFields,
  form: v.picklist(['tokens', 'continuations']),
  samples: v.number(),
  trials: v.number(),
  maxNewTokens: v.number(),
  /** Entropy in nats of the next token before any sampler; null where the model lists only some tokens. */
  rawEntropy: v.nullable(v.number()),
  methods: v.array(methodSchema),
});
export type MethodsResult = v.InferOutput<typeof methodsResultSchema>;

export const methodsEventSchema = v.variant('type', [
  /** The prompt was read: the result with every method still to come. */
  v.object({ type: v.literal('begun'), result: methodsResultSchema }),
  /** A method that is done. */
  v.object({ type: v.literal('method'), method: methodSchema }),
]);
type GrowthEvent = v.InferOutput<typeof methodsEventSchema>;
export type MethodsEvent = ProgressEvent | GrowthEvent;

/** Names of the methods that are still to come. */
export function namesToCome({ stopped, methods }: MethodsResult): string[] {
  // A search that was stopped before its first step has nothing either.
  if (stopped) return [];
  return methods.flatMap(({ name, unavailable, next, texts }) =>
    unavailable === null && next === null && texts.length === 0 ? [name] : [],
  );
}

/** The result so far, from what it was and the next event; null before the first one. */
export function growMethods(result: MethodsResult | null, event: GrowthEvent): MethodsResult | null {
  if (event.type === 'begun') return event.result;
  const { method } = event;
  return (
    result && {
      ...result,
      methods: result.methods.map((known) => (known.name === method.name ? method : known)),
    }
  );
}
