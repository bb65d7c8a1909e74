import { withLf } from '../../core/lineEnds';

/** Most bytes at the beginning of a file that are looked at for what no text has. */
const LOOKED_AT = 8192;

/** A file's bytes as text with LF; null for what is not text in UTF-8 (with or without a byte order mark). */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return null;
  try {
    return withLf(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
