/** Texts as people type them: one a line, with \n for a line end within one, \t for a tab and \\ for a backslash. */

const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** The texts that were typed; empty lines are none. Spaces at either end belong to a text. */
export function textsIn(typed: string): string[] {
  return typed
    .split(/\r\n|\r|\n/)
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\([nrt\\])/g, (_, letter: string) => LETTERS[letter]!));
}

/** The inverse of `textsIn`. */
export function linesText(texts: readonly string[]): string {
  return texts
    .map((text) =>
      text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t'),
    )
    .join('\n');
}
