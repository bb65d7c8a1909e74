/** Characters by kind: an expression tells apart only those that some of its classes hold and others do not. */
import { CharBase, CharSet, visitAst, type Expression, type NoParent } from 'refa';

/** Surrogates are no characters of a text. */
export const FIRST_SURROGATE = 0xd800;
export const LAST_SURROGATE = 0xdfff;
export const LAST_POINT = 0x10ffff;

/** Ranges of code points, ascending and without a surrogate, each with the number of its kind. */
export interface Alphabet {
  readonly mins: Uint32Array;
  readonly maxes: Uint32Array;
  readonly kinds: Uint32Array;
  /** How many kinds there are. */
  readonly size: number;
}

/**
 * Writes expressions over the kinds of characters that they tell apart, in place: `\p{L}` has hundreds of ranges of
 * code points, and an automaton with thousands of states would have as many in each.
 */
export function overKinds(expressions: readonly NoParent<Expression>[]): Alphabet {
  const sets = new Set<CharSet>();
  for (const expression of expressions) {
    visitAst(expression, { onCharacterClassEnter: ({ characters }) => void sets.add(characters) });
  }
  const base = new CharBase(sets);
  const size = base.sets.length;
  const most = Math.max(0, size - 1);
  const written = new Map(
    [...sets].map((characters) => [characters, CharSet.fromCharacters(most, base.split(characters))]),
  );
  for (const expression of expressions) {
    visitAst(expression, {
      onCharacterClassEnter(node) {
        node.characters = written.get(node.characters)!;
      },
    });
  }
  const ranges = base.sets
    .flatMap((set, kind) => set.ranges.flatMap(({ min, max }) => withoutSurrogates(min, max, kind)))
    .sort((a, b) => a.min - b.min);
  return {
    mins: Uint32Array.from(ranges, ({ min }) => min),
    maxes: Uint32Array.from(ranges, ({ max }) => max),
    kinds: Uint32Array.from(ranges, ({ kind }) => kind),
    size,
  };
}

interface KindRange {
  readonly min: number;
  readonly max: number;
  readonly kind: number;
}

function withoutSurrogates(min: number, max: number, kind: number): KindRange[] {
  const below = { min, max: Math.min(max, FIRST_SURROGATE - 1), kind };
  const above = { min: Math.max(min, LAST_SURROGATE + 1), max, kind };
  return [below, above].filter((range) => range.min <= range.max);
}
