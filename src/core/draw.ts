/** Draws from a distribution over token ids: one uniform number, one token. */
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

function checkUniform(u: number): void {
  if (!(u >= 0 && u < 1)) throw new RangeError(t('u is {0}; it must be at least 0 and below 1.', asGiven(u)));
}

function emptyDistribution(): RangeError {
  return new RangeError(
    t('No probability is above 0; a distribution must give at least one token a chance.'),
  );
}

/**
 * The token at `u` of the cumulative distribution in id order (inversion): the first id at which the sum of the
 * probabilities exceeds u. The same u therefore gives the same or a neighbouring token under similar
 * distributions, which is what common random numbers rely on.
 *
 * A token of probability 0 is never returned: where rounding leaves the sum below u, the last possible id is.
 * @param u in [0, 1).
 * @throws RangeError for another u, or when no probability is above 0.
 */
export function drawToken(probabilities: ArrayLike<number>, u: number): number {
  checkUniform(u);
  let sum = 0;
  for (let id = 0; id < probabilities.length; id++) {
    sum += probabilities[id]!;
    if (sum > u) return id;
  }
  for (let id = probabilities.length - 1; id >= 0; id--) if (probabilities[id]! > 0) return id;
  throw emptyDistribution();
}

/**
 * As `drawToken`, where only some tokens have a probability.
 * @param ids the first `count` entries are these tokens, ascending.
 * @param probabilities by token id; those of other tokens are not read.
 */
export function drawAmong(
  ids: ArrayLike<number>,
  count: number,
  probabilities: ArrayLike<number>,
  u: number,
): number {
  checkUniform(u);
  let sum = 0;
  for (let row = 0; row < count; row++) {
    sum += probabilities[ids[row]!]!;
    if (sum > u) return ids[row]!;
  }
  for (let row = count - 1; row >= 0; row--) if (probabilities[ids[row]!]! > 0) return ids[row]!;
  throw emptyDistribution();
}

/**
 * Many draws from one distribution: the sums are kept, so a draw is a binary search instead of a pass.
 * For every u it returns what `drawToken` returns.
 */
export class CumulativeTable {
  readonly #ids: Int32Array;
  readonly #sums: Float64Array;

  /** @throws RangeError when no probability is above 0. */
  constructor(probabilities: ArrayLike<number>) {
    let possible = 0;
    for (let id = 0; id < probabilities.length; id++) if (probabilities[id]! > 0) possible++;
    if (possible === 0) throw emptyDistribution();
    this.#ids = new Int32Array(possible);
    this.#sums = new Float64Array(possible);
    let sum = 0;
    for (let id = 0, row = 0; id < probabilities.length; id++) {
      if (!(probabilities[id]! > 0)) continue;
      sum += probabilities[id]!;
      this.#ids[row] = id;
      this.#sums[row] = sum;
      row++;
    }
  }

  /** @param u in [0, 1). @throws RangeError for another u. */
  draw(u: number): number {
    checkUniform(u);
    let low = 0;
    let high = this.#sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sums[middle]! > u) high = middle;
      else low = middle + 1;
    }
    return this.#ids[low]!;
  }
}
