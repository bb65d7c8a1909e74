/** What a chain makes of one vector of logits, also where some tokens must not come again. */
import * as v from 'valibot';
import { argmax, topIndices } from '../../core/logits';
import {
  KEPT,
  type ProcessedDistribution,
  type SamplerChain,
  type SamplerHistory,
} from '../../core/samplers/chain';
import { without, type Renormalised } from './turnBack';

export const alternativeSchema = v.object({
  id: v.number(),
  raw: v.number(),
  /** null where it is of `TokenStep`. */
  processed: v.nullable(v.number()),
});
type Alternative = v.InferOutput<typeof alternativeSchema>;

/** What one vector of logits says, before and after the chain. */
export interface Judgement {
  readonly logits: ArrayLike<number>;
  readonly raw: Float64Array;
  readonly processed: Float64Array;
  readonly entropy: number;
  readonly kept: number;
  readonly distribution: ProcessedDistribution;
  readonly alternatives: readonly Alternative[];
  /** See `TokenStep`. */
  readonly shape: { readonly fitting?: number; readonly wanted?: number };
}

/** Judges logits by a chain for all sequences of a run. */
export class Judge {
  readonly #chain: SamplerChain;
  readonly #greedy: boolean;
  readonly #alternatives: number;
  #last: Judgement | undefined;

  /** @param alternatives how many of the best tokens to report */
  constructor(chain: SamplerChain, greedy: boolean, alternatives: number) {
    this.#chain = chain;
    this.#greedy = greedy;
    this.#alternatives = alternatives;
  }

  /** What the chain makes of logits. The last answer is given again where nothing can have changed. */
  of(history: SamplerHistory, logits: ArrayLike<number>): Judgement {
    // Samples often share their logits: for as long as they say the same, and at every step of the toy.
    if (this.#last?.logits === logits && !this.#chain.usesHistory) return this.#last;
    const distribution = this.#chain.apply(logits, history);
    const { raw, probabilities, entropy, kept } = distribution;
    this.#last = {
      logits,
      raw,
      processed: probabilities,
      entropy,
      kept,
      distribution,
      alternatives: topIndices(logits, this.#alternatives).map((id) => ({
        id,
        raw: raw[id]!,
        processed: probabilities[id]!,
      })),
      shape: this.#greedy ? {} : this.#shapeAt(history, logits, raw),
    };
    return this.#last;
  }

  #shapeAt(history: SamplerHistory, logits: ArrayLike<number>, raw: Float64Array): Judgement['shape'] {
    const allows = this.#chain.mask(history);
    if (!allows) return {};
    let fitting = 0;
    for (let id = 0; id < raw.length; id++) if (allows(id)) fitting += raw[id]!;
    const best = argmax(logits);
    // The raw probabilities sum to 1 but for rounding.
    return { fitting: Math.min(1, fitting), ...(!allows(best) && { wanted: best }) };
  }

  /**
   * A judgement where some tokens must not be drawn: the probabilities of the others, renormalised. Where the chain
   * has left no others, what it leaves of the logits without them.
   * @returns undefined where nothing is left that all samplers allow.
   */
  without(
    banned: ReadonlySet<number>,
    history: SamplerHistory,
    logits: ArrayLike<number>,
    judged: Judgement,
  ): Judgement | undefined {
    const others = without(judged.processed, banned);
    if (others) return this.#renormalised(banned, judged, others);
    // What follows overwrites the chain's vectors.
    const before = { ...judged, raw: judged.raw.slice() };
    const possible = Float64Array.from(logits, (logit, id) => (banned.has(id) ? -Infinity : logit));
    if (!possible.some((logit) => logit > -Infinity)) return undefined;
    const distribution = this.#chain.apply(possible, history);
    this.#last = undefined;
    if (distribution.rescued) return undefined;
    const { probabilities: processed, entropy, kept } = distribution;
    return this.#renormalised(banned, { ...before, distribution }, { processed, entropy, kept });
  }

  #renormalised(
    banned: ReadonlySet<number>,
    judged: Judgement,
    { processed, entropy, kept }: Renormalised,
  ): Judgement {
    const { raw, distribution, alternatives } = judged;
    const logits = distribution.logits.slice();
    const removedBy = distribution.removedBy.slice();
    let { keptMass } = distribution;
    for (const id of banned) {
      if (removedBy[id] === KEPT) keptMass -= raw[id]!;
      logits[id] = -Infinity;
      removedBy[id] = this.#chain.turningStep;
    }
    const left = { raw, logits, removedBy, probabilities: processed, entropy, kept, keptMass };
    return {
      ...judged,
      processed,
      entropy,
      kept,
      distribution: { ...distribution, ...left },
      alternatives: alternatives.map((each) => ({ ...each, processed: processed[each.id]! })),
    };
  }
}
