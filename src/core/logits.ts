import { expNotPositive } from './exponential';
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

/**
 * A vector of logits and what it says: one number per token id, any real number or -Infinity ("impossible").
 * Everything is accumulated in float64, whatever the precision of the input.
 */

/**
 * Checks a vector of logits.
 * @returns the largest logit.
 * @throws RangeError for an empty vector, NaN, +Infinity, or no finite value at all.
 */
export function largestLogit(logits: ArrayLike<number>): number {
  return logits[argmax(logits)]!;
}

function badLogit(id: number, logit: number): RangeError {
  return new RangeError(
    t('The logit of token {0} is {1}; it must be a finite number or -Infinity.', asGiven(id), asGiven(logit)),
  );
}

function outputFor(logits: ArrayLike<number>, out: Float64Array | undefined): Float64Array {
  if (out === undefined) return new Float64Array(logits.length);
  if (out.length === logits.length) return out;
  throw new RangeError(
    t(
      'out has length {0}; it must have one entry per logit, {1}.',
      asGiven(out.length),
      asGiven(logits.length),
    ),
  );
}

/**
 * Probabilities: exp(logit) / sum of exp, with the largest logit subtracted first so that nothing overflows.
 * @param out receives the result when given; may be the input itself.
 * @returns as many probabilities as logits, 0 where the logit is -Infinity.
 * @throws RangeError as `largestLogit`.
 */
export function softmax(logits: ArrayLike<number>, out?: Float64Array): Float64Array {
  const probabilities = outputFor(logits, out);
  const max = largestLogit(logits);
  let sum = 0;
  for (let id = 0; id < logits.length; id++) {
    const weight = expNotPositive(logits[id]! - max);
    probabilities[id] = weight;
    sum += weight;
  }
  const share = 1 / sum;
  for (let id = 0; id < probabilities.length; id++) probabilities[id]! *= share;
  return probabilities;
}

/**
 * ln(sum of exp(logit)), without overflow.
 * @throws RangeError as `largestLogit`.
 */
export function logSumExp(logits: ArrayLike<number>): number {
  const max = largestLogit(logits);
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += expNotPositive(logits[id]! - max);
  return max + Math.log(sum);
}

/**
 * Natural logarithms of the softmax; -Infinity where the logit is.
 * @param out receives the result when given; may be the input itself.
 * @throws RangeError as `largestLogit`.
 */
export function logSoftmax(logits: ArrayLike<number>, out?: Float64Array): Float64Array {
  const result = outputFor(logits, out);
  const max = largestLogit(logits);
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += expNotPositive(logits[id]! - max);
  const logSum = Math.log(sum);
  // Subtracting the maximum first keeps digits that max + logSum would lose for large logits.
  for (let id = 0; id < logits.length; id++) result[id] = logits[id]! - max - logSum;
  return result;
}

/**
 * Shannon entropy -sum p ln p, in nats; an impossible outcome adds nothing.
 * Shannon, A Mathematical Theory of Communication, 1948.
 */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id]!;
    if (p > 0) sum -= p * Math.log(p);
  }
  // A certain outcome gives -0, or a rounding error below it.
  return Math.max(0, sum);
}

/**
 * The id of the largest logit, the lowest id among equals.
 * @throws RangeError as `largestLogit`.
 */
export function argmax(logits: ArrayLike<number>): number {
  let max = -Infinity;
  let best = -1;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    // One comparison for nearly all of them; NaN is in no order with anything.
    if (logit <= max) continue;
    if (logit !== logit) throw badLogit(id, logit);
    max = logit;
    best = id;
  }
  if (max === Infinity) throw badLogit(best, max);
  if (best === -1) {
    throw new RangeError(
      logits.length === 0
        ? t('The logits are empty; the vocabulary must have at least one token.')
        : t('All {0} logits are -Infinity; at least one must be finite.', asGiven(logits.length)),
    );
  }
  return best;
}

/**
 * How many tokens come before `id` when tokens are listed best first: 0 is the best. Among equal logits the
 * lower id comes first.
 * @throws RangeError when `id` is not an index of `logits`.
 */
export function rankOf(logits: ArrayLike<number>, id: number): number {
  if (!Number.isInteger(id) || id < 0 || id >= logits.length) {
    throw new RangeError(
      t('Token id is {0}; it must be a whole number from 0 to {1}.', asGiven(id), asGiven(logits.length - 1)),
    );
  }
  const logit = logits[id]!;
  let rank = 0;
  for (let other = 0; other < id; other++) if (logits[other]! >= logit) rank++;
  for (let other = id + 1; other < logits.length; other++) if (logits[other]! > logit) rank++;
  return rank;
}

/**
 * Indices of the `n` largest values, largest first, equal ones by ascending index; all of them when n is larger
 * than the vector. -Infinity counts as a value.
 *
 * A heap of the n best so far: O(V log n), and close to V comparisons for small n.
 */
export function topIndices(values: ArrayLike<number>, n: number): number[] {
  const heap: number[] = [];
  // Order of the heap: the worst of the best on top.
  const worse = (a: number, b: number): boolean =>
    values[a]! < values[b]! || (values[a]! === values[b]! && a > b);
  const size = Math.min(n, values.length);
  for (let index = 0; index < values.length && size > 0; index++) {
    if (heap.length < size) {
      heap.push(index);
      siftUp(heap, worse);
    } else if (values[index]! > values[heap[0]!]!) {
      heap[0] = index;
      siftDown(heap, worse);
    }
  }
  return heap.sort((a, b) => (worse(a, b) ? 1 : -1));
}

type Before = (a: number, b: number) => boolean;

function siftUp(heap: number[], before: Before): void {
  let child = heap.length - 1;
  const item = heap[child]!;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!before(item, heap[parent]!)) break;
    heap[child] = heap[parent]!;
    child = parent;
  }
  heap[child] = item;
}

function siftDown(heap: number[], before: Before): void {
  const item = heap[0]!;
  let parent = 0;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, item)) break;
    heap[parent] = heap[child]!;
    parent = child;
  }
  heap[parent] = item;
}
