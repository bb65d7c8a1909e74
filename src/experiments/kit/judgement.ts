/** What a chain makes of one vector of logits, also where some tokens must not come again. */
import * as v from 'valibot';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { argmax, rankOf } from '../../core/logits';
import {
  KEPT,
  type ProcessedDistribution,
  type SamplerChain,
  type SamplerHistory,
} from '../../core/samplers/chain';
import { ownDistribution } from '../../core/samplers/result';
import { ListedChain, UNKNOWN, WHOLE, type ListedOutcome } from '../../core/samplers/listedChain';
import { bestListed } from './listing';
import { logitsOf } from './readPrompt';
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
  readonly distribution: ProcessedDistribution;
  readonly alternatives: readonly Alternative[];
  /** Of the listed tokens, where the model lists only some; of all where it does not. */
  readonly outcome: ListedOutcome;
  /** See `TokenStep`. */
  readonly shape: { readonly fitting?: number; readonly wanted?: number };
  /** The place of a token among the logits, 0 = most probable. */
  rankOf(id: number): number;
}

/** Judges logits by a chain for all sequences of a run. */
export class Judge {
  readonly #chain: SamplerChain;
  readonly #greedy: boolean;
  readonly #alternatives: number;
  readonly #model: LanguageModel;
  #listedChain: ListedChain | undefined;
  #last: Judgement | undefined;

  /** @param alternatives how many of the best tokens to report */
  constructor(model: LanguageModel, chain: SamplerChain, greedy: boolean, alternatives: number) {
    this.#model = model;
    this.#chain = chain;
    this.#greedy = greedy;
    this.#alternatives = alternatives;
  }

  /** What the chain makes of an answer. The last one is given again where nothing can have changed. */
  of(history: SamplerHistory, next: NextToken): Judgement {
    const logits = logitsOf(next);
    // Samples often share their logits: for as long as they say the same, and at every step of the toy.
    if (this.#last?.logits === logits && !this.#chain.usesHistory) return this.#last;
    const distribution = this.#chain.apply(logits, history);
    const best = next.listed ? bestListed(next, this.#alternatives) : this.#chain.best(this.#alternatives);
    this.#last = {
      logits,
      distribution,
      alternatives: best.map((id) => ({
        id,
        raw: distribution.rawOf(id),
        processed: distribution.processedOf(id),
      })),
      outcome: this.#outcome(next, distribution, history),
      shape: this.#greedy ? {} : this.#shapeAt(history, next, distribution),
      rankOf: (id) => this.#chain.rankOf(id),
    };
    return this.#last;
  }

  #outcome(next: NextToken, distribution: ProcessedDistribution, history: SamplerHistory): ListedOutcome {
    if (!next.listed || this.#greedy) return WHOLE;
    const { spec } = this.#chain;
    this.#listedChain ??= new ListedChain(spec, this.#model.info.vocabularySize, this.#model.vocabulary);
    return this.#listedChain.outcome(next.listed, logitsOf(next), distribution.probabilities, history);
  }

  #shapeAt(
    history: SamplerHistory,
    next: NextToken,
    distribution: ProcessedDistribution,
  ): Judgement['shape'] {
    const allows = this.#chain.mask(history);
    if (!allows) return {};
    const best = argmax(logitsOf(next));
    const wanted = !allows(best) && { wanted: best };
    // What fits has a probability that is not known where some of it is not listed.
    if (next.listed) return { ...wanted };
    const { raw } = distribution;
    let fitting = 0;
    for (let id = 0; id < raw.length; id++) if (allows(id)) fitting += raw[id]!;
    // The raw probabilities sum to 1 but for rounding.
    return { fitting: Math.min(1, fitting), ...wanted };
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
    const others = without(judged.distribution.probabilities, banned);
    if (others) return this.#renormalised(banned, judged, others);
    const possible = Float64Array.from(logits, (logit, id) => (banned.has(id) ? -Infinity : logit));
    if (!possible.some((logit) => logit > -Infinity)) return undefined;
    // What follows overwrites the chain's vectors.
    const raw = judged.distribution.raw.slice();
    const distribution = this.#chain.apply(possible, history);
    this.#last = undefined;
    if (distribution.rescued) return undefined;
    const { probabilities: processed, entropy, kept } = distribution;
    const outcome = this.#listedChain ? UNKNOWN : WHOLE;
    const own = ownDistribution(distribution, { raw });
    return this.#renormalised(
      banned,
      { ...judged, distribution: own, outcome },
      { processed, entropy, kept },
    );
  }

  #renormalised(
    banned: ReadonlySet<number>,
    judged: Judgement,
    { processed, entropy, kept }: Renormalised,
  ): Judgement {
    const { logits: given, distribution, alternatives } = judged;
    const logits = distribution.logits.slice();
    const removedBy = distribution.removedBy.slice();
    let { keptMass } = distribution;
    for (const id of banned) {
      if (removedBy[id] === KEPT) keptMass -= distribution.rawOf(id);
      logits[id] = -Infinity;
      removedBy[id] = this.#chain.turningStep;
    }
    const left = { logits, removedBy, probabilities: processed, entropy, kept, keptMass };
    const { exact, within } = judged.outcome;
    return {
      ...judged,
      // To leave tokens out makes what is not known of the others more.
      outcome: exact ? { exact, within, off: 0 } : UNKNOWN,
      distribution: ownDistribution(distribution, left),
      alternatives: alternatives.map((each) => ({ ...each, processed: processed[each.id]! })),
      rankOf: (id) => rankOf(given, id),
    };
  }
}
