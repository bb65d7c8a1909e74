import { isJsonObject } from '../checkpoint/boundedFile';

/**
 * The characters by which byte-level tokenizers write bytes in their files: printable ones stand for themselves,
 * the others for U+0100 and up in order (Radford et al.'s published `bytes_to_unicode`).
 */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(printable(byte) ? byte : next++), byte]),
  );
})();

const BYTE_OF_UNIT: readonly (number | undefined)[] = Array.from({ length: 0x144 }, (_, unit) =>
  BYTE_OF.get(String.fromCharCode(unit)),
);

/** Bytes of a token as byte-level tokenizers write it; characters that stand for no byte are their own UTF-8. */
export function byteLevelBytes(token: string): Buffer {
  // Without a buffer for each character: vocabularies have up to 250,000 tokens.
  const bytes = Buffer.allocUnsafe(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF_UNIT[token.charCodeAt(i)];
    if (byte === undefined) return mixedBytes(token);
    bytes[i] = byte;
  }
  return bytes;
}

function mixedBytes(token: string): Buffer {
  return Buffer.concat(
    Array.from(token, (character) => {
      const byte = BYTE_OF.get(character);
      return byte === undefined ? Buffer.from(character, 'utf8') : Buffer.of(byte);
    }),
  );
}

/** Bytes of a token as SentencePiece writes it: `▁` is a space, `<0x0A>` a byte. */
function sentencePieceBytes(token: string): Buffer {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  return byte === undefined
    ? Buffer.from(token.replaceAll('\u2581', ' '), 'utf8')
    : Buffer.of(parseInt(byte, 16));
}

/** The token by which SentencePiece falls back to a byte. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

const CHARACTER_OF: readonly string[] = (() => {
  const characters: string[] = [];
  for (const [character, byte] of BYTE_OF) characters[byte] = character;
  return characters;
})();

/** A token as byte-level tokenizers write it: the inverse of `byteLevelBytes`. */
export function byteLevelText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => CHARACTER_OF[byte]!).join('');
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The bytes of every token of a `tokenizer.json`, by id; ids without a token have none. Undefined for kinds whose
 * tokens do not stand for fixed bytes, such as WordPiece, where a space is only implied.
 */
export function tokenBytes(json: Json): Buffer[] | undefined {
  const model = (json['model'] ?? {}) as Json;
  const has = (type: string): boolean => hasStep(json, type);
  const bytesOf = isByteLevel(json)
    ? byteLevelBytes
    : has('Metaspace') || has('ByteFallback') || (model['type'] === 'Unigram' && !has('WordPiece'))
      ? sentencePieceBytes
      : undefined;
  if (!bytesOf) return undefined;
  const tokens: Buffer[] = [];
  const vocab = model['vocab'] ?? {};
  const entries: [string, unknown][] = Array.isArray(vocab)
    ? vocab.map((entry: unknown, id) => [Array.isArray(entry) ? String(entry[0]) : '', id])
    : Object.entries(vocab);
  for (const [token, id] of entries) if (isId(id)) tokens[id] = bytesOf(token);
  const added = json['added_tokens'];
  for (const one of Array.isArray(added) ? added.filter(isJsonObject) : []) {
    if (isId(one['id'])) tokens[one['id']] = Buffer.from(String(one['content']), 'utf8');
  }
  return Array.from(tokens, (bytes: Buffer | undefined) => bytes ?? NOTHING);
}

/** Whether a `tokenizer.json` writes bytes as GPT-2's does. */
export function isByteLevel(json: Json): boolean {
  return hasStep(json, 'ByteLevel');
}

function hasStep(json: Json, type: string): boolean {
  const steps = [json['pre_tokenizer'], json['decoder'], json['normalizer']].flatMap(flatten);
  return steps.some((step) => step['type'] === type);
}

/** A step of a tokenizer and, where it is a sequence, the steps in it. */
function flatten(step: unknown): Json[] {
  if (typeof step !== 'object' || step === null) return [];
  const json = step as Json;
  const inner = json['pretokenizers'] ?? json['decoders'] ?? json['normalizers'];
  return [json, ...(Array.isArray(inner) ? inner.flatMap(flatten) : [])];
}

/** The bytes of ids without a token: one array for all of them, of which there may be many. */
const NOTHING = Buffer.alloc(0);

/** The most that a model's vocabulary may have: an id must not make an array of a billion. */
const MOST_TOKENS = 1_000_000;

function isId(id: unknown): id is number {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) < MOST_TOKENS;
}
