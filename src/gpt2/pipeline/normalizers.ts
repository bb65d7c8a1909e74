import type { AlignedText } from './alignedText';
import { compilePattern, literalFinder, type Finder } from './patterns';

export type Json = Readonly<Record<string, unknown>>;

/** A step that changes a text before it is cut. */
export type Normalizer = (text: AlignedText) => AlignedText;

/** A step of a `tokenizer.json` that this program does not have; the message is no whole sentence. */
export class StepError extends Error {}

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

/** A character and the marks after it, or the letters of a Hangul syllable: what normalization acts on by itself. */
const CLUSTERS = /[^][\p{M}\u1160-\u11ff]*/gu;

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
      return byCharacter((character) => (/^\p{Mn}$/u.test(character) ? '' : character));
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
      throw new StepError(
        'its normalizer "Precompiled" is a table of SentencePiece, which is not read; a tokenizer.json with "NFKC" in its place can be',
      );
    default: {
      const form = FORMS.find((name) => name === step['type']);
      if (form === undefined)
        throw new StepError(`its normalizer ${JSON.stringify(step['type'])} is not known`);
      return normalizeTo(form);
    }
  }
}

/** A text of a step, or what stands for it where there is none. */
export function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** A pattern as `tokenizer.json` writes it: `{ "String": ... }` or `{ "Regex": ... }`. */
export function readPattern(json: unknown): Finder {
  if (typeof json === 'string') return literalFinder(json);
  const { String: literal, Regex: regex } = (json ?? {}) as Json;
  if (typeof literal === 'string') return literalFinder(literal);
  if (typeof regex === 'string') return compilePattern(regex);
  throw new StepError('it has a pattern that is neither String nor Regex');
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
  if (accents === true) steps.push(readNormalizer({ type: 'NFD' }), readNormalizer({ type: 'StripAccents' }));
  if (lower) steps.push(readNormalizer({ type: 'Lowercase' }));
  return (text) => steps.reduce((so, normalize) => normalize(so), text);
}

/** Without control characters, and with a space for each white space, of which tabs and line ends are. */
function clean(character: string): string {
  if (/[\t\n\r]/.test(character)) return ' ';
  if (/[\p{Cc}\p{Cf}\p{Co}\ufffd]/u.test(character)) return '';
  return /\p{White_Space}/u.test(character) ? ' ' : character;
}

function byCharacter(change: (character: string) => string): Normalizer {
  return (text) =>
    text.rewrite((add) => {
      text.eachCharacter((character, unit) => {
        add(change(character), unit);
      });
    });
}

/** Characters of a normal form take, in order, the places of those that they were made of, the last one's if they are more. */
function normalizeTo(form: (typeof FORMS)[number]): Normalizer {
  return (text) => {
    if (text.text.normalize(form) === text.text) return text;
    return text.rewrite((add) => {
      for (const { 0: cluster, index } of text.text.matchAll(CLUSTERS)) {
        let unit = index;
        const last =
          index + cluster.length - ((cluster.codePointAt(cluster.length - 2) ?? 0) > 0xffff ? 2 : 1);
        for (const character of cluster.normalize(form)) {
          add(character, Math.min(unit, last));
          unit += (text.text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
        }
      }
    });
  };
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
