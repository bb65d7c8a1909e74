/** Parts of regular expressions as texts. */

/** A text as an expression that only it matches. */
export const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** A JSON value and nothing else, with a space or none after each comma and colon. */
export function literally(value: unknown): string {
  if (Array.isArray(value)) return String.raw`\[${value.map(literally).join(', ?')}\]`;
  if (typeof value !== 'object' || value === null) return escaped(JSON.stringify(value));
  const members = Object.entries(value).map(([name, own]) => `${literally(name)}: ?${literally(own)}`);
  return String.raw`\{${members.join(', ?')}\}`;
}

export const either = (all: readonly string[]): string =>
  all.length === 1 ? all[0]! : `(?:${all.join('|')})`;
