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
