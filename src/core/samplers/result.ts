/** What comes out of a chain of samplers. */
import type { Candidates } from './candidates';

/** What one step of the chain took. */
export interface StepReport {
  readonly sampler: string;
  /** Tokens that it removed. */
  readonly removed: number;
  /** Their probability before the chain, at temperature 1. */
  readonly mass: number;
}

/** A distribution before and after the chain. All vectors are indexed by token id. */
export interface ProcessedDistribution {
  /** Before: softmax of the logits as given, at temperature 1. */
  readonly raw: Float64Array;
  /** After: the processed logits, -Infinity for removed tokens. */
  readonly logits: Float64Array;
  /** After: their softmax, 0 for removed tokens. */
  readonly probabilities: Float64Array;
  /** `KEPT` (-1); `IMPOSSIBLE` (-2), -Infinity before the chain; or the index of the step that removed the token. */
  readonly removedBy: Int16Array;
  /** Number of tokens left. */
  readonly kept: number;
  /** Their summed raw probability. */
  readonly keptMass: number;
  /** Entropy of `raw`, in nats. */
  readonly rawEntropy: number;
  /** Entropy of `probabilities`, in nats. */
  readonly entropy: number;
  readonly steps: readonly StepReport[];
  /** Sentences a user should read: a collapsed support, a step that would have removed everything. */
  readonly warnings: readonly string[];
  /** True where a step would have removed everything: what is kept is not what it allows. */
  readonly rescued: boolean;
  /** True where no token fits the shapes that the text is held to: what is kept does not. */
  readonly stranded: boolean;
}

interface MutableReport extends StepReport {
  removed: number;
  mass: number;
}

const rescued = (sampler: string): string =>
  `${sampler} would have removed every token that was left; the most probable one is kept.`;

const collapsed = (sampler: string): string =>
  `After ${sampler} a single token is left: every draw gives that token although sampling is on.`;

/** The result that a chain fills again and again: a view of its candidates and the reports of its steps. */
export class ChainResult implements ProcessedDistribution {
  readonly raw: Float64Array;
  readonly logits: Float64Array;
  readonly removedBy: Int16Array;
  readonly steps: readonly MutableReport[];
  readonly warnings: readonly string[];
  probabilities: Float64Array;
  kept = 0;
  keptMass = 0;
  rawEntropy = 0;
  entropy = 0;
  rescued = false;
  stranded = false;
  readonly #candidates: Candidates;

  /** @param samplers the names of the steps. */
  constructor(candidates: Candidates, samplers: readonly string[]) {
    this.#candidates = candidates;
    this.raw = candidates.raw;
    this.logits = candidates.logits;
    this.removedBy = candidates.removedBy;
    this.warnings = candidates.warnings;
    this.probabilities = candidates.raw;
    this.steps = samplers.map((sampler) => ({ sampler, removed: 0, mass: 0 }));
  }

  /**
   * Reports a step that has just ended.
   * @param before candidates before the step.
   * @param warned number of warnings before the step.
   * @param isShape the step holds the text to a shape: the chain itself says what it means that nothing has it.
   */
  report(step: number, before: number, warned: number, isShape: boolean): void {
    const candidates = this.#candidates;
    const report = this.steps[step]!;
    report.removed = candidates.removed;
    report.mass = candidates.removedMass;
    if (candidates.rescued) {
      this.rescued = true;
      if (!isShape) candidates.warnings.push(rescued(report.sampler));
    } else if (before > 1 && candidates.count === 1 && candidates.warnings.length === warned) {
      candidates.warnings.push(collapsed(report.sampler));
    }
  }

  /** To be called before the first step. */
  begin(): void {
    this.rescued = false;
    this.stranded = false;
  }

  /** Reads the candidates as the chain left them. */
  update(): this {
    const { raw, ids, count } = this.#candidates;
    let mass = 0;
    for (let row = 0; row < count; row++) mass += raw[ids[row]!]!;
    this.kept = count;
    // The raw probabilities sum to 1 but for rounding.
    this.keptMass = Math.min(1, mass);
    this.rawEntropy = this.#candidates.rawEntropy;
    this.probabilities = this.#candidates.probabilities;
    this.entropy = this.#candidates.entropy;
    return this;
  }
}
