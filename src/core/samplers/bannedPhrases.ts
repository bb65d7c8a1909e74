import type { Vocabulary } from '../languageModel';
import type { ByteAutomaton } from '../shapes/byteAutomaton';
import { PhraseSearch } from '../shapes/phraseSearch';
import { escaped } from '../shapes/expressionText';
import { tokensHolding } from '../shapes/tokensHolding';
import { compileExpression } from '../shapes/regularExpression';
import { defineSampler } from './definition';
import { END_OF_TEXT } from './shape';
import { t } from '../../l10n/language';

/** Tokens that hold a phrase by themselves, by automaton, vocabulary and the token that ends a text. */
const known = new WeakMap<ByteAutomaton, WeakMap<Vocabulary, Map<number, Uint8Array>>>();

/**
 * Banned phrases: texts that must not come, however they are cut into tokens. A token that holds one by itself is
 * removed. Where a phrase is completed by several tokens the text goes back to its first token, and another is drawn
 * there: what comes before a phrase's end is thus not wrong, and the rest of the text does not have to make up for it.
 *
 * Paech (sam-paech), antislop-sampler, 2024.
 *
 * - Letters must be as they are written, and count inside longer words too: "ring" is in "spring". A pattern can say
 *   more, in JavaScript's syntax with flag u: `\p{L}*ing`.
 * - What the prompt ends in does not count as a phrase's beginning, and what the token is written as that ends a text
 *   not as text.
 */
export const bannedPhrases = defineSampler({
  name: 'banned-phrases',
  rank: { huggingFace: 75, llamaCpp: 25 },
  about: {
    label: t('Banned phrases'),
    explanation: t('Goes back to the first token of a phrase that must not come, and draws another there.'),
    formula: t('when a phrase is complete: back to its first token i, remove i there, draw again'),
    paper: 'Paech, antislop-sampler, 2024',
    parameters: [
      {
        name: 'phrases',
        label: t('Phrases'),
        explanation: t('Texts that must not come, each as it is written; a leading space is part of it.'),
        kind: 'list',
        entries: t('a list of texts of at least one character'),
        isEntry: (value): value is string => typeof value === 'string' && value !== '',
        default: [],
        optional: true,
      },
      {
        name: 'pattern',
        label: t('Pattern'),
        explanation: t('A regular expression in JavaScript’s syntax: no text that it matches may come.'),
        kind: 'text',
        default: '',
        optional: true,
        check: (value) => (value === '' ? null : whatPatternMustBe(value)),
      },
      {
        ...END_OF_TEXT,
        explanation: t('Id of the token that ends a text, which no phrase is in; 50256 in GPT-2.'),
      },
    ],
  },
  effect: () => t('removed no token yet; it goes back where a phrase is complete'),
  create({ sampler, phrases = [], pattern = '', endOfText = END_OF_TEXT.default }, { vocabulary }) {
    if (phrases.length === 0 && pattern === '') return { apply: () => undefined };
    if (!vocabulary) throw new RangeError(t('{0} needs the vocabulary of a model.', sampler));
    const search = new PhraseSearch(automatonOf(sampler, phrases, pattern), vocabulary, endOfText);
    const alone = tokensAlone(search);
    return {
      usesHistory: true,
      apply(candidates, { tokens, promptLength = tokens.length, owed = 0 }) {
        const { ids, count } = candidates;
        // What the first token owes the prompt is no part of the text.
        const owes = owed > 0 && tokens.length === promptLength;
        for (let row = 0; row < count; row++) {
          const id = ids[row]!;
          if (alone[id] === 1 && (!owes || search.isIn(id, owed))) candidates.remove(id);
        }
      },
      turnsBack({ tokens, promptLength = tokens.length, owed = 0 }) {
        const found = search.find({ tokens, from: promptLength, skipped: owed });
        return found && { index: found.token, text: found.text };
      },
    };
  },
});

/** A pattern that is compiled by itself may have anchors at its ends; among phrases they could not be followed. */
function whatPatternMustBe(pattern: string): string | null {
  const alone = compileExpression(pattern);
  if (typeof alone === 'string') return alone;
  return typeof compileExpression(grouped(pattern)) === 'string'
    ? t('a regular expression without ^ and $: it is looked for everywhere in the text')
    : null;
}

const grouped = (pattern: string): string => `(?:${pattern})`;

function automatonOf(owner: string, phrases: readonly string[], pattern: string): ByteAutomaton {
  const automaton = compileExpression(
    [...phrases.map(escaped), ...(pattern === '' ? [] : [grouped(pattern)])].join('|'),
  );
  if (typeof automaton === 'string')
    throw new RangeError(t('{0}: phrases and pattern must together be {1}.', owner, automaton));
  return automaton;
}

/** The tokens that hold a phrase by themselves; one that stands for no text holds none. */
function tokensAlone(search: PhraseSearch): Uint8Array {
  const { automaton, vocabulary, silent } = search;
  const byVocabulary = known.get(automaton) ?? new WeakMap<Vocabulary, Map<number, Uint8Array>>();
  known.set(automaton, byVocabulary);
  const bySilent = byVocabulary.get(vocabulary) ?? new Map<number, Uint8Array>();
  byVocabulary.set(vocabulary, bySilent);
  const tokens = bySilent.get(silent) ?? tokensHolding(automaton, vocabulary);
  if (silent < tokens.length) tokens[silent] = 0;
  bySilent.set(silent, tokens);
  return tokens;
}
