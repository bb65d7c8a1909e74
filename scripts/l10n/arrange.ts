/** Where each sentence stands in a language's bundle. */
import type { Sentences } from './sentences';
import { dataSentences } from './data';

/** Sentences of several rooms. */
export const COMMON = 'common';

export type Parts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Arranged {
  /** Each sentence where it belongs, in order; an empty text where there is no translation yet. */
  readonly parts: Record<string, Record<string, string>>;
  /** Sentences without a translation. */
  readonly missing: readonly string[];
  /** Translations of nothing that is in the code. */
  readonly leftOver: readonly string[];
}

/** Puts what there is of translations where it belongs. */
export function arrange({ keys }: Pick<Sentences, 'keys'>, present: Parts): Arranged {
  const rooms = new Map([...keys].map(([key, parts]) => [key, new Set(parts)]));
  for (const sentence of dataSentences)
    rooms.set(sentence, (rooms.get(sentence) ?? new Set()).add('extension'));
  const translations = Object.assign({}, ...Object.values(present)) as Record<string, string>;
  const parts: Record<string, Record<string, string>> = {};
  const missing: string[] = [];
  for (const key of [...rooms.keys()].sort()) {
    const [part = COMMON, ...others] = rooms.get(key)!;
    const translation = translations[key] ?? '';
    if (translation === '') missing.push(key);
    (parts[others.length > 0 ? COMMON : part] ??= {})[key] = translation;
  }
  return { parts, missing, leftOver: Object.keys(translations).filter((key) => !rooms.has(key)) };
}
