/** Tables of Markdown, as rows of texts. */

/** Cells of a line; a `\|` is part of a cell. */
const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** The rows of the table that follows a mark, without its head. @throws Error where there is none */
export function tableAfter(markdown: string, mark: string): string[][] {
  const from = markdown.indexOf(mark);
  const lines = markdown.slice(from).split('\n');
  const head = lines.findIndex((line) => line.startsWith('|'));
  if (from < 0 || head < 0) throw new Error(`There is no table after ${mark}.`);
  const rest = lines.slice(head + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end < 0 ? undefined : end).map(cellsOf);
}
