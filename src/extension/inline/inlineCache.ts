/** What was suggested behind a text, so that typing along a suggestion costs nothing. */

/** Suggestions for the text that ends at the cursor. */
export interface Suggested {
  /** Identifies the document and what the suggestions depend on beside the text (model, preset, version of both). */
  readonly key: string;
  /** The text before the cursor. */
  readonly prefix: string;
  readonly completions: readonly string[];
}

/**
 * The suggestions that still fit after the user typed on: those that begin with what was typed, without it.
 * @returns undefined when the text before the cursor is not the old one with some of a suggestion behind it
 */
export function typedAlong(last: Suggested | undefined, key: string, prefix: string): string[] | undefined {
  if (last?.key !== key || !prefix.startsWith(last.prefix)) return undefined;
  const typed = prefix.slice(last.prefix.length);
  const rest = last.completions
    .filter((completion) => completion.startsWith(typed) && completion.length > typed.length)
    .map((completion) => completion.slice(typed.length));
  return rest.length > 0 ? rest : undefined;
}

/** Texts as they are offered: distinct, not empty, one line unless more are wanted. */
export function asSuggestions(texts: readonly string[], { multiline }: { multiline: boolean }): string[] {
  const offered = texts.flatMap((text) => {
    const lines = multiline ? text.trimEnd() : (text.split(/\r?\n/)[0] ?? '').trimEnd();
    // An incomplete character at the end shows as U+FFFD, which nobody wants in their text.
    const clean = lines.replace(/\uFFFD+$/u, '');
    return clean === '' ? [] : [clean];
  });
  return [...new Set(offered)];
}
