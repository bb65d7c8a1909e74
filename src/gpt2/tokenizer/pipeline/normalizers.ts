import type { Normalizer } from './alignedText';
import { readCharsMap } from './charsMap';
import { replaceGraphemes } from './graphemes';
import { compilePattern, literalFinder, type Finder } from './patterns';
import { StepError, textOf, type Json } from './step';
import { t } from '../../../l10n/language';

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

/** The normalizer that a `tokenizer.json` describes. @throws StepError or PatternError */
export function readNormalizer(json: unknown): Normalizer {
  if ((json ?? null) === null) return (text) => text;
  const step = json as Json;
  switch (step['type']) {
    case 'Sequence': {
      const steps = (step['normalizers'] as unknown[]).map(readNormalizer);
      return (text) => steps.reduce((so, normalize) => normalize(so), text);
    }
    case 'Lowercase':
      return byCharacter((character) => character.toLowerCase());
    case 'StripAccents':
      return byCharacter((character) => (/^\p{M}$/u.test(character) ? '' : character));
    case 'Nmt':
      return byCharacter(forTranslation);
    case 'Prepend': {
      const added = String(step['prepend']);
      return (text) => (text.length === 0 ? text : text.prepend(added));
    }
    case 'Strip':
      return strip(step['strip_left'] !== false, step['strip_right'] !== false);
    case 'Replace':
      return replace(readPattern(step['pattern']), textOf(step['content'], ''));
    case 'BertNormalizer':
      return bert(step);
    case 'Precompiled':
      return replaceGraphemes(readCharsMap(step['precompiled_charsmap']));
    default: {
      const form = FORMS.find((name) => name === step['type']);
      if (form === undefined)
        throw new StepError(t('its normalizer {0} is not known', JSON.stringify(step['type'])));
      return normalizeTo(form);
    }
  }
}

/** A pattern as `tokenizer.json` writes it: `{ "String": ... }` or `{ "Regex": ... }`. */
export function readPattern(json: unknown): Finder {
  if (typeof json === 'string') return literalFinder(json);
  const { String: literal, Regex: regex } = (json ?? {}) as Json;
  if (typeof literal === 'string') return literalFinder(literal);
  if (typeof regex === 'string') return compilePattern(regex);
  throw new StepError(t('it has a pattern that is neither String nor Regex'));
}

/** Scripts of which every character is a word to BERT, as the ranges of its published tokenizer. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;

/** BERT's cleaning, spacing of Chinese, and folding (Devlin et al., 2019), as Hugging Face's tokenizers do them. */
function bert(step: Json): Normalizer {
  const lower = step['lowercase'] !== false;
  const accents = step['strip_accents'] ?? lower;
  const steps: Normalizer[] = [];
  if (step['clean_text'] !== false) {
    steps.push(byCharacter(clean));
  }
  if (step['handle_chinese_chars'] !== false)
    steps.push(byCharacter((c) => (CHINESE.test(c) ? ` ${c} ` : c)));
  if (accents === true)
    steps.push(
      normalizeTo('NFD'),
      byCharacter((c) => (/^\p{Mn}$/u.test(c) ? '' : c)),
    );
  if (lower) steps.push(readNormalizer({ type: 'Lowercase' }));
  return (text) => steps.reduce((so, normalize) => normalize(so), text);
}

/** Without control characters, and with a space for each white space, of which tabs and line ends are. */
function clean(character: string): string {
  if (/[\t\n\r]/.test(character)) return ' ';
  if (/[\p{Cc}\p{Cf}\p{Co}\ufffd]/u.test(character)) return '';
  return /\p{White_Space}/u.test(character) ? ' ' : character;
}

/** SentencePiece's cleaning before translation (its rules "nmt"): controls go, what only parts words is a space. */
function forTranslation(character: string): string {
  if (/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(character)) return ' ';
  const goes = /\p{Cc}/u.test(character) && (character < '\x80' || /[\x8f\x9f]/.test(character));
  return goes && character !== '\0' ? '' : character;
}

function byCharacter(change: (character: string) => string): Normalizer {
  return (text) =>
    text.rewrite((add) => {
      text.eachCharacter((character, unit) => {
        add(change(character), unit);
      });
    });
}

/**
 * One of Unicode's normal forms (UAX #15). Every character falls into parts, which take its place; marks that are
 * put in order take each other's; and what is composed of parts takes the place of the first.
 */
function normalizeTo(form: (typeof FORMS)[number]): Normalizer {
  const whole = form === 'NFD' || form === 'NFC' ? 'NFD' : 'NFKD';
  return (text) => {
    const normal = text.text.normalize(form);
    if (normal === text.text) return text;
    return text.rewrite((add) => {
      const units: number[] = [];
      text.eachCharacter((character, unit) => {
        for (let n = parts(character, whole); n > 0; n--) units.push(unit);
      });
      let part = 0;
      for (const character of normal) {
        add(character, units[part]!);
        part += parts(character, 'NFD');
      }
    });
  };
}

/** Into how many characters one falls. */
function parts(character: string, form: 'NFD' | 'NFKD'): number {
  return character < '\x80' ? 1 : Array.from(character.normalize(form)).length;
}

function strip(left: boolean, right: boolean): Normalizer {
  return (text) => {
    const from = left ? /^\p{White_Space}*/u.exec(text.text)![0].length : 0;
    let to = text.length;
    while (right && to > from && /\p{White_Space}/u.test(text.text[to - 1]!)) to--;
    return text.slice(from, to);
  };
}

/** What is put in takes the place of the last character that it replaces. */
function replace(find: Finder, content: string): Normalizer {
  return (text) => {
    const found = [...find(text.text)];
    if (found.length === 0) return text;
    return text.rewrite((add) => {
      let match = 0;
      text.eachCharacter((character, unit) => {
        while (match < found.length && found[match]![1] <= unit) match++;
        const range = found[match];
        if (!range || unit < range[0]) add(character, unit);
        else if (unit + character.length === range[1]) add(content, unit);
      });
    });
  };
}
