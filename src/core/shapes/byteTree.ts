/** The tokens of a vocabulary by their bytes, so that what begins alike is looked at once. */
import type { Vocabulary } from '../languageModel';

/**
 * The tokens of a vocabulary as a tree of their bytes, written down depth first: what follows a node is below it, up to
 * `ends` of it. Where a byte leads nowhere, all tokens that begin so are passed over at once.
 */
export interface ByteTree {
  /** Of each node: the byte that leads to it, and how many come before that one. */
  readonly bytes: Uint8Array;
  readonly depths: Uint16Array;
  /** The node that comes after all those below it. */
  readonly ends: Uint32Array;
  /** Tokens in the order of their nodes; those of node n are `ids[tokens[n] .. tokens[n + 1])`. */
  readonly ids: Uint32Array;
  readonly tokens: Uint32Array;
  readonly deepest: number;
}

const trees = new WeakMap<Vocabulary, ByteTree>();

/** The tree of a vocabulary, which is made once. Tokens without bytes are not in it. */
export function byteTree(vocabulary: Vocabulary): ByteTree {
  const tree = trees.get(vocabulary) ?? treeOf(vocabulary);
  trees.set(vocabulary, tree);
  return tree;
}

function treeOf({ bytes, offsets }: Vocabulary): ByteTree {
  const ids = inOrder({ bytes, offsets });
  // There are at most as many nodes as bytes.
  const tree = {
    bytes: new Uint8Array(bytes.length),
    depths: new Uint16Array(bytes.length),
    ends: new Uint32Array(bytes.length),
    ids,
    tokens: new Uint32Array(bytes.length + 1),
  };
  // The nodes on the way to the token before.
  const way: number[] = [];
  let count = 0;
  ids.forEach((id, place) => {
    const start = offsets[id]!;
    const length = offsets[id + 1]! - start;
    let shared = 0;
    while (shared < way.length && shared < length && tree.bytes[way[shared]!] === bytes[start + shared])
      shared++;
    while (way.length > shared) tree.ends[way.pop()!] = count;
    for (let depth = shared; depth < length; depth++) {
      way.push(count);
      tree.bytes[count] = bytes[start + depth]!;
      tree.depths[count] = depth;
      // Where no token ends, the next node has the same place: the range is empty.
      tree.tokens[count++] = place;
    }
  });
  while (way.length > 0) tree.ends[way.pop()!] = count;
  tree.tokens[count] = ids.length;
  return {
    bytes: tree.bytes.slice(0, count),
    depths: tree.depths.slice(0, count),
    ends: tree.ends.slice(0, count),
    ids,
    tokens: tree.tokens.slice(0, count + 1),
    deepest: tree.depths.subarray(0, count).reduce((most, depth) => Math.max(most, depth + 1), 0),
  };
}

/** Bits of the whole numbers that a float64 holds. */
const EXACT_BITS = 53;

/** The tokens that have bytes, in the order of these. */
function inOrder({ bytes, offsets }: Vocabulary): Uint32Array {
  // Sorted by their first bytes and ids as numbers, which is quick; those that agree in these bytes are compared.
  const idBits = Math.ceil(Math.log2(offsets.length));
  const ids = 2 ** idBits;
  const leading = (EXACT_BITS - idBits) >> 3;
  const keys = new Float64Array(offsets.length - 1);
  let count = 0;
  for (let id = 0; id + 1 < offsets.length; id++) {
    const [start, end] = [offsets[id]!, offsets[id + 1]!];
    if (start === end) continue;
    let key = 0;
    for (let at = start; at < start + leading; at++) key = key * 256 + (at < end ? bytes[at]! : 0);
    keys[count++] = key * ids + id;
  }
  const sorted = keys.subarray(0, count).sort();
  const order = new Uint32Array(count);
  for (let place = 0; place < count; place++) order[place] = sorted[place]! % ids;
  const compare = (a: number, b: number): number => {
    const length = Math.min(offsets[a + 1]! - offsets[a]!, offsets[b + 1]! - offsets[b]!);
    for (let i = 0; i < length; i++) {
      const apart = bytes[offsets[a]! + i]! - bytes[offsets[b]! + i]!;
      if (apart !== 0) return apart;
    }
    return offsets[a + 1]! - offsets[a]! - (offsets[b + 1]! - offsets[b]!);
  };
  for (let from = 0; from < count;) {
    const first = Math.floor(sorted[from]! / ids);
    let to = from + 1;
    while (to < count && Math.floor(sorted[to]! / ids) === first) to++;
    if (to > from + 1) order.subarray(from, to).sort(compare);
    from = to;
  }
  return order;
}
