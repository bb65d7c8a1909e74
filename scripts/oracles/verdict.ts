import { readFile } from 'node:fs/promises';

/** "The Verdict" by Edith Wharton; not part of the project, so checks of it run only where it lies. */
export const VERDICT = '../shared/texts/the-verdict.txt';

/** A file's text; undefined, and said so, where there is none. */
export async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    console.log(`  ${file} is not here: what needs it is not checked`);
    return undefined;
  }
}
