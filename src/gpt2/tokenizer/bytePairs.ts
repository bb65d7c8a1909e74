/**
 * Byte-pair merging (Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units",
 * 2016): of all adjacent pairs the one of the lowest rank is merged first, the leftmost among equals, until none
 * has a rank.
 *
 * The pairs wait in a binary heap, so a piece of n parts costs O(n log n): a megabyte without a space must not
 * stop the engine, and searching all pairs anew after each merge would.
 */

/** Bytes as a string of code units 0 to 255, to its token id; the id is also the rank. */
export type Ranks = Pick<ReadonlyMap<string, number>, 'get'>;

/** Heap entries are `rank * POSITIONS + position`: ordered by rank, then from the left. */
const POSITIONS = 2 ** 32;

/**
 * Merges one piece of text over bytes, as GPT-2 does: a pair's rank is that of its concatenation.
 * @param piece its bytes as code units 0 to 255; every single byte must be a token.
 * @param longest length of the longest token, in bytes.
 * @returns token ids, in order.
 */
export function mergeBytePairs(piece: string, ranks: Ranks, longest: number): number[] {
  const ends = mergeAdjacent(piece.length, (from, _, to) =>
    to - from <= longest ? ranks.get(piece.slice(from, to)) : undefined,
  );
  const ids: number[] = [];
  for (let i = 0; i < piece.length; i = ends[i]!) ids.push(ranks.get(piece.slice(i, ends[i]))!);
  return ids;
}

/**
 * Merges a row of parts.
 * @param length how many parts there are.
 * @param rankOf rank of the pair of parts [from, middle) and [middle, to); undefined where it is never merged.
 * @param onMerge told when such a pair becomes one part.
 * @returns for the first position of each remaining part, where it ends.
 */
export function mergeAdjacent(
  length: number,
  rankOf: (from: number, middle: number, to: number) => number | undefined,
  onMerge?: (from: number, middle: number) => void,
): Uint32Array {
  // Parts are a doubly linked list over their first position; `end[i]` is where part i ends.
  const end = new Uint32Array(length);
  const previous = new Int32Array(length);
  /** Rank of merging part i with the part after it, -1 for none: an entry of another rank is out of date. */
  const pairRank = new Int32Array(length).fill(-1);
  const heap = new MinHeap();

  const rate = (position: number): void => {
    const middle = end[position]!;
    const rank = middle < length ? rankOf(position, middle, end[middle]!) : undefined;
    pairRank[position] = rank ?? -1;
    if (rank !== undefined) heap.push(rank * POSITIONS + position);
  };

  for (let i = 0; i < length; i++) {
    end[i] = i + 1;
    previous[i] = i - 1;
  }
  for (let i = 0; i + 1 < length; i++) rate(i);

  for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) {
    const position = entry % POSITIONS;
    if (pairRank[position] !== (entry - position) / POSITIONS) continue;
    const absorbed = end[position]!;
    onMerge?.(position, absorbed);
    end[position] = end[absorbed]!;
    pairRank[absorbed] = -1;
    const next = end[position];
    if (next < length) previous[next] = position;
    rate(position);
    const before = previous[position]!;
    if (before >= 0) rate(before);
  }
  return end;
}
/** Binary min-heap of numbers. */
class MinHeap {
  private readonly items: number[] = [];

  push(item: number): void {
    const items = this.items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (items[parent]! <= item) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  pop(): number | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return top;
  }
}
