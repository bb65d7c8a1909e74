/** Links and names of files in Markdown lead to what there is. Nothing is asked over the network. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, markdownFiles, pageOf } from './markdown';

const isRemote = (target: string): boolean => /^[a-z][a-z+.-]*:/i.test(target);

/** What is wrong with a link of a file; nothing for one that leads somewhere. */
function fault(file: string, target: string): string[] {
  if (isRemote(target)) {
    // Commands are what pages of the walkthrough run.
    return /^(https|command):/.test(target) ? [] : [`${file}: ${target} is not encrypted`];
  }
  const [path = '', anchor] = decodeURI(target).split('#');
  const to = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(to)) return [`${file}: there is no ${to}`];
  if (anchor === undefined || !to.endsWith('.md')) return [];
  return pageOf(to).anchors.has(anchor) ? [] : [`${file}: ${to} has no heading #${anchor}`];
}

describe('Links', () => {
  it('lead to files and headings', () => {
    expect(markdownFiles.length).toBeGreaterThan(20);
    expect(markdownFiles.flatMap((file) => pageOf(file).links.flatMap((link) => fault(file, link)))).toEqual(
      [],
    );
  });

  it('of images lead to pictures of the repository, which are described', () => {
    for (const file of markdownFiles) {
      for (const { source, description } of pageOf(file).images) {
        expect(fault(file, source)).toEqual([]);
        expect([file, isRemote(source)]).toEqual([file, false]);
        expect(description.length).toBeGreaterThan(20);
      }
    }
  });

  it('of the READMEs are such as the marketplace shows: no vector graphics, no HTML, nothing large', () => {
    for (const file of ['README.md', 'README.fr.md']) {
      const { images, text } = pageOf(file);
      expect(images.length).toBe(2);
      for (const { source } of images) {
        expect(source).not.toMatch(/\.svg$/);
        expect(statSync(source).size).toBeLessThan(1.5e6);
      }
      expect(text.replace(/<!--.*?-->/gs, '')).not.toMatch(/<[a-z]+[ >]/i);
    }
  });
});

/** Folders of the repository that names in code begin with. */
const OWN = /^(src|webview|docs|scripts|test|media|models|l10n)\/[\w./-]+$/;

/** German stands for a language that somebody may add. */
const toCome = (path: string): boolean => /[./]de(\.|$)/.test(path);

/** Modules are named as they are imported, too. */
const isThere = (path: string): boolean => existsSync(path) || existsSync(`${path}.ts`);

describe('Names in code', () => {
  it('of files and folders are of some that there are', () => {
    const missing = [...documents, 'CONTRIBUTING.md'].flatMap((file) =>
      pageOf(file)
        .codes.filter((code) => OWN.test(code) && !isThere(code) && !toCome(code))
        .map((code) => `${file}: ${code}`),
    );
    expect(missing).toEqual([]);
  });

  it('of scripts are of some that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...documents, 'CONTRIBUTING.md'].flatMap((file) =>
      [...pageOf(file).text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
