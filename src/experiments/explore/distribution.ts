/**
 * The next-token distribution, token by token, before and after a chain. The page computes it anew from kept logits
 * whenever a sampler moves; a result lists it as it was.
 */
import * as v from 'valibot';
import type { ListedTokens, Vocabulary } from '../../core/languageModel';
import { entropyLimits } from '../../core/listed';
import { logSumExp, rankOf, topIndices } from '../../core/logits';
import {
  KEPT,
  SamplerChain,
  type ChainSpec,
  type ProcessedDistribution,
  type SamplerHistory,
} from '../../core/samplers/chain';
import { keepsCertainCount, ListedChain, type ListedOutcome } from '../../core/samplers/listedChain';
import { randomStream } from '../../core/random';

/** What removes a token whose logit is -Infinity. */
export const MODEL = 'the model';

const rowSchema = v.object({
  id: v.number(),
  /** null where the model's own is -Infinity. */
  logit: v.nullable(v.number()),
  /** The logit as the chain left it; null where the token was removed. */
  processedLogit: v.nullable(v.number()),
  /** Probability before the chain. */
  raw: v.number(),
  /** Probability after the chain. */
  processed: v.number(),
  /** Where that depends on tokens that are not listed: the least and the most that it can be. */
  limits: v.optional(v.object({ low: v.number(), high: v.number() })),
  /** Name of the sampler that removed it, or `the model` where its logit was -Infinity; null when it is kept. */
  removedBy: v.nullable(v.string()),
});
export type DistributionRow = v.InferOutput<typeof rowSchema>;

/** Far more tokens than any vocabulary has: what a saved file says is held in memory. */
export const MOST_TOKENS = 10_000_000;

const rankedRowSchema = v.object({
  ...rowSchema.entries,
  /** Tokens that are more probable before the chain. */
  rank: v.number(),
});
/** A token wherever it ranks. */
export type RankedRow = v.InferOutput<typeof rankedRowSchema>;

export const distributionSchema = v.object({
  /** Most probable first, before the chain. */
  rows: v.array(rowSchema),
  /**
   * Where the chain left few of these or none, the best of what it left beyond them, most probable first after the
   * chain. `rest` counts them too.
   */
  survivors: v.optional(v.array(rankedRowSchema)),
  /** All the tokens that have no row of their own. */
  rest: v.object({ tokens: v.number(), kept: v.number(), raw: v.number(), processed: v.number() }),
  vocabularySize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_TOKENS)),
  kept: v.number(),
  keptMass: v.number(),
  /** Nats, before and after the chain. */
  rawEntropy: v.number(),
  entropy: v.number(),
  /** Of every step of the chain: how many tokens it removed, and their raw probability. */
  steps: v.array(v.object({ sampler: v.string(), removed: v.number(), mass: v.number() })),
  warnings: v.array(v.string()),
  /** True where no token fits the shapes that the text is held to: the one that is kept does not. */
  stranded: v.optional(v.boolean()),
  /** ln of the sum of exp(logit): raw probability = exp(logit - this). */
  logSumExp: v.number(),
  /**
   * Where the model's answer lists only some tokens. Only they have rows of their own; what is said of the others one by
   * one is as if they shared the rest evenly.
   */
  listed: v.optional(
    v.object({
      tokens: v.number(),
      /** Their probability together, before the chain. */
      mass: v.number(),
      /**
       * What the chain makes of them is exact, or off by at most `off`, the largest difference of any of their
       * probabilities; null where that is not known.
       */
      exact: v.boolean(),
      off: v.nullable(v.number()),
      /** The chain keeps none but them for certain: how many it keeps, and their entropy, are exact as well. */
      within: v.boolean(),
      /** How many tokens it keeps is certain, though some of them may not be listed. */
      counted: v.optional(v.literal(true)),
      /** Nats, before the chain. */
      rawEntropy: v.object({ least: v.number(), most: v.number() }),
    }),
  ),
});
export type DistributionSummary = v.InferOutput<typeof distributionSchema>;

/** What samplers may look back at, and what those that draw draw from. */
export interface PromptContext {
  readonly tokens: ArrayLike<number>;
  readonly seed: number;
  /** What of the prompt's text the next token has to begin with; see `PromptTokens`. */
  readonly owed?: string;
}

/** Most tokens that are listed. */
export const MOST_ROWS = 200;

