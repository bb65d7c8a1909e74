/**
 * Selection without sorting: order statistics of tens of thousands of values in linear time.
 * Hoare, Algorithm 65: Find, 1961, with the median of three as pivot and three-way partitions, so that many
 * equal values cost nothing extra; a part that does not shrink is sorted (Musser, Introspective Sorting and
 * Selection Algorithms, 1997).
 */

/** Partitions before a part is sorted instead: far more than any but contrived inputs take. */
const PROGRESS_AFTER = 64;

function medianOfThree(a: number, b: number, c: number): number {
  if (a < b) return b < c ? b : a < c ? c : a;
  return a < c ? a : b < c ? c : b;
}

/**
 * The n-th largest of the first `count` values (n = 1 is the largest). Reorders them.
 * @param n from 1 to `count`.
 */
export function nthLargest(values: Float64Array, count: number, n: number): number {
  let low = 0;
  let high = count - 1;
  const target = count - n;
  for (let round = 0; low < high; round++) {
    if (round === PROGRESS_AFTER) {
      values.subarray(low, high + 1).sort();
      break;
    }
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i] = values[j]!;
      values[j] = swapped;
      i++;
      j--;
    }
    // Now values[low..j] <= pivot <= values[i..high], and what lies between is the pivot itself.
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else return pivot;
  }
  return values[target]!;
}

/** Up to here a heap of the n largest is faster than partitions of all. */
export const FEW = 256;

/**
 * The n-th largest (n = 1 is the largest) of `values[ids[0]]` to `values[ids[count - 1]]`, for small n: one pass
 * with a heap of the n largest so far, whose least is on top.
 * @param n from 1 to `count`.
 * @param heap room for n numbers, which is overwritten.
 */
export function nthLargestOfFew(
  values: Float64Array,
  ids: Int32Array,
  count: number,
  n: number,
  heap: Float64Array,
): number {
  for (let row = 0; row < n; row++) heap[row] = values[ids[row]!]!;
  heap.subarray(0, n).sort();
  for (let row = n; row < count; row++) {
    const value = values[ids[row]!]!;
    if (!(value > heap[0]!)) continue;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= n) break;
      if (child + 1 < n && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= value) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = value;
  }
  return heap[0]!;
}

/**
 * The place at which the mass of items, ascending by key, first exceeds or reaches a limit: a selection weighted
 * by mass. Items of equal key and mass are counted, not told apart.
 */
export class MassCut {
  /** Key of the item at which it happens, or of the last item where it never does. */
  key = 0;
  /** How many items have a smaller key. */
  below = 0;
  /** Of the items with exactly this key, how many come before the one at which it happens. */
  before = 0;
  /** How many items have exactly this key. */
  equal = 0;
  /** Whether it happens at all: rounding can leave the whole mass short of the limit. */
  reached = false;

  /**
   * @param order the first `count` entries are indices into `keys` and `weights`; they are reordered.
   * @param weights at least 0. Among items of equal key with different weights, which come first is not defined.
   * @param mass of items with smaller keys that are not among these; below the limit.
   * @param reaching `above`: the first item with mass up to and including it > limit; `at least`: >= limit.
   */
  find(
    order: Int32Array,
    count: number,
    keys: Float64Array,
    weights: Float64Array,
    limit: number,
    reaching: 'above' | 'at least',
    mass = 0,
  ): void {
    const strictly = reaching === 'above';
    let low = 0;
    let high = count;
    for (let round = 0; ; round++) {
      if (round === PROGRESS_AFTER) order.subarray(low, high).sort((a, b) => keys[a]! - keys[b]!);
      const pivot = medianOfThree(
        keys[order[low]!]!,
        keys[order[(low + high) >> 1]!]!,
        keys[order[high - 1]!]!,
      );
      // Dutch national flag: [low, less) < pivot, [less, i) = pivot, [more, high) > pivot.
      let less = low;
      let more = high;
      let lessMass = 0;
      for (let i = low; i < more;) {
        const item = order[i]!;
        const key = keys[item]!;
        if (key < pivot) {
          lessMass += weights[item]!;
          order[i++] = order[less]!;
          order[less++] = item;
        } else if (key > pivot) {
          order[i] = order[--more]!;
          order[more] = item;
        } else i++;
      }
      const massBelow = mass + lessMass;
      if (less > low && (strictly ? massBelow > limit : massBelow >= limit)) {
        high = less;
        continue;
      }
      mass = massBelow;
      for (let i = less; i < more; i++) {
        mass += weights[order[i]!]!;
        if (strictly ? mass > limit : mass >= limit) {
          this.#found(pivot, less, i - less, more - less, true);
          return;
        }
      }
      if (more === high) {
        this.#found(pivot, less, more - less - 1, more - less, false);
        return;
      }
      low = more;
    }
  }

  #found(key: number, below: number, before: number, equal: number, reached: boolean): void {
    this.key = key;
    this.below = below;
    this.before = before;
    this.equal = equal;
    this.reached = reached;
  }
}
