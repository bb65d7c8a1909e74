import { StepError } from './step';
import { t } from '../../../l10n/language';
import { written } from '../../../l10n/numbers';

/** What a text that begins with a rule's characters becomes; undefined where no rule applies. */
export type CharsMap = (text: string) => string | undefined;

/** The size of the tries that are published is below 512 KiB. */
const MOST_TRIE_BYTES = 4 * 1024 * 1024;

/** Darts makes its arrays in blocks of 256 units, so a unit and its children never lie on both sides of the end. */
const BLOCK_BYTES = 256 * 4;

/** The longest of Unicode's own compatibility forms has 33 bytes; a text must not become a thousand texts. */
const MOST_REPLACEMENT_BYTES = 128;

const AGAIN = t("get the model's own tokenizer.json again");

/** A unit of the double array (Aoe, 1989), as Darts-clone packs it into 32 bits. */
const hasLeaf = (unit: number): boolean => (unit & 0x100) !== 0;
const labelOf = (unit: number): number => unit & 0x800000ff;
const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
const valueOf = (unit: number): number => unit & 0x7fffffff;

/**
 * SentencePiece's table of a normalizer (Kudo and Richardson, 2018): the size of a trie in bytes, little-endian in
 * 32 bits; the trie over UTF-8 bytes, a double array of 32-bit units; and the replacements, each ended by a zero
 * byte, to whose first bytes the trie's values point. Of the rules that a text begins with the shortest applies,
 * as in Hugging Face's tokenizers.
 *
 * A stranger's bytes: every unit that a text can lead to is looked at once, before any text is read.
 * @param base64 the table as a `tokenizer.json` writes it.
 * @throws StepError where it is no such table, or has more than is taken.
 */
export function readCharsMap(base64: unknown): CharsMap {
  if (typeof base64 !== 'string' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw tableError(t('is not written in base64'));
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < 4) throw tableError(t('has {0} bytes, expected at least 4', written(bytes.length)));
  const size = bytes.readUInt32LE(0);
  if (size > bytes.length - 4) {
    throw tableError(
      t('says that its trie has {0} bytes, but only {1} follow', written(size), written(bytes.length - 4)),
    );
  }
  if (size === 0 || size % BLOCK_BYTES !== 0) {
    throw tableError(
      t('has a trie of {0} bytes, expected a multiple of {1}', written(size), written(BLOCK_BYTES)),
    );
  }
  if (size > MOST_TRIE_BYTES) {
    throw tableError(
      t('has a trie of {0} bytes, expected at most {1}', written(size), written(MOST_TRIE_BYTES)),
    );
  }
  const trie = Uint32Array.from({ length: size / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i));
  const replacements = readReplacements(trie, bytes.subarray(4 + size));
  return (text) => {
    const value = shortestPrefix(trie, Buffer.from(text, 'utf8'));
    return value === undefined ? undefined : replacements.get(value);
  };
}

/** The value of the shortest key that some bytes begin with. A zero byte ends keys, so none has one. */
function shortestPrefix(trie: Uint32Array, bytes: Uint8Array): number | undefined {
  let at = offsetOf(trie[0]!);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    at ^= byte;
    const unit = trie[at]!;
    if (labelOf(unit) !== byte) return undefined;
    at ^= offsetOf(unit);
    if (hasLeaf(unit)) return valueOf(trie[at]!);
  }
  return undefined;
}

/**
 * Goes through a trie, parts of which keys may share but which must not lead back to itself.
 * @returns the replacements by the values that point to them.
 */
function readReplacements(trie: Uint32Array, texts: Uint8Array): ReadonlyMap<number, string> {
  const replacements = new Map<number, string>();
  const seen = new Uint8Array(trie.length);
  /** Units from the first one to where the search is, and the last label that was tried at each. */
  const path = [0];
  const labels = [0];
  enter(0);
  while (path.length > 0) {
    const depth = path.length - 1;
    const label = ++labels[depth]!;
    if (label > 255) {
      seen[path.pop()!] = DONE;
      labels.pop();
      continue;
    }
    const unit = path[depth]!;
    const child = unit ^ offsetOf(trie[unit]!) ^ label;
    if (labelOf(trie[child]!) !== label || seen[child] === DONE) continue;
    if (seen[child] === ON_THE_WAY)
      throw tableError(t('has a trie whose unit {0} leads back to itself', written(child)));
    enter(child);
    path.push(child);
    labels.push(0);
  }
  return replacements;

  function enter(unit: number): void {
    seen[unit] = ON_THE_WAY;
    const to = unit ^ offsetOf(trie[unit]!);
    if (to >= trie.length) {
      throw tableError(
        t(
          'has a trie whose unit {0} points to {1}, expected less than {2}',
          written(unit),
          written(to),
          written(trie.length),
        ),
      );
    }
    if (!hasLeaf(trie[unit]!)) return;
    const value = valueOf(trie[to]!);
    if (!replacements.has(value)) replacements.set(value, readText(texts, value));
  }
}

const ON_THE_WAY = 1;
const DONE = 2;

/** The text from a byte to the next zero byte, or to the end. */
function readText(texts: Uint8Array, from: number): string {
  if (from >= texts.length) {
    throw tableError(
      t('points to byte {0} of its replacements, which have {1}', written(from), written(texts.length)),
    );
  }
  const longest = texts.subarray(from, from + MOST_REPLACEMENT_BYTES + 1);
  const zero = longest.indexOf(0);
  const text = zero < 0 ? longest : longest.subarray(0, zero);
  if (text.length > MOST_REPLACEMENT_BYTES) {
    throw tableError(
      t(
        'has a replacement of more than {0} bytes at byte {1}',
        written(MOST_REPLACEMENT_BYTES),
        written(from),
      ),
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    throw tableError(t('has a replacement at byte {0} that is not UTF-8', written(from)));
  }
}

function tableError(what: string): StepError {
  return new StepError(t('the table of its normalizer "Precompiled" {0}; {1}', what, AGAIN));
}
