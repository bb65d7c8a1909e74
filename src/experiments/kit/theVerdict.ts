/** The book's example text, which comes with the extension. */
import { fnv1a64 } from '../../core/random';

/** "The Verdict" (Edith Wharton, 1908), in the public domain: where it lies in the extension's folder. */
export const THE_VERDICT_PATH = 'media/course/the-verdict.txt';

/** Its length in UTF-8 bytes and its FNV-1a hash, as the book uses it. */
const THE_VERDICT = { bytes: 20_479, hash: 0xffada39b701b2123n };

/** Whether a text is The Verdict, with LF as the book reads it: with other line ends it is other tokens. */
export function isTheVerdict(text: string): boolean {
  if (text.length > THE_VERDICT.bytes) return false;
  const bytes = new TextEncoder().encode(text);
  return bytes.length === THE_VERDICT.bytes && fnv1a64(bytes) === THE_VERDICT.hash;
}
