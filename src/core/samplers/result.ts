/** What comes out of a chain of samplers. */
import { drawToken } from '../draw';
import type { Candidates } from './candidates';
import { t } from '../../l10n/language';

/** What one step of the chain took. */
export interface StepReport {
  readonly sampler: string;
  /** Tokens that it removed. */
  readonly removed: number;
  /** Their probability before the chain, at temperature 1. */
  readonly mass: number;
}

/**
 * A distribution before and after the chain. All vectors are indexed by token id, and made when they are asked for:
 * where a few tokens will do, functions say the same of these without them.
 */
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
  /** `raw[id]` */
  rawOf(id: number): number;
  /** `probabilities[id]` */
  processedOf(id: number): number;
  /** A token of `probabilities`, as `drawToken` draws it. */
  draw(u: number): number;
}

/** What a distribution is besides what it says of single tokens. */
type Figures = Omit<ProcessedDistribution, 'rawOf' | 'processedOf' | 'draw'>;

/** A distribution in vectors of its own. @param other what is different in it */
export function ownDistribution(
  of: ProcessedDistribution,
  other: Partial<Figures> = {},
): ProcessedDistribution {
  const { kept, keptMass, rawEntropy, entropy, rescued: isRescued, stranded } = of;
  const figures: Figures = {
    ...{ kept, keptMass, rawEntropy, entropy, rescued: isRescued, stranded },
    raw: of.raw.slice(),
    logits: of.logits.slice(),
    probabilities: of.probabilities.slice(),
    removedBy: of.removedBy.slice(),
    steps: of.steps.map(({ sampler, removed, mass }) => ({ sampler, removed, mass })),
    warnings: [...of.warnings],
    ...other,
  };
  const { raw, probabilities } = figures;
  return {
    ...figures,
    rawOf: (id) => raw[id]!,
    processedOf: (id) => probabilities[id]!,
    draw: (u) => drawToken(probabilities, u),
  };
}

/** The report of a step; what the removed tokens weighed is summed when it is asked for. */
class ChainStep implements StepReport {
  removed = 0;
  #rescued: string | undefined;
  #collapsed: string | undefined;

  constructor(
    readonly sampler: string,
    readonly massOf: () => number,
  ) {}

  get mass(): number {
    return this.removed === 0 ? 0 : this.massOf();
  }

  // Where there is one, it is told at nearly every token of a text.
  get rescued(): string {
    return (this.#rescued ??= t(
      '{0} would have removed every token that was left; the most probable one is kept.',
      this.sampler,
    ));
  }

  get collapsed(): string {
    return (this.#collapsed ??= t(
      'After {0} a single token is left: every draw gives that token although sampling is on.',
      this.sampler,
    ));
  }
}

/** The result that a chain fills again and again: a view of its candidates and the reports of its steps. */
export class ChainResult implements ProcessedDistribution {
  readonly steps: readonly ChainStep[];
  readonly warnings: readonly string[];
  rescued = false;
  stranded = false;
  readonly #candidates: Candidates;
  /** Raw probability that each step removed, once it was asked for. */
  #masses: Float64Array | undefined;

  /** @param samplers the names of the steps. */
  constructor(candidates: Candidates, samplers: readonly string[]) {
    this.#candidates = candidates;
    this.warnings = candidates.warnings;
    this.steps = samplers.map((sampler, step) => new ChainStep(sampler, () => this.#massesOfSteps()[step]!));
  }

  get raw(): Float64Array {
    return this.#candidates.given.probabilities;
  }

  get logits(): Float64Array {
    return this.#candidates.wholeLogits;
  }

  get probabilities(): Float64Array {
    return this.#candidates.wholeProbabilities;
  }

  get removedBy(): Int16Array {
    return this.#candidates.removedBy;
  }

  get kept(): number {
    return this.#candidates.count;
  }

  get keptMass(): number {
    const { ids, count, vocabularySize } = this.#candidates;
    let mass = 0;
    if (8 * count < vocabularySize) {
      for (let row = 0; row < count; row++) mass += this.#candidates.given.probabilityOf(ids[row]!);
    } else {
      const raw = this.#candidates.given.probabilities;
      for (let row = 0; row < count; row++) mass += raw[ids[row]!]!;
    }
    // The raw probabilities sum to 1 but for rounding.
    return Math.min(1, mass);
  }

  get rawEntropy(): number {
    return this.#candidates.given.entropy;
  }

  get entropy(): number {
    return this.#candidates.entropy;
  }

  rawOf(id: number): number {
    return this.#candidates.given.probabilityOf(id);
  }

  processedOf(id: number): number {
    return this.#candidates.probabilityOf(id);
  }

  draw(u: number): number {
    return this.#candidates.draw(u);
  }

  #massesOfSteps(): Float64Array {
    if (!this.#masses) {
      const { removedBy } = this.#candidates;
      const raw = this.#candidates.given.probabilities;
      this.#masses = Float64Array.from(this.steps, ({ removed }, step) => {
        let mass = 0;
        for (let id = 0; id < raw.length && removed > 0; id++) if (removedBy[id] === step) mass += raw[id]!;
        return mass;
      });
    }
    return this.#masses;
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
    if (candidates.rescued) {
      this.rescued = true;
      if (!isShape) candidates.warnings.push(report.rescued);
    } else if (before > 1 && candidates.count === 1 && candidates.warnings.length === warned) {
      candidates.warnings.push(report.collapsed);
    }
  }

  /** To be called before the first step. */
  begin(): void {
    this.rescued = false;
    this.stranded = false;
    this.#masses = undefined;
  }
}
