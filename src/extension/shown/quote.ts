/**
 * Foreign text (from models' files, names of files and folders, presets, servers, settings, documents, and errors
 * that quote them), quoted for the place where VS Code shows it. The other modules of this folder are the only way
 * to these places, which the lint rules see to; so nothing can be shown unquoted.
 */
import { markdownText, visibleText } from '../../core/visibleText';

/** Shows nothing, and stands where a link or an icon would begin. */
const WORD_JOINER = '\u2060';

/**
 * For a line of VS Code's interface: a message, a question, a row, a tooltip, the status bar. In messages and input
 * boxes VS Code makes a link of `[text](command:...)`, which then runs a command, and in rows and the status bar
 * an icon of `$(name)`: both are broken before their bracket. What is hidden in the text is made visible.
 */
export function forLine(text: string): string {
  return visibleText(text).replace(/[\]$](?=\()/g, `$&${WORD_JOINER}`);
}

/** For several lines of a tooltip; empty ones are left out. */
export function forLines(lines: readonly string[]): string {
  return lines.filter(Boolean).map(forLine).join('\n');
}

declare const markdown: unique symbol;

/** Markdown in which everything foreign is quoted. */
export type Markdown = string & { readonly [markdown]: true };

/**
 * Markdown of our own with what is filled in for `{0}`, `{1}` ..., of which nothing has a meaning to Markdown.
 * @param template own words, translated but not filled in
 */
export function fillMarkdown(template: string, ...parts: readonly (string | number)[]): Markdown {
  return template.replace(/\{(\d+)\}/g, (place, index) => {
    const part = parts[Number(index)];
    return part === undefined ? place : markdownText(String(part));
  }) as Markdown;
}

/** Parts of a document, one after the other. */
export function joinMarkdown(parts: readonly Markdown[], separator: '' | '\n' | '\n\n'): Markdown {
  return parts.join(separator) as Markdown;
}

/** For an agent: a name or a text within an answer, told from the answer's own words by its quotation marks. */
export function inQuotationMarks(text: string): string {
  return JSON.stringify(visibleText(text));
}
