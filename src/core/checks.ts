/** Checks that searches and statistics share; each error is a sentence with the value and the allowed range. */
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

/** @returns the value. @throws RangeError unless it is a whole number of at least `least`. */
export function checkCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(
    t('{0} is {1}; it must be a whole number of at least {2}.', name, asGiven(value), asGiven(least)),
  );
}

/** @throws RangeError unless the value lies strictly between 0 and 1. */
export function checkShare(name: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new RangeError(t('{0} is {1}; it must be above 0 and below 1.', name, asGiven(value)));
}

/** @throws RangeError unless the value is a probability, 0 and 1 included. */
export function checkProbability(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new RangeError(t('{0} is {1}; it must be from 0 to 1.', name, asGiven(value)));
}

/** @throws RangeError unless both distributions have the same number of outcomes, at least one. */
export function checkSameLength(p: ArrayLike<number>, q: ArrayLike<number>): void {
  if (p.length === q.length && p.length > 0) return;
  throw new RangeError(
    t(
      'The distributions have {0} and {1} outcomes; they must have the same number, at least 1.',
      asGiven(p.length),
      asGiven(q.length),
    ),
  );
}
