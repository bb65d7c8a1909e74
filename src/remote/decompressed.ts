import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const DECODERS: ReadonlyMap<string, () => NodeJS.ReadWriteStream & Readable> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * A body's content. Whoever stops reading it closes the body.
 * @param encoding its Content-Encoding.
 * @throws what `refused` makes of an encoding that is not known.
 */
export function decompressed(
  body: Readable,
  encoding: string | undefined,
  refused: (encoding: string) => Error,
): AsyncIterable<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body as AsyncIterable<Uint8Array>;
  const decoder = DECODERS.get(name)?.();
  if (!decoder) {
    body.on('error', () => undefined).destroy();
    throw refused(name);
  }
  // Errors of either reach the reader through the decoder.
  pipeline(body, decoder, () => undefined);
  return decoder as AsyncIterable<Uint8Array>;
}
