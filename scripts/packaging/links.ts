/** Where the links and images of a package's README lead. */
import { posix } from 'node:path';
import type { Files } from './archive';

/** `[text](target)`, `![alt](target "title")`, `<img src="target">`, `<a href="target">`. */
const TARGETS = /\]\(\s*<?([^)\s>]+)>?[^)]*\)|\b(?:src|href)="([^"]+)"/g;

/** Text in which brackets are no links. */
const CODE = /```[\s\S]*?```|`[^`\n]*`/g;

/** vsce gives these a name of its own. */
const RENAMED: Partial<Record<string, string>> = { license: 'license.txt' };

/**
 * Links and images of every README in the package that lead neither to an address, nor to a heading, nor to a file
 * in it, as `readme.md: media/missing.png`. vsce changes the case of names, so case does not count.
 */
export function brokenLinks(files: Files): string[] {
  const there = new Set(Object.keys(files).map((name) => name.toLowerCase()));
  return Object.entries(files)
    .filter(([name]) => /^extension\/readme(\.\w+)?\.md$/i.test(name))
    .flatMap(([name, content]) => {
      const text = new TextDecoder().decode(content).replace(CODE, '');
      return [...text.matchAll(TARGETS)]
        .map(([, markdown, html]) => markdown ?? html ?? '')
        .filter((target) => !/^([a-z][a-z0-9+.-]*:|#)/i.test(target))
        .filter((target) => {
          const path = posix.normalize(decodeURI(target.replace(/[#?].*$/, ''))).toLowerCase();
          return !there.has(`extension/${RENAMED[path] ?? path}`);
        })
        .map((target) => `${posix.basename(name)}: ${target}`);
    });
}
