import type { Candidates } from './candidates';
import { MIN_KEEP } from './parameters';
import type { Sampler, SamplerDefinition } from './types';

export interface MinPSpec {
  readonly sampler: 'min-p';
  /** From 0 to 1. */
  readonly p: number;
  readonly minKeep?: number;
}

/**
 * Min-p: removes the tokens whose probability is below p times that of the best token. Where the model is sure
 * the cutoff is high, where it is not the cutoff is low.
 *
 * Nguyen, Baker, Neo, Roush, Kirsch and Shwartz-Ziv, Turning Up the Heat: Min-p Sampling for Creative and
 * Coherent LLM Outputs, 2025.
 *
 * - A token exactly at the cutoff stays. p = 0 removes nothing, p = 1 keeps the best token and its equals.
 * - `minKeep` keeps the best tokens, the lowest ids among equals.
 */
export const minP: SamplerDefinition<MinPSpec> = {
  name: 'min-p',
  about: {
    label: 'Min-p',
    explanation: 'Removes tokens that are less than p times as probable as the best one.',
    formula: 'keep i where p_i ≥ p · max p',
    paper:
      'Nguyen, Baker, Neo, Roush, Kirsch and Shwartz-Ziv, Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs, 2025',
    parameters: [
      {
        name: 'p',
        label: 'p',
        explanation: 'The cutoff as a fraction of the best probability; larger values keep fewer tokens.',
        kind: 'number',
        min: 0,
        max: 1,
        slider: { min: 0, max: 1, step: 0.01 },
        default: 0.1,
      },
      MIN_KEEP,
    ],
  },
  create: (spec) => new MinP(spec.p, spec.minKeep ?? 1),
};

class MinP implements Sampler {
  readonly name = minP.name;

  constructor(
    readonly p: number,
    readonly minKeep: number,
  ) {}

  apply(candidates: Candidates): void {
    const { ids, count, probabilities } = candidates;
    const cutoff = this.p * probabilities[candidates.best()]!;
    for (let row = 0; row < count; row++) {
      if (probabilities[ids[row]!]! < cutoff) candidates.remove(ids[row]!);
    }
    candidates.spareBest(this.minKeep);
  }
}
