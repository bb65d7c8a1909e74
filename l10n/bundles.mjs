/** The sentences in other languages: a folder for each language, with a file for each room of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

/** @returns {string[]} */
export function languages() {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/**
 * The files of a language: English sentences, each with its translation.
 * @param {string} language
 * @returns {Record<string, Record<string, string>>} by their names, without `.json`
 */
export function partsOf(language) {
  const folder = join(FOLDER, language);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    names.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  );
}

/**
 * All of a language's sentences, as VS Code reads them.
 * @param {string} language
 * @returns {Record<string, string>}
 */
export function bundleOf(language) {
  return Object.assign({}, ...Object.values(partsOf(language)));
}