/** Tokens that the chain left and that are listed at least, where it left so many. */
const FEWEST_LEFT = 5;

const NO_PROMPT: PromptContext = { tokens: [], seed: 0 };

/** One vector of logits, seen through any chain. */
export class Distribution {
  readonly #logits: ArrayLike<number>;
  readonly #order: readonly number[];
  readonly #logSumExp: number;
  readonly #vocabulary: Vocabulary | undefined;
  #chain: SamplerChain | undefined;
  /** The chain's vectors hold the softmax of the logits. */
  #loaded = false;
  #spec = '';
  readonly #listed: ListedTokens | undefined;
  #listedChain: ListedChain | undefined;

  /**
   * @param vocabulary for samplers that name tokens by text or pattern
   * @param listed where the logits are those of `listedLogits`
   * @throws RangeError when the logits are no distribution.
   */
  constructor(logits: ArrayLike<number>, vocabulary?: Vocabulary, listed?: ListedTokens) {
    this.#logits = logits;
    this.#vocabulary = vocabulary;
    this.#listed = listed;
    this.#order = listed
      ? Array.from(listed.ids.subarray(0, MOST_ROWS))
      : topIndices(logits, Math.min(MOST_ROWS, logits.length));
    this.#logSumExp = logSumExp(logits);
  }

  /**
   * What the chain makes of the logits, with at most `rows` tokens in rows of their own.
   * Samplers that draw or remember do what they do at the first token of the first sample.
   * @throws RangeError when the chain's parameters do not fit.
   */
  through(spec: ChainSpec, rows: number, context: PromptContext = NO_PROMPT): DistributionSummary {
    const result = this.#apply(spec, context);
    const outcome = this.#outcome(result, context);
    const shown = this.#order.slice(0, rows).map((id) => this.#row(id, result, spec, outcome));
    const sum = (pick: (row: DistributionRow) => number): number =>
      shown.reduce((total, row) => total + pick(row), 0);
    const tokens = this.#logits.length - shown.length;
    const kept = result.kept - sum(({ removedBy }) => (removedBy === null ? 1 : 0));
    const survivors = kept > 0 ? this.#survivors(shown, result, spec, outcome) : [];
    const listed = this.#listed && outcome && this.#listedIn(this.#listed, outcome, spec);
    return {
      rows: shown,
      ...(survivors.length > 0 && { survivors }),
      rest: {
        tokens,
        kept,
        // Differences of rounded sums may lie a hair beside zero.
        raw: tokens === 0 ? 0 : Math.max(0, 1 - sum(({ raw }) => raw)),
        processed: kept === 0 ? 0 : Math.max(0, 1 - sum(({ processed }) => processed)),
      },
      vocabularySize: this.#logits.length,
      kept: result.kept,
      keptMass: result.keptMass,
      rawEntropy: result.rawEntropy,
      entropy: result.entropy,
      steps: result.steps.map(({ sampler, removed, mass }) => ({ sampler, removed, mass })),
      warnings: [...result.warnings],
      ...(result.stranded && { stranded: true }),
      logSumExp: this.#logSumExp,
      ...(listed && { listed }),
    };
  }

