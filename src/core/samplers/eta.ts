import type { Candidates } from './candidates';
import { removeLessProbable } from './epsilon';
import { MIN_KEEP } from './parameters';
import type { Sampler, SamplerDefinition } from './types';

export interface EtaSpec {
  readonly sampler: 'eta';
  /** Above 0 and below 1: the paper's epsilon, from which its eta is computed. */
  readonly eta: number;
  readonly minKeep?: number;
}

/**
 * Eta cutoff: removes the tokens whose probability is below a threshold that falls as the entropy rises,
 * min(eta, sqrt(eta) exp(-entropy)): where the model is unsure, less probable tokens may stay.
 *
 * Hewitt, Manning and Liang, Truncation Sampling as Language Model Desmoothing, 2022.
 *
 * - A token exactly at the threshold stays.
 * - The `minKeep` best tokens stay, and every token equal to the last of them.
 */
export const eta: SamplerDefinition<EtaSpec> = {
  name: 'eta',
  about: {
    label: 'Eta cutoff',
    explanation: 'Removes tokens whose probability is below a threshold that falls as the entropy rises.',
    formula: 'keep i where p_i ≥ min(η, √η · e^(−H))',
    paper: 'Hewitt, Manning and Liang, Truncation Sampling as Language Model Desmoothing, 2022',
    parameters: [
      {
        name: 'eta',
        label: 'η',
        explanation: 'The largest the threshold can be; larger values keep fewer tokens.',
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        maxExcluded: true,
        slider: { min: 0.0001, max: 0.02, step: 0.0001 },
        default: 0.0009,
      },
      MIN_KEEP,
    ],
  },
  create: (spec) => new Eta(spec.eta, spec.minKeep ?? 1),
};

class Eta implements Sampler {
  readonly name = eta.name;

  constructor(
    readonly eta: number,
    readonly minKeep: number,
  ) {}

  apply(candidates: Candidates): void {
    const threshold = Math.min(this.eta, Math.sqrt(this.eta) * Math.exp(-candidates.entropy));
    removeLessProbable(candidates, threshold, this.minKeep);
  }
}
