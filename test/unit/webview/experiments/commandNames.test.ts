/** The commands that open the tabs, in the palette: who reads a tab's name finds its command. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { laterTitles } from '../../../../webview/experiments/titles';

const texts = (path: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>;
const english = texts('package.nls.json');
const french = texts('package.nls.fr.json');
const inFrench = texts('l10n/fr/common.json');

describe('The command that opens a tab', () => {
  it.each(laterTitles)('begins with the name of its tab: $title', ({ id, title }) => {
    expect(english[`command.${id}`]).toMatch(new RegExp(`^${title}: `));
    // The nucleus has its English name in brackets.
    expect(french[`command.${id}`]).toMatch(new RegExp(`^${inFrench[title] ?? title}( \\(\\w+\\))?\u00A0: `));
  });
});
