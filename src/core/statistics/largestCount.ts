/** How often the most common outcome occurs in a sample, exactly. */
import { checkCount } from '../checks';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/** Factorials beyond this leave the range of float64. */
const MOST_DRAWS = 170;

/**
 * Expected number of times that the most common outcome occurs in `draws` independent draws; divided by `draws`
 * it is the expected coherence of the chapter's exercise.
 *
 * The counts of a multinomial sample are independent Poisson counts given their total, so the chance that none
 * exceeds m is draws! times the coefficient of x^draws in the product of the truncated exponential series
 * e_m(p x). Outcomes that are frequent are multiplied one by one. Of rare ones only the power sums of their
 * probabilities are needed, for the logarithm of their product is the sum of their logarithms.
 *
 * Levin, A Representation for Multinomial Cumulative Distribution Functions, 1981.
 *
 * @param probabilities that sum to 1; zeros are ignored.
 * @throws RangeError when `draws` is no whole number from 1 to 170.
 */
export function expectedLargestCount(probabilities: ArrayLike<number>, draws: number): number {
  checkCount('draws', draws, 1);
  if (draws > MOST_DRAWS) {
    throw new RangeError(t('draws is {0}; it must be at most {1}.', asGiven(draws), asGiven(MOST_DRAWS)));
  }
  const { frequent, sums } = split(probabilities, draws);
  const total = frequent.reduce((sum, p) => sum + p, sums[1]!);
  const factorial = factorials(draws);
  let expected = 1;
  for (let most = 1; most < draws; most++) {
    let product = rareProduct(sums, most, factorial);
    for (const p of frequent) product = timesTruncatedExponential(product, p, most, factorial);
    // Thousands of rounded probabilities rarely sum to exactly 1.
    const chance = (product[draws]! * factorial[draws]!) / total ** draws;
    expected += Math.max(0, 1 - chance);
  }
  return expected;
}

/** The frequent probabilities one by one; of the others the sums of their powers, by exponent. */
function split(
  probabilities: ArrayLike<number>,
  draws: number,
): { readonly frequent: readonly number[]; readonly sums: Float64Array } {
  // Below this, every term of the series for rare outcomes is a fraction of the one before it.
  const rare = 1 / (4 * draws);
  const frequent: number[] = [];
  const sums = new Float64Array(draws + 1);
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id]!;
    if (p > rare) frequent.push(p);
    else {
      for (let j = 1, power = p; j <= draws && power > 0; j++, power *= p) sums[j]! += power;
    }
  }
  return { frequent, sums };
}

function factorials(most: number): readonly number[] {
  const values = [1];
  for (let n = 1; n <= most; n++) values.push(values[n - 1]! * n);
  return values;
}

/** Coefficients of the product of e_most(p x) over outcomes of which the sums of powers are given. */
function rareProduct(sums: Float64Array, most: number, factorial: readonly number[]): Float64Array {
  const size = sums.length;
  const series = (n: number): number => (n <= most ? 1 / factorial[n]! : 0);
  // Coefficients of ln e_most, from f' = f (ln f)'.
  const logs = new Float64Array(size);
  for (let n = 1; n < size; n++) {
    let sum = 0;
    for (let k = 1; k < n; k++) sum += k * logs[k]! * series(n - k);
    logs[n] = series(n) - sum / n;
  }
  const product = new Float64Array(size);
  product[0] = 1;
  for (let n = 1; n < size; n++) {
    let sum = 0;
    for (let k = 1; k <= n; k++) sum += k * logs[k]! * sums[k]! * product[n - k]!;
    product[n] = sum / n;
  }
  return product;
}

function timesTruncatedExponential(
  coefficients: Float64Array,
  p: number,
  most: number,
  factorial: readonly number[],
): Float64Array {
  const product = new Float64Array(coefficients.length);
  for (let n = 0; n < product.length; n++) {
    let sum = 0;
    for (let k = 0, power = 1; k <= Math.min(n, most); k++, power *= p) {
      sum += (coefficients[n - k]! * power) / factorial[k]!;
    }
    product[n] = sum;
  }
  return product;
}
