import type { Candidates } from './candidates';
import { defineSampler } from './definition';
import { MIN_KEEP } from './parameters';
import { nthLargest } from './selection';
import { slack } from './ties';
import type { Sampler } from './types';
import { t } from '../../l10n/language';

/**
 * Locally typical sampling: keeps the tokens whose surprisal -ln p is nearest to its expectation, the entropy,
 * until they have probability p. The most probable token may go: it can be too predictable to be typical.
 *
 * Meister, Pimentel, Wiher and Cotterell, Locally Typical Sampling, 2023.
 *
 * - All tokens at the last distance, but for rounding, stay (see `slack`), so equal logits share their fate.
 * - `minKeep` counts in the order of that distance, the lowest ids among equals.
 */
export const typical = defineSampler({
  name: 'typical',
  rank: { huggingFace: 160, llamaCpp: 130 },
  about: {
    label: t('Locally typical'),
    explanation: t(
      'Keeps the tokens that are about as surprising as the model expects, with probability p in all.',
    ),
    formula: t('keep the shortest prefix, by ascending |−ln p_i − H|, with Σ p_i ≥ p'),
    paper: 'Meister, Pimentel, Wiher and Cotterell, Locally Typical Sampling, 2023',
    parameters: [
      {
        name: 'p',
        label: 'p',
        explanation: t('How much probability the kept tokens must have.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        maxExcluded: true,
        slider: { min: 0.01, max: 0.99, step: 0.01 },
        default: 0.9,
      },
      MIN_KEEP,
    ],
  },
  create: ({ p, minKeep = MIN_KEEP.default }, { vocabularySize }) => new Typical(p, minKeep, vocabularySize),
});

class Typical implements Sampler {
  readonly #distances: Float64Array;

  constructor(
    readonly p: number,
    readonly minKeep: number,
    vocabularySize: number,
  ) {
    this.#distances = new Float64Array(vocabularySize);
  }

  apply(candidates: Candidates): void {
    const { ids, count, entropy } = candidates;
    const distances = this.#distances;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      distances[id] = Math.abs(-candidates.logProbability(id) - entropy);
    }
    const reached = candidates.cutMass(distances, this.p - slack(this.p), 'at least').key;
    const last = reached + slack(reached, entropy + reached);
    let kept = 0;
    for (let row = 0; row < count; row++) if (distances[ids[row]!]! <= last) kept++;
    if (kept >= this.minKeep) this.#keepUpTo(candidates, last, Infinity);
    else this.#keepNearest(candidates, Math.min(this.minKeep, count));
  }

  #keepNearest(candidates: Candidates, n: number): void {
    const { ids, count, scratch } = candidates;
    for (let row = 0; row < count; row++) scratch[row] = this.#distances[ids[row]!]!;
    const last = nthLargest(scratch, count, count - n + 1);
    let nearer = 0;
    for (let row = 0; row < count; row++) if (this.#distances[ids[row]!]! < last) nearer++;
    this.#keepUpTo(candidates, last, n - nearer);
  }

  #keepUpTo(candidates: Candidates, last: number, ties: number): void {
    const { ids, count } = candidates;
    let atLast = 0;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      const distance = this.#distances[id]!;
      if (distance > last || (distance === last && ++atLast > ties)) candidates.remove(id);
    }
  }
}
