/** A server's own words, as sentences can have them. */
import { visibleText } from '../core/visibleText';
import type { ServerAddress } from './source';

/** Characters of a server's own words in a sentence, and in `RemoteError.said`. */
const MOST_SHOWN = 300;
const MOST_SAID = 2000;
/** Characters of a key below which it would be found in any text, and is none. */
const LEAST_SECRET = 4;

/**
 * The server's own words in what it sent: of both servers' errors, of FastAPI's and of plain text; undefined where
 * there are none that people can read. The key never is among them.
 */
export function saidBy(server: ServerAddress, text: string): string | undefined {
  const found = wordsOf(text)?.trim();
  return found === undefined || found === '' ? undefined : saidSafely(server, found, MOST_SAID);
}

/** Text of a server as it can be shown: no longer than `most` characters, nothing hidden in it, and not the key. */
export function saidSafely({ key }: ServerAddress, text: string, most = MOST_SHOWN): string {
  const safe = key === undefined || key.length < LEAST_SECRET ? text : withoutKey(text, key);
  // Marks are longer than what they stand for: what is beyond cannot be seen anyway.
  return shorten(visibleText(safe.slice(0, 2 * most)), most);
}

/** Text without a key, also as JSON writes it, and where the text has been cut within it. */
function withoutKey(text: string, key: string): string {
  let safe = text;
  for (const form of new Set([key, JSON.stringify(key).slice(1, -1)])) {
    safe = safe.replaceAll(form, '[key]');
    for (let length = form.length - 1; length >= LEAST_SECRET; length--) {
      safe = safe.replaceAll(`${form.slice(0, length)}…`, '[key]…');
    }
  }
  return safe;
}

function wordsOf(text: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return /^\s*</.test(text) ? undefined : text;
  }
  const { error, message, detail } = (json ?? {}) as Record<string, unknown>;
  const inner = (error ?? {}) as { message?: unknown; type?: unknown };
  const words = [inner.message, error, message, detail, inner.type].find(
    (value) => typeof value === 'string',
  );
  return words ?? (detail === undefined ? undefined : JSON.stringify(detail));
}

/** As it can stand between quotation marks. */
export function quotable(said: string): string {
  return shorten(said, MOST_SHOWN).replace(/[.\s]+$/, '');
}

export function shorten(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}
