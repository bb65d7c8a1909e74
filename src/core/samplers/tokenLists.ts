/** Sets of tokens that a person names by id, by text, or by a regular expression. */
import type { Vocabulary } from '../languageModel';
import { isTokenId, type ParameterDescription } from './parameters';
import type { SamplerContext } from './types';

/** Tokens; what the three fields name is put together. */
export interface TokenListFields {
  readonly ids?: readonly number[];
  /** Each names the one token whose bytes are exactly this text in UTF-8, spaces included. */
  readonly texts?: readonly string[];
  /** A regular expression (flag u): every token in whose text it finds a match. Empty means none. */
  readonly pattern?: string;
}

export const TOKEN_LIST_PARAMETERS: readonly ParameterDescription[] = [
  {
    name: 'ids',
    label: 'Token ids',
    explanation: 'Tokens by id.',
    kind: 'list',
    entry: 'token ids',
    default: [],
    optional: true,
    check: (value) => (value.every(isTokenId) ? null : 'a list of token ids, whole numbers from 0'),
  },
  {
    name: 'texts',
    label: 'Texts',
    explanation: 'Tokens by their exact text; a leading space is part of it.',
    kind: 'list',
    entry: 'texts',
    default: [],
    optional: true,
    check: (value) => (value.every((text) => typeof text === 'string') ? null : 'a list of texts'),
  },
  {
    name: 'pattern',
    label: 'Pattern',
    explanation: 'A regular expression: every token in whose text it finds a match.',
    kind: 'text',
    default: '',
    optional: true,
    check: (value) =>
      compiled(value) ? null : 'a regular expression that JavaScript accepts with the flag u',
  },
];

/** Time that matching a pattern against a vocabulary may take; what takes longer would freeze the page. */
const PATTERN_MILLISECONDS = 2000;

/** Tokens up to this length cannot keep even a badly nested pattern busy for long. */
const SAFE_LENGTH = 16;

/**
 * Finds the tokens.
 * @param owner the sampler, named in errors.
 * @returns one entry per token id, 1 where it is in the list.
 * @throws RangeError for an id outside the vocabulary, a text that is no single token, texts or a pattern without
 * a vocabulary, and a pattern that takes too long.
 */
export function resolveTokens(owner: string, fields: TokenListFields, context: SamplerContext): Uint8Array {
  const { ids = [], texts = [], pattern = '' } = fields;
  const { vocabularySize, vocabulary } = context;
  const chosen = new Uint8Array(vocabularySize);
  for (const id of ids) {
    if (id >= vocabularySize) {
      throw new RangeError(`${owner}: ids names token ${id}; ids go from 0 to ${vocabularySize - 1}.`);
    }
    chosen[id] = 1;
  }
  if (texts.length === 0 && pattern === '') return chosen;
  if (!vocabulary) {
    throw new RangeError(`${owner}: texts and pattern need the vocabulary of a model; give ids instead.`);
  }
  for (const text of texts) chosen[tokenOf(owner, text, vocabulary)] = 1;
  if (pattern !== '') choosePattern(owner, pattern, vocabulary, chosen);
  return chosen;
}

function compiled(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

function tokenOf(owner: string, text: string, { bytes, offsets }: Vocabulary): number {
  const wanted = new TextEncoder().encode(text);
  for (let id = 0; id + 1 < offsets.length; id++) {
    const start = offsets[id]!;
    if (offsets[id + 1]! - start !== wanted.length) continue;
    let i = 0;
    while (i < wanted.length && bytes[start + i] === wanted[i]) i++;
    if (i === wanted.length) return id;
  }
  throw new RangeError(
    `${owner}: texts holds ${JSON.stringify(text)}, which is not one token; mind the leading space, or use a pattern.`,
  );
}

function choosePattern(owner: string, pattern: string, vocabulary: Vocabulary, chosen: Uint8Array): void {
  const expression = compiled(pattern)!;
  const texts = tokenTexts(vocabulary);
  const begin = performance.now();
  const matches = (text: string): boolean => {
    if (performance.now() - begin > PATTERN_MILLISECONDS) {
      throw new RangeError(
        `${owner}: pattern is ${JSON.stringify(pattern)}, which takes more than ${PATTERN_MILLISECONDS / 1000} s over the vocabulary; make it simpler, without nested repetition.`,
      );
    }
    return expression.test(text);
  };
  // Shortest first, and long tokens by growing beginnings: a pattern whose time grows exponentially with the
  // length is caught while a single match still ends.
  const byLength = texts.map((_, id) => id).sort((a, b) => texts[a]!.length - texts[b]!.length);
  for (const id of byLength) {
    const text = texts[id]!;
    for (let length = SAFE_LENGTH; length < text.length; length++) matches(text.slice(0, length));
    if (matches(text)) chosen[id] = 1;
  }
}

/** The text of every token; bytes that are not whole characters become U+FFFD. */
export function tokenTexts({ bytes, offsets }: Vocabulary): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from({ length: offsets.length - 1 }, (_, id) =>
    decoder.decode(bytes.subarray(offsets[id], offsets[id + 1])),
  );
}
