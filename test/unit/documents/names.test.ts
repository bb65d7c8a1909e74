/**
 * What documents name is there. By their convention, a text in bold is the name of something as it stands on screen: a
 * command, view, tab or control, or keys. What only leads into a paragraph in bold ends in a full stop or a question
 * mark. Settings stand in code.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { READMES, withSettings } from '../../../scripts/lib/settingsTable';
import { spacing } from '../l10n/typography';
import { documents, pageOf } from './markdown';
import { sourceTexts } from './sourceTexts';
import { tableAfter } from './tables';

type Texts = Readonly<Record<string, string>>;
const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

interface Manifest {
  readonly contributes: {
    readonly keybindings: readonly { readonly key: string; readonly mac?: string }[];
    readonly configuration: readonly { readonly properties: Texts }[];
  };
}
const { contributes } = json('package.json') as Manifest;

/** Names of other programs: VS Code's commands, parts of a repository's page. */
const OTHERS = ['Developer: Reload Window', 'Security', 'Report a vulnerability'];

/** As people write keys. */
const keys = contributes.keybindings
  .flatMap(({ key, mac }) => [key, mac ?? key])
  .map((key) => key.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()).replace(/\+([a-z])\b/g, '+$1'));

const english = sourceTexts();
const french = [
  ...Object.values(json('package.nls.fr.json') as Texts),
  ...readdirSync('l10n', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => Object.values(json(join('l10n', file)) as Texts)),
];

/** A command's title ends with what it takes in parentheses, a control's label with a unit: the beginning names it. */
function isThere(name: string, texts: readonly string[]): boolean {
  const own = name.replace(/^Decoding Lab: /, '');
  return [...OTHERS, ...keys].includes(name) || texts.some((text) => text.startsWith(own));
}

const inFrench = (file: string): boolean => file.endsWith('.fr.md');

describe('Documents', () => {
  it('name in bold what stands on screen', () => {
    const unknown = documents.flatMap((file) =>
      pageOf(file)
        .bold.filter((name) => !/[.?]$/.test(name))
        .filter((name) => !isThere(name, inFrench(file) ? french : english))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('name settings that there are', () => {
    const known = contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    for (const file of [...documents, 'CONTRIBUTING.md']) {
      const { text } = pageOf(file);
      const named = [...text.matchAll(/`(decodingLab\.[\w.]+)`/g)].map(([, name]) => name!);
      const commands = /^decodingLab\.(<name>|\w+)$/;
      expect(named.filter((name) => !known.includes(name) && !commands.test(name))).toEqual([]);
    }
  });

  it('say of themselves what they are, not how they came to be', () => {
    for (const file of documents) expect(pageOf(file).text).not.toMatch(/\/(tmp|home|root|work)\//);
  });
});

const titles = [
  ...readFileSync('webview/experiments/titles.ts', 'utf8').matchAll(/title: .*?'([^']+)'/g),
].map(([, title]) => title!);

describe('The READMEs', () => {
  it.each(READMES)('have the settings of the manifest: $file', async (readme) => {
    const { now, wanted } = await withSettings(readme);
    expect(now).toBe(wanted);
  });

  it('have every tab, in its order', () => {
    const rows = tableAfter(pageOf('README.md').text, '## What each tab answers');
    expect(rows.map(([tab]) => tab)).toEqual(['Explore', ...titles].map((title) => `**${title}**`));
    expect(tableAfter(pageOf('README.fr.md').text, '## À quoi répond chaque onglet')).toHaveLength(
      rows.length,
    );
  });

  it('have every question of the course, and the tabs that answer it', () => {
    const steps = readFileSync('webview/course/steps.ts', 'utf8')
      .split(/\n {4}id: /)
      .slice(1);
    const rows = tableAfter(pageOf('README.md').text, '## The six questions');
    expect(rows).toHaveLength(steps.length);
    const ids = readFileSync('webview/experiments/titles.ts', 'utf8');
    steps.forEach((step, i) => {
      const tabs = new Set([...step.matchAll(/tab: '(\w+)'/g)].map(([, tab]) => tab!));
      const named = [...tabs].map((tab) => new RegExp(`id: '${tab}', title: .*?'([^']+)'`).exec(ids)![1]!);
      expect(rows[i]![1]).toBe(named.map((title) => `**${title}**`).join(', '));
    });
    expect(tableAfter(pageOf('README.fr.md').text, '## Les six questions')).toHaveLength(steps.length);
  });

  it('are French where they are, to the spaces', () => {
    const { text } = pageOf('README.fr.md');
    // Commands stand as VS Code writes them.
    const own = text.replaceAll('Decoding Lab: ', '').replace(/```.*?```|^\| [-: |]+$/gms, '');
    expect(spacing(own)).toEqual([]);
  });

  it('have the same parts in both languages', () => {
    const parts = (file: string): string[] => pageOf(file).text.match(/^(#+ |\| |- |\*\*|!\[)/gm) ?? [];
    expect(parts('README.fr.md').filter((part) => part === '## ')).toHaveLength(
      parts('README.md').filter((part) => part === '## ').length,
    );
  });
});
