/** What a page draws, as HTML text, read without a browser: the templates with their values put in. */
import type { TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';

type Handler = (event: unknown) => void;

const typeOf = (directive: unknown): unknown =>
  (directive as Readonly<Record<string, unknown>>)['_$litDirective$'];
const REPEAT = typeOf(repeat([], () => ''));
const GUARD = typeOf(guard([], () => ''));

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

const escaped = (text: string): string => ENTITIES.reduce((all, [is, as]) => all.replaceAll(is, as), text);
const unescaped = (text: string): string =>
  [...ENTITIES].reverse().reduce((all, [is, as]) => all.replaceAll(as, is), text);

/** White space as a browser lays it out; no-break spaces are spaces. */
const flat = (html: string): string =>
  unescaped(html.replace(/<[^>]*>/g, ''))
    .replace(/\s+/gu, ' ')
    .trim();

function isTemplate(value: unknown): value is TemplateResult {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value;
}

export class Drawn {
  readonly html: string;
  readonly #handlers: Handler[] = [];

  constructor(template: unknown) {
    this.html = this.#content(template);
  }

  #content(value: unknown): string {
    if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
    if (typeof value !== 'object' || value === null) return '';
    if (isTemplate(value)) return this.#template(value);
    const type = typeOf(value);
    if (type === undefined) {
      return Symbol.iterator in value
        ? Array.from(value as Iterable<unknown>, (item) => this.#content(item)).join('')
        : '';
    }
    const { values } = value as { readonly values: readonly unknown[] };
    if (type === GUARD) return this.#content((values[1] as () => unknown)());
    if (type !== REPEAT) return this.#content(values[0]);
    const draw = (values[2] ?? values[1]) as (item: unknown, index: number) => unknown;
    return this.#content(Array.from(values[0] as Iterable<unknown>, draw));
  }

  #template({ strings, values }: TemplateResult): string {
    return strings.reduce((html, string, i) => {
      const before = strings[i - 1]!;
      const value = values[i - 1];
      // A value in an attribute's place: the whole of it, or a part between quotes.
      const open = html.lastIndexOf('<') > html.lastIndexOf('>');
      if (!open) return html + this.#content(value) + string;
      if (!before.endsWith('=')) {
        const plain = typeof value === 'string' || typeof value === 'number';
        return html + (plain ? escaped(String(value)) : '') + string;
      }
      return `${html}"${this.#attribute(value)}"${string}`;
    });
  }

  #attribute(value: unknown): string {
    if (typeof value === 'function') return String(this.#handlers.push(value as Handler) - 1);
    if (typeof value === 'object' && value !== null && typeOf(value) !== undefined) {
      return this.#attribute((value as { readonly values: readonly unknown[] }).values[0]);
    }
    return escaped(String(value));
  }

  #tags(name: string): { readonly tag: string; readonly end: number }[] {
    return [...this.html.matchAll(new RegExp(`<[^<>]*data-testid="${name}"[^<>]*>`, 'g'))].map((match) => ({
      tag: match[0],
      end: match.index + match[0].length,
    }));
  }

  /** An attribute or a property (`.value`) of the parts of this name; of those that have it. */
  all(name: string, attribute: string): string[] {
    return this.#tags(name).flatMap(({ tag }) => {
      const found = tag.split(` ${attribute}="`)[1] ?? tag.split(`\n${attribute}="`)[1];
      return found === undefined ? [] : [unescaped(found.slice(0, found.indexOf('"')))];
    });
  }

  /** What a field holds: its text, or whether it is ticked. @throws Error where there is none */
  field(name: string): string {
    const [value = this.all(name, '.checked')[0]] = this.all(name, '.value');
    if (value === undefined) throw new Error(`No field ${name} is drawn.`);
    return value;
  }

  /** What people read in the parts of this name. */
  texts(name: string): string[] {
    return this.#tags(name).map(({ tag, end }) => {
      const element = /^<([\w-]+)/.exec(tag)?.[1] ?? '';
      let depth = 1;
      for (const match of this.html.slice(end).matchAll(new RegExp(`<(/?)${element}(?![\\w-])`, 'g'))) {
        depth += match[1] === '' ? 1 : -1;
        if (depth === 0) return flat(this.html.slice(end, end + match.index));
      }
      return '';
    });
  }

  /** What people read in the first part of this name; empty where there is none. */
  text(name: string): string {
    return this.texts(name)[0] ?? '';
  }

  /** Does what a user does with a part. @throws Error where nothing listens there */
  fire(name: string, type: 'click' | 'input' | 'change' | 'focusin', target: object = {}, index = 0): void {
    const handler = this.#handlers[Number(this.all(name, `@${type}`)[index] ?? -1)];
    if (!handler) throw new Error(`Nothing listens to ${type} at ${name}.`);
    handler({ target: { closest: () => ({}), ...target } });
  }
}
