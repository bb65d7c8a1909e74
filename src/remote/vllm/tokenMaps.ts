/**
 * Large answers of vLLM, in which a place's log-probabilities are an object of up to hundreds of thousands of keys,
 * `{"token_id:5":-1.25,"token_id:9":-3.5}`. `JSON.parse` makes a dictionary of it, which takes ten times as long as
 * reading the bytes. So these objects are cut out of the answer, the small rest is JSON as ever, and each is read when
 * its turn comes.
 */

/** Ids and natural logs of their probabilities, in the order in which they stood, unchecked. */
export interface TokenMap {
  readonly ids: Int32Array;
  readonly logProbabilities: Float64Array;
}

export interface SplitAnswer {
  /** The answer as JSON, with `{"token map":N}` for the Nth of the objects. */
  readonly outline: string;
  readonly maps: readonly Uint8Array[];
}

/** In the outline, says which object stood there. */
export const MAP = 'token map';

const KEY = '"token_id:';
const OPENING = Buffer.from(`{${KEY}`);
const [QUOTE, COMMA, COLON, CLOSING] = [0x22, 0x2c, 0x3a, 0x7d];
const [ZERO, NINE, PLUS, MINUS, POINT, LOWER_E, UPPER_E] = [0x30, 0x39, 0x2b, 0x2d, 0x2e, 0x65, 0x45];
/** Bytes of the shortest entry and its comma. */
const LEAST_BYTES = `${KEY}0":0,`.length;
/** More digits are no id, and would leave the range of `Int32Array`. */
const MOST_DIGITS = 9;

/** Within a string of JSON the opening cannot stand: its quotation mark would have a backslash. */
export function splitAnswer(bytes: Uint8Array): SplitAnswer {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const outline: string[] = [];
  const maps: Uint8Array[] = [];
  let done = 0;
  for (let start = whole.indexOf(OPENING); start >= 0; start = whole.indexOf(OPENING, done)) {
    const end = whole.indexOf(CLOSING, start);
    if (end < 0) break;
    outline.push(whole.toString('utf8', done, start), JSON.stringify({ [MAP]: maps.length }));
    maps.push(whole.subarray(start, end + 1));
    done = end + 1;
  }
  outline.push(whole.toString('utf8', done));
  return { outline: outline.join(''), maps };
}

/**
 * Reads such an object; every number is the one that `JSON.parse` makes of it.
 * @returns what stands where it is none, or where a value is no number, as text for a sentence.
 */
export function readTokenMap(bytes: Uint8Array): TokenMap | string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const most = Math.ceil(bytes.length / LEAST_BYTES);
  const ids = new Int32Array(most);
  const logProbabilities = new Float64Array(most);
  let count = 0;
  let done = 1;
  for (let at = 1; ; at++) {
    const key = skipSpace(bytes, at);
    const first = key + KEY.length;
    const behind = hasKey(bytes, key) ? skipDigits(bytes, first) : first;
    if (bytes[behind] !== QUOTE || !isWhole(bytes, first, behind) || behind > first + MOST_DIGITS) break;
    const colon = skipSpace(bytes, behind + 1);
    const start = skipSpace(bytes, colon + 1);
    const end = bytes[colon] === COLON ? endOfNumber(bytes, start) : -1;
    if (end < 0) break;
    let id = 0;
    for (let digit = first; digit < behind; digit++) id = 10 * id + bytes[digit]! - ZERO;
    ids[count] = id;
    logProbabilities[count++] = Number(text.slice(start, end));
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSING && at === bytes.length - 1) {
      return { ids: ids.subarray(0, count), logProbabilities: logProbabilities.subarray(0, count) };
    }
    if (bytes[at] !== COMMA) break;
    done = at + 1;
  }
  return text.slice(done, done + 40);
}

function hasKey(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < KEY.length; i++) if (bytes[at + i] !== OPENING[i + 1]) return false;
  return true;
}

/** Whether digits are a whole number as JSON has it: at least one, and no zero before others. */
function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  return end === start + 1 || (end > start && bytes[start] !== ZERO);
}

/** The place behind a number of JSON; -1 where none begins at `start`. What follows it does not matter. */
function endOfNumber(bytes: Uint8Array, start: number): number {
  const whole = bytes[start] === MINUS ? start + 1 : start;
  let end = skipDigits(bytes, whole);
  if (!isWhole(bytes, whole, end)) return -1;
  if (bytes[end] === POINT) {
    const fraction = end + 1;
    end = skipDigits(bytes, fraction);
    if (end === fraction) return -1;
  }
  if (bytes[end] === LOWER_E || bytes[end] === UPPER_E) {
    const sign = bytes[end + 1];
    const exponent = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
    end = skipDigits(bytes, exponent);
    if (end === exponent) return -1;
  }
  return end;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end]! >= ZERO && bytes[end]! <= NINE) end++;
  return end;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  let end = at;
  for (let c = bytes[end]; c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = bytes[end]) end++;
  return end;
}
