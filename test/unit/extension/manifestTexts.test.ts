/** The texts of package.json: all are translated, and none is translated that is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spacing } from '../l10n/typography';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Texts = Readonly<Record<string, string>>;

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const manifest = read('package.json') as { readonly [key: string]: Json };
const english = read('package.nls.json') as Texts;
const french = read('package.nls.fr.json') as Texts;

/** Where the manifest holds text for people, as patterns of paths; `*` is one step of any name. */
const SHOWN = [
  'displayName',
  'description',
  'capabilities.*.description',
  'contributes.commands.*.title',
  'contributes.commands.*.category',
  'contributes.configuration.*.title',
  'contributes.configuration.*.properties.*.description',
  'contributes.configuration.*.properties.*.markdownDescription',
  'contributes.configuration.*.properties.*.deprecationMessage',
  'contributes.configuration.*.properties.*.enumDescriptions.*',
  'contributes.configuration.*.properties.*.markdownEnumDescriptions.*',
  'contributes.configuration.*.properties.*.enumItemLabels.*',
  'contributes.viewsContainers.*.*.title',
  'contributes.views.*.*.name',
  'contributes.viewsWelcome.*.contents',
  'contributes.submenus.*.label',
  'contributes.languageModelTools.*.displayName',
  'contributes.languageModelTools.*.userDescription',
  'contributes.walkthroughs.*.title',
  'contributes.walkthroughs.*.description',
  'contributes.walkthroughs.*.steps.*.title',
  'contributes.walkthroughs.*.steps.*.description',
  'contributes.walkthroughs.*.steps.*.media.markdown',
  'contributes.walkthroughs.*.steps.*.media.altText',
].map((pattern) => pattern.split('.'));

/** Every string below a value with the steps that lead to it. */
function strings(value: Json, path: readonly string[] = []): (readonly [readonly string[], string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]: [string, Json]) => strings(below, [...path, key]));
}

const matches = (path: readonly string[]): boolean =>
  SHOWN.some(
    (pattern) =>
      pattern.length === path.length && pattern.every((part, i) => part === '*' || part === path[i]),
  );

const key = (text: string): string | undefined => /^%([^%\s]+)%$/.exec(text)?.[1];
const all = strings(manifest);
const used = new Set(all.flatMap(([, text]) => key(text) ?? []));

describe('The texts of the manifest', () => {
  it('are keys wherever a user sees them', () => {
    const shown = all.filter(([path]) => matches(path));
    // Each kind is there, so that a pattern that matches nothing any more does not hide one.
    expect(shown.length).toBeGreaterThan(90);
    expect(shown.filter(([, text]) => key(text) === undefined)).toEqual([]);
  });

  it.each([
    ['English', english],
    ['French', french],
  ])('have one text per key in %s, and no text without a key', (_, texts) => {
    expect(Object.keys(texts).sort()).toEqual([...used].sort());
    for (const [name, text] of Object.entries(texts)) expect(text.trim(), name).not.toBe('');
  });

  it('leave what is not language as it is: commands, settings and examples', () => {
    const kept = (text: string): string[] => [
      ...(text.match(/`[^`]*`/g) ?? []),
      ...(text.match(/command:[^)]*/g) ?? []),
    ];
    for (const [name, text] of Object.entries(english)) {
      expect(kept(french[name]!).sort(), name).toEqual(kept(text).sort());
    }
  });

  it('are set in French as French is: no space that a line could break at before : ; ? ! » and %', () => {
    for (const [name, text] of Object.entries(french)) expect(spacing(text), name).toEqual([]);
  });

  it('would not be set so with an ordinary space, none, or a straight apostrophe', () => {
    for (const wrong of ['Quoi ?', 'Quoi?', '« Non\u00A0»', '90 %', "L'arbre", '{0} : rien', '`p` : rien']) {
      expect(spacing(wrong), wrong).toHaveLength(1);
    }
    expect(spacing('« Quoi\u00A0? »\u00A0: `a ? b : c`, [ici](https://x.org/?a : b)')).toHaveLength(2);
  });

  it('lead to pages that exist, set in French as well', () => {
    const pages = Object.entries(french).filter(([name]) => name.endsWith('.markdown'));
    expect(pages).toHaveLength(6);
    for (const [name, page] of pages) {
      expect(page).toBe(english[name]!.replace(/\.md$/, '.fr.md'));
      expect(existsSync(english[name]!)).toBe(true);
      expect(spacing(readFileSync(page, 'utf8')), page).toEqual([]);
    }
  });
});
