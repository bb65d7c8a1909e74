import type { AlignedText } from './alignedText';
import { readPattern } from './normalizers';
import { compilePattern, nativeFinder, type Finder } from './patterns';
import { StepError, textOf, type Json } from './step';
import { t } from '../../../l10n/language';

/** A step that cuts a text into pieces, each of which is made into tokens by itself. */
export type PreTokenizer = (piece: AlignedText) => AlignedText[];

/** What becomes of the parts that a pattern matches. */
type Behavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';
const BEHAVIORS: readonly Behavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

const PUNCTUATION = /[\p{P}!-/:-@[-`{-~]/gu;

/** Runs of what Unicode counts to words, and of what is neither that nor white space. */
const WORDS_OR_SIGNS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/** The pre-tokenizer that a `tokenizer.json` describes. @throws StepError or PatternError */
export function readPreTokenizer(json: unknown): PreTokenizer {
  if ((json ?? null) === null) return (piece) => [piece];
  const step = json as Json;
  const behavior = BEHAVIORS.find((name) => name === (step['behavior'] ?? 'Isolated'));
  if (behavior === undefined)
    throw new StepError(t('its behavior {0} is not known', JSON.stringify(step['behavior'])));
  switch (step['type']) {
    case 'Sequence': {
      const steps = (step['pretokenizers'] as Json[]).map((one, i, all) => {
        if (one['type'] === 'ByteLevel' && i + 1 < all.length) {
          throw new StepError(t('it goes on cutting after ByteLevel'));
        }
        return readPreTokenizer(one);
      });
      return (piece) => steps.reduce<AlignedText[]>((pieces, cut) => pieces.flatMap(cut), [piece]);
    }
    case 'ByteLevel': {
      const cut = step['use_regex'] === false ? keep : splitter(compilePattern(GPT2), 'Isolated', false);
      const prefixed = step['add_prefix_space'] !== false;
      return (piece) => {
        const spaced =
          prefixed && piece.length > 0 && !piece.text.startsWith(' ') ? piece.prepend(' ') : piece;
        return cut(spaced);
      };
    }
    case 'Split':
      return splitter(readPattern(step['pattern']), behavior, step['invert'] === true);
    case 'Digits':
      return splitter(
        nativeFinder(/\p{N}/gu),
        step['individual_digits'] === true ? 'Isolated' : 'Contiguous',
        false,
      );
    case 'Punctuation':
      return splitter(nativeFinder(PUNCTUATION), behavior, false);
    case 'Whitespace':
      return splitter(nativeFinder(WORDS_OR_SIGNS), 'Removed', true);
    case 'BertPreTokenizer': {
      const cut = splitter(nativeFinder(/\p{White_Space}/gu), 'Removed', false);
      const isolate = splitter(nativeFinder(PUNCTUATION), 'Isolated', false);
      return (piece) => cut(piece).flatMap(isolate);
    }
    case 'CharDelimiterSplit':
      return splitter(readPattern({ String: textOf(step['delimiter'], '') }), 'Removed', false);
    case 'WhitespaceSplit':
      return splitter(nativeFinder(/\p{White_Space}/gu), 'Removed', false);
    case 'Metaspace':
      return metaspace(step);
    default:
      throw new StepError(t('its pre-tokenizer {0} is not known', JSON.stringify(step['type'])));
  }
}

const keep: PreTokenizer = (piece) => [piece];

/** Spaces become a mark, and the text gets one before it: every one, or what begins where the original does. */
function metaspace(step: Json): PreTokenizer {
  const mark = textOf(step['replacement'], '\u2581');
  const scheme = step['prepend_scheme'] ?? (step['add_prefix_space'] === false ? 'never' : 'always');
  const cut =
    step['split'] === false ? keep : splitter(readPattern({ String: mark }), 'MergedWithNext', false);
  return (piece) => {
    if (piece.length === 0) return [piece];
    const marked = piece.rewrite((add) => {
      piece.eachCharacter((character, unit) => {
        add(character === ' ' ? mark : character, unit);
      });
    });
    const wanted = scheme === 'always' || (scheme === 'first' && piece.begin === 0);
    return cut(wanted && !marked.text.startsWith(mark) ? marked.prepend(mark) : marked);
  };
}

function splitter(find: Finder, behavior: Behavior, invert: boolean): PreTokenizer {
  return (piece) => {
    const parts: { from: number; to: number; matched: boolean }[] = [];
    let at = 0;
    const add = (to: number, matched: boolean): void => {
      if (to > at) parts.push({ from: at, to, matched: matched !== invert });
      at = to;
    };
    for (const [from, to] of find(piece.text)) {
      add(from, false);
      add(to, true);
    }
    add(piece.length, false);
    return arrange(parts, behavior).map(({ from, to }) => piece.slice(from, to));
  };
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly matched: boolean;
}

function arrange(parts: readonly Part[], behavior: Behavior): readonly Part[] {
  if (behavior === 'Isolated') return parts;
  if (behavior === 'Removed') return parts.filter(({ matched }) => !matched);
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const joins =
      last !== undefined &&
      (behavior === 'Contiguous'
        ? last.matched === part.matched
        : behavior === 'MergedWithPrevious'
          ? part.matched && !last.matched
          : !part.matched && last.matched);
    if (joins)
      joined[joined.length - 1] = {
        from: last.from,
        to: part.to,
        matched: behavior === 'Contiguous' ? part.matched : behavior === 'MergedWithPrevious',
      };
    else joined.push(part);
  }
  return joined;
}
