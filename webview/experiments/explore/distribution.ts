/** The next-token distribution as rows to draw: recomputed from kept logits whenever a sampler moves. */
import { logSumExp, topIndices } from '../../../src/core/logits';
import {
  KEPT,
  SamplerChain,
  type ChainSpec,
  type ProcessedDistribution,
  type SamplerHistory,
} from '../../../src/core/samplers/chain';
import { randomStream } from '../../../src/core/random';

export interface DistributionRow {
  readonly id: number;
  readonly logit: number;
  /** The logit as the chain left it; -Infinity when the token was removed. */
  readonly processedLogit: number;
  /** Probability before the chain. */
  readonly raw: number;
  /** Probability after the chain. */
  readonly processed: number;
  /** Name of the sampler that removed it, or `the model` where its logit was -Infinity; null when it is kept. */
  readonly removedBy: string | null;
}

/** All the tokens that have no row of their own. */
export interface RestRow {
  readonly tokens: number;
  readonly kept: number;
  readonly raw: number;
  readonly processed: number;
}

export interface SamplerReport {
  readonly sampler: string;
  readonly removed: number;
  /** Raw probability of what it removed. */
  readonly mass: number;
}

export interface DistributionSummary {
  /** Most probable first, before the chain. */
  readonly rows: readonly DistributionRow[];
  readonly rest: RestRow;
  readonly vocabularySize: number;
  readonly kept: number;
  readonly keptMass: number;
  /** Nats, before and after the chain. */
  readonly rawEntropy: number;
  readonly entropy: number;
  readonly steps: readonly SamplerReport[];
  readonly warnings: readonly string[];
  /** ln of the sum of exp(logit): raw probability = exp(logit - this). */
  readonly logSumExp: number;
}

/** What samplers may look back at, and what those that draw draw from. */
export interface PromptContext {
  readonly tokens: ArrayLike<number>;
  readonly seed: number;
}

/** Rows at first, and how many more each "show more" draws. */
export const ROWS = 15;

/** Most rows that can be shown. */
export const MOST_ROWS = 200;

const NO_PROMPT: PromptContext = { tokens: [], seed: 0 };

/** One vector of logits, seen through any chain. */
export class Distribution {
  readonly #logits: ArrayLike<number>;
  readonly #order: readonly number[];
  readonly #logSumExp: number;
  #chain: SamplerChain | undefined;
  #spec = '';

  /** @throws RangeError when the logits are no distribution. */
  constructor(logits: ArrayLike<number>) {
    this.#logits = logits;
    this.#order = topIndices(logits, Math.min(MOST_ROWS, logits.length));
    this.#logSumExp = logSumExp(logits);
  }

  /**
   * What the chain makes of the logits, with at most `rows` tokens in rows of their own.
   * Samplers that draw or remember do what they do at the first token of the first sample.
   * @throws RangeError when the chain's parameters do not fit.
   */
  through(spec: ChainSpec, rows: number, context: PromptContext = NO_PROMPT): DistributionSummary {
    const result = this.#apply(spec, context);
    const shown = this.#order.slice(0, rows).map((id) => this.#row(id, result, spec));
    const sum = (pick: (row: DistributionRow) => number): number =>
      shown.reduce((total, row) => total + pick(row), 0);
    const tokens = this.#logits.length - shown.length;
    const kept = result.kept - sum(({ removedBy }) => (removedBy === null ? 1 : 0));
    return {
      rows: shown,
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
      logSumExp: this.#logSumExp,
    };
  }

  /** How many tokens the chain keeps. */
  kept(spec: ChainSpec, context: PromptContext = NO_PROMPT): number {
    return this.#apply(spec, context).kept;
  }

  #apply(spec: ChainSpec, { tokens, seed }: PromptContext): ProcessedDistribution {
    const key = JSON.stringify(spec);
    if (!this.#chain || key !== this.#spec) {
      this.#chain = new SamplerChain(spec, this.#logits.length);
      this.#spec = key;
    }
    const history: SamplerHistory = {
      tokens,
      promptLength: tokens.length,
      memory: this.#chain.newMemory(),
      random: randomStream(seed, 'sampler', 0),
    };
    return this.#chain.apply(this.#logits, history);
  }

  #row(
    id: number,
    { raw, logits, probabilities, removedBy }: ProcessedDistribution,
    spec: ChainSpec,
  ): DistributionRow {
    const step = removedBy[id]!;
    return {
      id,
      logit: this.#logits[id]!,
      processedLogit: logits[id]!,
      raw: raw[id]!,
      processed: probabilities[id]!,
      removedBy: step === KEPT ? null : (spec[step]?.sampler ?? 'the model'),
    };
  }
}

/** The end of the bars' axis: the least of 1, 2, 5 times a power of ten that holds them all, at most 1. */
export function axisEnd(rows: readonly DistributionRow[]): number {
  const most = Math.max(0, ...rows.map(({ raw, processed }) => Math.max(raw, processed)));
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= most * (1 - 1e-12)) ?? 10;
  return Math.min(1, step * power);
}
