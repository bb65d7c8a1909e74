/** The values of Surprisal: what goes in, what comes while it runs and at its end. */
import * as v from 'valibot';
import { float64Array, int32Array } from '../kit/results';

export interface SurprisalParameters {
  /** The text, from the beginning: what is before the part of interest is read, what is behind decides its windows. */
  readonly text: string;
  /** UTF-16 offsets between which tokens are reported. */
  readonly from: number;
  readonly to: number;
  /** Best tokens to report at every place, 0 to 100. */
  readonly alternatives: number;
  /** Windows whose scores the asker has from an earlier run: they are named, not scored again. */
  readonly known: readonly string[];
}

/** A run of scored tokens, each array one entry per token. */
const tokensSchema = v.object({
  ids: int32Array,
  /** UTF-16 offset at which each token's first character begins. */
  starts: int32Array,
  /** UTF-16 offset behind each token's last character; tokens that share a character overlap there. */
  ends: int32Array,
  /** Natural log of the probability. */
  logProbabilities: float64Array,
  /** 0 = most probable; -1 where a server does not say it. */
  ranks: int32Array,
  /** Nats; NaN where a server lists only some tokens. */
  entropies: float64Array,
  /** `alternatives` ids per token, most probable first, and the natural logs of their probabilities. */
  alternativeIds: int32Array,
  alternativeLogProbabilities: float64Array,
});

const common = {
  window: v.string(),
  /** Tokens reported so far, these among them, and all that will be. */
  done: v.number(),
  total: v.number(),
};

/** Tokens in the order of the text. A window's scores depend on nothing but what its name stands for. */
export const surprisalEventSchema = v.variant('type', [
  v.object({
    type: v.literal('tokens'),
    ...common,
    tokens: tokensSchema,
    /** Whether the window ends with these. */
    last: v.boolean(),
  }),
  /** A window that the asker knows: where its tokens stand now. */
  v.object({ type: v.literal('known'), ...common, starts: int32Array, ends: int32Array }),
]);
export type SurprisalEvent = v.InferOutput<typeof surprisalEventSchema>;

/** Of the tokens that were scored, without those of known windows. */
export const surprisalResultSchema = v.object({
  tokens: v.number(),
  /** Mean of the negative log-probabilities, nats per token; NaN without a token. */
  meanSurprisal: v.union([v.number(), v.nan()]),
  /** exp(meanSurprisal). */
  perplexity: v.union([v.number(), v.nan()]),
  /** Total surprisal in bits over the number of characters (code points) of the reported text. */
  bitsPerCharacter: v.union([v.number(), v.nan()]),
  /** Tokens among the 10, 100, 1000 best, and beyond; those whose rank is not known are left out. */
  rankHistogram: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  /** Sentences a user should read about what could not be scored. */
  notes: v.array(v.string()),
  model: v.string(),
  fingerprint: v.string(),
  precision: v.string(),
});
export type SurprisalResult = v.InferOutput<typeof surprisalResultSchema>;

/** The ranks at which the colour classes of the heat map end. */
export const RANK_LIMITS = [10, 100, 1000] as const;

/** The class of a rank: 0 for the top 10, 1 for the top 100, 2 for the top 1000, 3 beyond. */
export function rankClass(rank: number): 0 | 1 | 2 | 3 {
  return rank < RANK_LIMITS[0] ? 0 : rank < RANK_LIMITS[1] ? 1 : rank < RANK_LIMITS[2] ? 2 : 3;
}