  /** What is known of the listed tokens behind the chain; undefined where all are listed. */
  #outcome({ probabilities }: ProcessedDistribution, context: PromptContext): ListedOutcome | undefined {
    return (
      this.#listed &&
      this.#listedChain!.outcome(this.#listed, this.#logits, probabilities, this.#history(context))
    );
  }

  #listedIn(
    listed: ListedTokens,
    { limits: _, ...outcome }: ListedOutcome,
    spec: ChainSpec,
  ): NonNullable<DistributionSummary['listed']> {
    const rawEntropy = entropyLimits(listed, this.#logits);
    const certain = !outcome.within && keepsCertainCount(spec);
    return {
      ...{ tokens: listed.ids.length, mass: listed.mass, ...outcome, rawEntropy },
      ...(certain && { counted: true }),
    };
  }

  #survivors(
    shown: readonly DistributionRow[],
    result: ProcessedDistribution,
    spec: ChainSpec,
    outcome: ListedOutcome | undefined,
  ): RankedRow[] {
    const wanted = FEWEST_LEFT - shown.filter(({ removedBy }) => removedBy === null).length;
    if (wanted <= 0) return [];
    const listed = new Set(shown.map(({ id }) => id));
    return topIndices(result.logits, Math.min(listed.size + wanted, result.logits.length))
      .filter((id) => result.removedBy[id] === KEPT && !listed.has(id) && this.#isKnown(id))
      .slice(0, wanted)
      .map((id) => ({ ...this.#row(id, result, spec, outcome), rank: rankOf(this.#logits, id) }));
  }

  /**
   * Rows of any tokens; of those that a server does not list there are none.
   * @param ids of this vocabulary
   * @throws RangeError when the chain's parameters do not fit.
   */
  rowsOf(ids: readonly number[], spec: ChainSpec, context: PromptContext = NO_PROMPT): readonly RankedRow[] {
    const result = this.#apply(spec, context);
    const outcome = this.#outcome(result, context);
    return ids
      .filter((id) => this.#isKnown(id))
      .map((id) => ({ ...this.#row(id, result, spec, outcome), rank: rankOf(this.#logits, id) }));
  }

  /** How many tokens the chain keeps. */
  kept(spec: ChainSpec, context: PromptContext = NO_PROMPT): number {
    return this.#apply(spec, context).kept;
  }

  #apply(spec: ChainSpec, context: PromptContext): ProcessedDistribution {
    const key = JSON.stringify(spec);
    if (!this.#chain || key !== this.#spec) {
      // A slider asks for another chain in every frame: the vectors stay, and with them the softmax of the logits.
      this.#chain = new SamplerChain(spec, this.#logits.length, this.#vocabulary, this.#chain);
      this.#listedChain = this.#listed && new ListedChain(spec, this.#logits.length, this.#vocabulary);
      this.#spec = key;
    }
    const history = { ...this.#history(context), memory: this.#chain.newMemory() };
    if (this.#loaded) return this.#chain.applyAgain(this.#logits, history);
    const result = this.#chain.apply(this.#logits, history);
    this.#loaded = true;
    return result;
  }

  #history({ tokens, seed, owed = '' }: PromptContext): SamplerHistory {
    return {
      tokens,
      promptLength: tokens.length,
      owed: new TextEncoder().encode(owed).length,
      random: randomStream(seed, 'sampler', 0),
    };
  }

  /** An unlisted token has no probability of its own. */
  #isKnown(id: number): boolean {
    return !this.#listed || this.#listed.ids.includes(id);
  }

  #row(
    id: number,
    { raw, logits, probabilities, removedBy }: ProcessedDistribution,
    spec: ChainSpec,
    outcome: ListedOutcome | undefined,
  ): DistributionRow {
    const step = removedBy[id]!;
    const limits = outcome?.limits?.get(id);
    return {
      id,
      logit: finite(this.#logits[id]!),
      processedLogit: finite(logits[id]!),
      raw: raw[id]!,
      processed: probabilities[id]!,
      ...(step === KEPT && limits && { limits }),
      removedBy: step === KEPT ? null : (spec[step]?.sampler ?? MODEL),
    };
  }
}

/** JSON has no -Infinity. */
function finite(logit: number): number | null {
  return logit === -Infinity ? null : logit;
}

/** A distribution of which fewer tokens have a row of their own. */
export function firstRows(
  { survivors: beyond = [], ...summary }: DistributionSummary,
  rows: number,
): DistributionSummary {
  const first = summary.rows.slice(0, rows);
  const more = summary.rows.slice(rows);
  const wanted = FEWEST_LEFT - first.filter(({ removedBy }) => removedBy === null).length;
  const left = more
    .map((row, i) => ({ ...row, rank: first.length + i }))
    .filter(({ removedBy }) => removedBy === null);
  const survivors = [...left, ...beyond]
    .sort((a, b) => b.processed - a.processed)
    .slice(0, Math.max(0, wanted));
  const { tokens, kept, raw, processed } = summary.rest;
  const sum = (pick: (row: DistributionRow) => number): number =>
    more.reduce((total, row) => total + pick(row), 0);
  return {
    ...summary,
    rows: first,
    ...(survivors.length > 0 && { survivors }),
    rest: {
      tokens: tokens + more.length,
      kept: kept + sum(({ removedBy }) => (removedBy === null ? 1 : 0)),
      raw: raw + sum((row) => row.raw),
      processed: processed + sum((row) => row.processed),
    },
  };
}
