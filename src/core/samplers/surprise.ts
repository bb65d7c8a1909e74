import type { Candidates } from './candidates';
import type { NumberParameter } from './parameters';
import type { SamplerContext } from './types';
import { t } from '../../l10n/language';

/** What both versions of mirostat measure and steer: surprise in bits, held near a target by feedback. */

export const TARGET = {
  name: 'tau',
  label: t('Target τ'),
  explanation: t(
    'The surprise per token that the text is held at, in bits; larger values are more surprising.',
  ),
  kind: 'number',
  min: 0,
  minExcluded: true,
  max: 100,
  slider: { min: 0.5, max: 10, step: 0.1 },
  default: 5,
} as const satisfies NumberParameter;

export const LEARNING_RATE = {
  name: 'eta',
  label: t('Learning rate η'),
  explanation: t('How strongly each token’s surprise moves the limit for the next.'),
  kind: 'number',
  min: 0,
  max: 10,
  slider: { min: 0, max: 1, step: 0.05 },
  default: 0.1,
} as const satisfies NumberParameter;

/** The surprise of every token at the latest step, kept until the token is drawn. */
export class Surprises {
  /** Bits, by token id; meaningful for the candidates of the latest `measure`. */
  readonly bits: Float64Array;
  #possible = 0;

  constructor({ vocabularySize }: SamplerContext) {
    this.bits = new Float64Array(vocabularySize);
  }

  /** Measures the surprise -log2 p of all candidates. */
  measure(candidates: Candidates): void {
    const { ids, count } = candidates;
    this.#possible = count;
    for (let row = 0; row < count; row++) {
      this.bits[ids[row]!] = -candidates.logProbability(ids[row]!) / Math.LN2;
    }
  }

  /** The limit after `id` was drawn: lowered by as much as it surprised more than the target, times eta. */
  feedback(id: number, limit: number, tau: number, eta: number): number {
    if (this.#possible === 0) throw new Error('A token was accepted before anything was sampled.');
    return limit - eta * (this.bits[id]! - tau);
  }
}
