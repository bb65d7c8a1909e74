import type { Vocabulary } from '../../../src/core/languageModel';
import type { ExploreResult } from '../../../src/experiments/explore/result';

/** Bytes that are no whole characters, as results write them: `‹E2 82›`. */
const BYTES = /^‹([0-9A-F]{2}(?: [0-9A-F]{2})*)›$/u;

const encoder = new TextEncoder();

/**
 * The tokens that a result names, as a vocabulary in which the others are empty: a saved result is drawn without its
 * model, which may be gone.
 */
export function savedVocabulary({ next, tokens }: ExploreResult): Vocabulary {
  const size = Math.max(next?.vocabularySize ?? 0, ...tokens.map(({ id }) => id + 1));
  const texts = tokens.map(({ id, text }) => ({ id, bytes: bytesOf(text) }));
  const bytes = new Uint8Array(texts.reduce((sum, token) => sum + token.bytes.length, 0));
  const offsets = new Uint32Array(size + 1);
  let [at, id] = [0, 0];
  for (const token of texts.sort((a, b) => a.id - b.id)) {
    offsets.fill(at, id, token.id + 1);
    bytes.set(token.bytes, at);
    at += token.bytes.length;
    id = token.id + 1;
  }
  offsets.fill(at, id);
  return { bytes, offsets };
}

function bytesOf(text: string): Uint8Array {
  const hex = BYTES.exec(text)?.[1];
  if (hex === undefined) return encoder.encode(text);
  return Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
}
