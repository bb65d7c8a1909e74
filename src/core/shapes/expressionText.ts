/** Parts of regular expressions as texts. */

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** What a value is in JSON, and nothing else. */
export const literally = (value: unknown): string => escaped(JSON.stringify(value));

export const either = (all: readonly string[]): string =>
  all.length === 1 ? all[0]! : `(?:${all.join('|')})`;
