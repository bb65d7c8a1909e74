import type { Candidates } from './candidates';
import { MIN_KEEP } from './parameters';
import type { Sampler, SamplerDefinition } from './types';

export interface TopPSpec {
  readonly sampler: 'top-p';
  /** Above 0 and at most 1. */
  readonly p: number;
  readonly minKeep?: number;
}

/**
 * Top-p, or nucleus: keeps the smallest set of most probable tokens whose probability is at least p.
 *
 * Holtzman, Buys, Du, Forbes and Choi, The Curious Case of Neural Text Degeneration, 2020.
 *
 * The set is found from its complement, as Hugging Face does: the least probable tokens go as long as their
 * summed probability is at most 1 - p. This keeps its precision for p near 1.
 *
 * - p = 1 removes only tokens whose probability has underflowed to 0.
 * - However small p is, the best token stays.
 * - Of equal logits at the cutoff the lowest ids stay, as many as are needed. (Hugging Face leaves this to its
 *   sort, mostly keeping high ids.)
 */
export const topP: SamplerDefinition<TopPSpec> = {
  name: 'top-p',
  about: {
    label: 'Top-p (nucleus)',
    explanation: 'Keeps the smallest set of most probable tokens that together have probability p.',
    formula: 'keep the shortest prefix of the descending p_i with Σ p_i ≥ p',
    paper: 'Holtzman, Buys, Du, Forbes and Choi, The Curious Case of Neural Text Degeneration, 2020',
    parameters: [
      {
        name: 'p',
        label: 'p',
        explanation: 'How much probability the kept tokens must have; 1 keeps everything.',
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        slider: { min: 0.01, max: 1, step: 0.01 },
        default: 0.9,
      },
      MIN_KEEP,
    ],
  },
  create: (spec) => new TopP(spec.p, spec.minKeep ?? 1),
};

class TopP implements Sampler {
  readonly name = topP.name;

  constructor(
    readonly p: number,
    readonly minKeep: number,
  ) {}

  apply(candidates: Candidates): void {
    const cut = candidates.cutMass(candidates.logits, 1 - this.p, 'above');
    // Where rounding leaves the whole mass below 1 - p the cut is at the best token, which stays.
    candidates.removeBelow(cut.key, cut.equal - cut.before);
    candidates.spareBest(this.minKeep);
  }
}
