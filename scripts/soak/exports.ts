/** Results written into files through VS Code's dialog, and read back. */
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SAMPLE_LINE } from '../lib/exploreSample';
import type { Lab } from './lab';
import { runs, runTab } from './tabs';
import { Trouble, until } from './until';

/** Truncation probabilities that Nucleus compares. */
const CELLS = 6;

/** Each kind of file, and whether a text is a whole one. */
const KINDS: Readonly<Record<string, (text: string) => boolean>> = {
  json: (text) => {
    const { result } = JSON.parse(text) as { readonly result?: { readonly cells?: readonly unknown[] } };
    return result?.cells?.length === CELLS;
  },
  md: (text) => text.includes(SAMPLE_LINE) && text.split('<svg').length === text.split('</svg>').length,
  'svg-cumulative': (text) => text.startsWith('<svg') && text.trimEnd().endsWith('</svg>'),
  'csv-cells': (text) => {
    const lines = text.trimEnd().split('\n');
    return lines.length === CELLS + 1 && new Set(lines.map((line) => line.split(',').length)).size === 1;
  },
};

export async function exportResult(lab: Lab): Promise<void> {
  await runTab(lab, runs['run Nucleus']);
  for (const [kind, isWhole] of Object.entries(KINDS)) {
    const path = await write(lab, kind);
    const text = (): Promise<string> => readFile(path, 'utf8').catch(() => '');
    await until(`${kind} is written`, async () => (await text()) !== '');
    await until(`${kind} is whole`, async () => isWhole(await text()));
    await rm(path);
  }
}

/** Chooses a kind of file and takes the place that is proposed. @returns the file's path */
async function write(lab: Lab, kind: string): Promise<string> {
  const { panel } = lab;
  await panel.part('export').locator('> summary').click();
  await panel.part(`export-${kind}`).click();
  const input = lab.window.page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await until('a place is proposed', async () => (await input.inputValue()).includes('nucleus'));
  const path = await input.inputValue();
  if (dirname(path) !== lab.workspace.folder) throw new Trouble(`${path} is not in the workspace.`);
  await lab.window.page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
  return path;
}
