/** How far a frequency may be from the probability behind it. */
import { checkCount, checkShare } from '../checks';
import { normalQuantile } from './specialFunctions';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson score interval for a probability, from `successes` in `draws`. Unlike the textbook interval it stays
 * within 0 to 1 and says something sensible for 0 successes.
 *
 * Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
 *
 * - No draws say nothing: from 0 to 1.
 * @throws RangeError when the counts are no whole numbers with 0 <= successes <= draws, or the confidence is
 * outside (0, 1).
 */
export function wilsonInterval(successes: number, draws: number, confidence = 0.95): Interval {
  checkCount('draws', draws, 0);
  checkCount('successes', successes, 0);
  checkShare('confidence', confidence);
  if (successes > draws) {
    throw new RangeError(
      t('successes is {0}; it must be at most the number of draws, {1}.', asGiven(successes), asGiven(draws)),
    );
  }
  if (draws === 0) return { low: 0, high: 1 };
  const z2 = normalQuantile((1 + confidence) / 2) ** 2;
  const share = successes / draws;
  const centre = share + z2 / (2 * draws);
  const half = Math.sqrt(z2 * ((share * (1 - share)) / draws + z2 / (4 * draws * draws)));
  const scale = 1 + z2 / draws;
  // The ends are exactly 0 and 1 there; rounding must not say otherwise.
  return {
    low: successes === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: successes === draws ? 1 : Math.min(1, (centre + half) / scale),
  };
}
