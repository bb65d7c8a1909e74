import type { Candidates } from './candidates';
import { MIN_KEEP } from './parameters';
import type { Sampler, SamplerDefinition } from './types';

export interface TopKSpec {
  readonly sampler: 'top-k';
  /** A whole number of at least 1. */
  readonly k: number;
  /** Of the tokens whose logit equals the k-th largest, keep `all` (the default) or so many that k stay. */
  readonly ties?: 'all' | 'exact';
  readonly minKeep?: number;
}

/**
 * Top-k: keeps the k most probable tokens.
 *
 * Fan, Lewis and Dauphin, Hierarchical Neural Story Generation, 2018.
 *
 * - Ties: `all` keeps every token whose logit equals the k-th largest, so more than k can stay (Hugging Face);
 *   `exact` keeps exactly k, the lowest ids among equals (llama.cpp leaves open which).
 * - k larger than the number of candidates removes nothing.
 * - `minKeep` raises k.
 */
export const topK: SamplerDefinition<TopKSpec> = {
  name: 'top-k',
  about: {
    label: 'Top-k',
    explanation: 'Keeps the k most probable tokens and removes the rest.',
    formula: 'keep i where logit_i ≥ the k-th largest logit',
    paper: 'Fan, Lewis and Dauphin, Hierarchical Neural Story Generation, 2018',
    parameters: [
      {
        name: 'k',
        label: 'k',
        explanation: 'How many tokens stay; 1 is greedy.',
        kind: 'integer',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 1, max: 200, step: 1 },
        default: 50,
      },
      {
        name: 'ties',
        label: 'Ties',
        explanation: 'Whether tokens equal to the k-th all stay, or only so many that exactly k are left.',
        kind: 'choice',
        choices: ['all', 'exact'],
        default: 'all',
        optional: true,
      },
      MIN_KEEP,
    ],
  },
  create: (spec) => new TopK(spec),
};

class TopK implements Sampler {
  readonly name = topK.name;
  readonly #k: number;
  readonly #exact: boolean;

  constructor(spec: TopKSpec) {
    this.#k = Math.max(spec.k, spec.minKeep ?? 1);
    this.#exact = spec.ties === 'exact';
  }

  apply(candidates: Candidates): void {
    const { ids, logits, count } = candidates;
    if (this.#k >= count) return;
    const cutoff = candidates.nthLargestLogit(this.#k);
    if (!this.#exact) {
      candidates.removeBelow(cutoff);
      return;
    }
    let better = 0;
    for (let row = 0; row < count; row++) if (logits[ids[row]!]! > cutoff) better++;
    candidates.removeBelow(cutoff, this.#k - better);
  }
}
