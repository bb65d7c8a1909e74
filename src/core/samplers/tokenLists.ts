/** Sets of tokens that a user names by id, by text, or by a regular expression. */
import type { Vocabulary } from '../languageModel';
import { isTokenId, type ParameterDescription, type ValuesOf } from './parameters';
import { compilePattern, type Pattern } from './pattern';
import type { SamplerContext } from './types';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/** Tokens; what the three parameters name is put together. */
export const TOKEN_LIST_PARAMETERS = [
  {
    name: 'ids',
    label: t('Token ids'),
    explanation: t('Tokens by id.'),
    kind: 'list',
    entries: t('a list of token ids, whole numbers from 0'),
    isEntry: isTokenId,
    default: [],
    optional: true,
  },
  {
    name: 'texts',
    label: t('Texts'),
    explanation: t('Tokens by their exact text; a leading space is part of it.'),
    kind: 'list',
    entries: t('a list of texts'),
    isEntry: (value): value is string => typeof value === 'string',
    default: [],
    optional: true,
  },
  {
    name: 'pattern',
    label: t('Pattern'),
    explanation: t('A regular expression in the syntax of RE2: every token in whose text it finds a match.'),
    kind: 'text',
    default: '',
    optional: true,
    check: (value) => {
      const pattern = compilePattern(value);
      return typeof pattern === 'string' ? pattern : null;
    },
  },
] as const satisfies readonly ParameterDescription[];

/**
 * Finds the tokens.
 * @param owner the sampler, named in errors.
 * @returns one entry per token id, 1 where it is in the list.
 * @throws RangeError for an id outside the vocabulary, a text that is no single token, texts or a pattern without
 * a vocabulary, and a pattern that is not one.
 */
export function resolveTokens(
  owner: string,
  fields: ValuesOf<typeof TOKEN_LIST_PARAMETERS>,
  context: SamplerContext,
): Uint8Array {
  const { ids = [], texts = [], pattern = '' } = fields;
  const { vocabularySize, vocabulary } = context;
  const chosen = new Uint8Array(vocabularySize);
  for (const id of ids) {
    if (id >= vocabularySize) {
      throw new RangeError(
        t('{0}: ids names token {1}; ids go from 0 to {2}.', owner, asGiven(id), asGiven(vocabularySize - 1)),
      );
    }
    chosen[id] = 1;
  }
  if (texts.length === 0 && pattern === '') return chosen;
  if (!vocabulary) {
    throw new RangeError(
      t('{0}: texts and pattern need the vocabulary of a model; give ids instead.', owner),
    );
  }
  for (const text of texts) chosen[tokenOf(owner, text, vocabulary)] = 1;
  if (pattern !== '') {
    for (const id of matching(owner, pattern, vocabulary)) chosen[id] = 1;
  }
  return chosen;
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
    t(
      '{0}: texts holds {1}, which is not one token; check its leading space, or use a pattern.',
      owner,
      JSON.stringify(text),
    ),
  );
}

/** Tokens that a pattern names, for the patterns asked for last: the page applies the chain anew at every move of a slider. */
const found = new WeakMap<Vocabulary, Map<Pattern, Uint32Array>>();
const KEPT = 8;

function matching(owner: string, source: string, vocabulary: Vocabulary): Uint32Array {
  const pattern = compilePattern(source);
  if (typeof pattern === 'string') throw new RangeError(t('{0}: pattern must be {1}.', owner, pattern));
  const kept = found.get(vocabulary) ?? new Map<Pattern, Uint32Array>();
  found.set(vocabulary, kept);
  const known = kept.get(pattern);
  if (known) return known;
  const ids = Uint32Array.from(
    tokenTexts(vocabulary).flatMap((text, id) => (pattern.test(text) ? [id] : [])),
  );
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
  kept.set(pattern, ids);
  return ids;
}

/** The text of every token; bytes that are not whole characters become U+FFFD. */
function tokenTexts({ bytes, offsets }: Vocabulary): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from({ length: offsets.length - 1 }, (_, id) =>
    decoder.decode(bytes.subarray(offsets[id], offsets[id + 1])),
  );
}
