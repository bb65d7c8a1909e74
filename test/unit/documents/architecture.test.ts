/** The drawing of the rooms: its arrows are what the lint rules allow, and what the code does. */
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { allowed, folders, ofPageAllowed } from '../../../eslint.rooms.mjs';
import { sourcesOf } from './sourceTexts';

const arrows = [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^ +(\w+) --> (\w+)$/gm)]
  .map(([, from, to]) => `${from!} ${to!}`)
  .sort();

/** What the files of a room import from other rooms, `core` and `l10n` left out. */
function importsOf(room: string, folder: string): string[] {
  const found = new Set<string>();
  for (const file of sourcesOf(folder)) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const up = fileName.match(/\.\.\//g)?.length ?? 0;
      const rest = fileName.replace(/^(\.\.?\/)+/, '').split('/');
      // Folders between the file and the repository, less those that the path climbs.
      const left = file.split(sep).length - 1 - up;
      const target = left === 0 ? rest[1] : left === 1 && folder.startsWith('src') ? rest[0] : undefined;
      if (target !== undefined && target !== 'core' && target !== 'l10n' && folders.includes(target))
        found.add(`${room} ${target}`);
    }
  }
  return [...found];
}

describe('The drawing of the architecture', () => {
  it('has the arrows that the lint rules allow', () => {
    const rules = [...Object.entries(allowed), ['webview', ofPageAllowed] as const];
    expect(arrows).toEqual(rules.flatMap(([from, to]) => to.map((one) => `${from} ${one}`)).sort());
  });

  it('has the arrows that the code has', () => {
    const rooms = [...folders.map((room) => [room, `src/${room}`] as const), ['webview', 'webview'] as const];
    expect(rooms.flatMap(([room, folder]) => importsOf(room, folder)).sort()).toEqual(arrows);
  });
});
