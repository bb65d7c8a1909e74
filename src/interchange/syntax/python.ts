/** Settings in Python: keyword arguments with literal values. */
import type { Json } from '../settings';
import { closingOf } from './brackets';

/** Lists and dictionaries inside each other. */
const DEEPEST = 30;

export interface PythonReading {
  readonly settings: Readonly<Record<string, Json>>;
  /** Arguments whose values are no literals, as they are written. */
  readonly others: readonly (readonly [key: string, written: string])[];
}

/**
 * Reads the keyword arguments of a call.
 * @param text from behind the opening bracket to before the closing one.
 */
export function readArguments(text: string): PythonReading {
  const reader = new Reader(text);
  const settings: Record<string, Json> = {};
  const others: [string, string][] = [];
  while (!reader.atEnd()) {
    const key = reader.take(/[A-Za-z_]\w*(?=\s*=(?!=))/y);
    if (key === null) {
      reader.skipArgument();
      continue;
    }
    reader.take(/=/y);
    const start = reader.at;
    const value = reader.literal(0);
    if (value !== undefined && reader.atArgumentEnd()) settings[key] = value;
    else {
      reader.at = start;
      others.push([key, reader.skipArgument()]);
    }
    reader.take(/,/y);
  }
  return { settings, others };
}

/** Reads lines such as `temperature = 0.7`, each an assignment of a literal. */
export function readAssignments(text: string): Readonly<Record<string, Json>> {
  const settings: Record<string, Json> = {};
  for (const match of text.matchAll(/^[ \t]*([A-Za-z_]\w*)[ \t]*=(?!=)/gm)) {
    const reader = new Reader(text.slice(match.index + match[0].length));
    const value = reader.literal(0);
    if (value !== undefined) settings[match[1]!] = value;
  }
  return settings;
}

class Reader {
  at = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    this.#skipSpace();
    return this.at >= this.text.length;
  }

  atArgumentEnd(): boolean {
    return this.atEnd() || this.text[this.at] === ',';
  }

  /** What matches here, white space and comments before it aside; null where nothing does. */
  take(pattern: RegExp): string | null {
    this.#skipSpace();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  /** The rest of an argument, as it is written. */
  skipArgument(): string {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== ',') {
      this.at = /["'([{]/.test(this.text[this.at]!) ? closingOf(this.text, this.at) + 1 : this.at + 1;
    }
    const written = this.text.slice(start, this.at).trim();
    this.at += 1;
    return written;
  }

  literal(depth: number): Json | undefined {
    if (depth > DEEPEST) return undefined;
    const word = this.take(/True\b|False\b|None\b/y);
    if (word !== null) return word === 'None' ? null : word === 'True';
    const number = this.take(/[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y);
    if (number !== null) return Number(number.replaceAll('_', ''));
    const string = this.take(/"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y);
    if (string !== null) return unescaped(string);
    if (this.take(/lambda\b[^:\n]*:/y) !== null) return this.literal(depth + 1);
    if (this.take(/\[/y) !== null) return this.#list(/\]/y, depth);
    if (this.take(/\(/y) !== null) return this.#list(/\)/y, depth);
    if (this.take(/\{/y) !== null) return this.#dictionary(depth);
    return this.#call();
  }

  #list(end: RegExp, depth: number): Json | undefined {
    const entries: Json[] = [];
    while (this.take(end) === null) {
      const entry = this.literal(depth + 1);
      if (entry === undefined) return undefined;
      entries.push(entry);
      if (this.take(/,/y) === null) return this.take(end) === null ? undefined : entries;
    }
    return entries;
  }

  #dictionary(depth: number): Json | undefined {
    const entries: [string, Json][] = [];
    while (this.take(/\}/y) === null) {
      const key = this.literal(depth + 1);
      const value = this.take(/:/y) === null ? undefined : this.literal(depth + 1);
      if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined) return undefined;
      entries.push([String(key), value]);
      if (this.take(/,/y) === null)
        return this.take(/\}/y) === null ? undefined : Object.fromEntries(entries);
    }
    return Object.fromEntries(entries);
  }

  /** A call of a class with keyword arguments alone stands for them. */
  #call(): Json | undefined {
    const start = this.at;
    if (this.take(/[A-Z]\w*(?=\()/y) === null) return undefined;
    const end = closingOf(this.text, this.at);
    const { settings, others } = readArguments(this.text.slice(this.at + 1, end));
    if (others.length > 0) {
      this.at = start;
      return undefined;
    }
    this.at = end + 1;
    return settings;
  }

  #skipSpace(): void {
    const space = /(?:\s|#[^\n]*)*/y;
    space.lastIndex = this.at;
    this.at += space.exec(this.text)?.[0].length ?? 0;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  a: '\x07',
  v: '\v',
  '0': '\0',
  '\n': '',
};

function unescaped(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([^]))/g,
      (whole, ...groups: string[]) => {
        const [four, eight, two, one] = groups;
        const code = four ?? eight ?? two;
        if (code !== undefined) {
          const point = Number.parseInt(code, 16);
          return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
        }
        return ESCAPES[one!] ?? (/["'\\/]/.test(one!) ? one! : whole);
      },
    );
}
