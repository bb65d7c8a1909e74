/**
 * What llama-server says of one place, read straight from the bytes of its answer: a whole vocabulary has some 93
 * bytes a token, 4.7 MB for GPT-2's, of which `JSON.parse` would make 100,000 objects. Nothing in it is trusted.
 */
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/**
 * Takes one listed token. Its bytes are there where they were asked for and the answer has them; they hold until the
 * receiver returns.
 */
export type EntryReceiver = (id: number, logProbability: number, bytes: Uint8Array | undefined) => void;

export interface ChosenEntry {
  readonly id: number;
  readonly logProbability: number;
}

/** What is wrong with an answer, words after "answers with". */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** Rounding may leave a probability of 1 a hair above it. */
const MOST_LOG_PROBABILITY = 1e-3;

/** The logarithm of 0 comes as the lowest float32. */
const LOWEST = -3e38;

/**
 * A log-probability as the server writes it.
 * @throws UnreadableAnswer when it is none.
 */
export function checkLogProbability(id: number, value: unknown): number {
  if (typeof value !== 'number' || !(value <= MOST_LOG_PROBABILITY)) {
    throw new UnreadableAnswer(
      t(
        'the log-probability {0} for token {1}',
        typeof value === 'number' ? written(value) : JSON.stringify(value),
        written(id),
      ),
    );
  }
  return value < LOWEST ? -Infinity : Math.min(0, value);
}

const KEY = '"completion_probabilities"';

/**
 * Reads the first entry of `completion_probabilities`.
 * @param onEntry told of every token of its list, in its order.
 * @returns the token that was chosen at this place; undefined where the answer says nothing of it.
 * @throws UnreadableAnswer
 */
export function readFirstEntry(
  answer: Uint8Array,
  onEntry: EntryReceiver,
  wantsBytes = false,
): ChosenEntry | undefined {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length);
  // Inside a string of a JSON text the key's own quotes would have a backslash before them.
  const at = bytes.indexOf(KEY);
  return at === -1 ? undefined : new EntryReader(bytes, at + KEY.length, onEntry, wantsBytes).firstOfList();
}

/** The model by which an answer says that it was made; undefined where it names none. */
export function nameOfModel(answer: Uint8Array): string | undefined {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length);
  const from = bytes.indexOf('"model":"');
  if (from === -1) return undefined;
  const found = /^"model":("(?:[^"\\]|\\.)*")/.exec(bytes.toString('utf8', from, from + LONGEST_TOKEN))?.[1];
  return found === undefined ? undefined : String(parsedOr(found));
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** Digits that a double holds exactly; those after them are below its last bit. */
const EXACT_DIGITS = 15;

const LONGEST_TOKEN = 4096;

class EntryReader {
  private readonly token = new Uint8Array(LONGEST_TOKEN);
  private tokenLength = -1;

  constructor(
    private readonly answer: Uint8Array,
    private at: number,
    private readonly onEntry: EntryReceiver,
    private readonly wantsBytes: boolean,
  ) {}

  firstOfList(): ChosenEntry | undefined {
    this.expect(COLON);
    this.expect(OPEN_LIST);
    if (this.next() === CLOSE_LIST) return undefined;
    return this.entry(true);
  }

  /** One entry; of the outer one the list is told, of those in it the entry itself. */
  private entry(outer: boolean): ChosenEntry {
    let id = -1;
    let logProbability: number | undefined;
    let listed = false;
    this.tokenLength = -1;
    this.expect(OPEN);
    for (;;) {
      this.expect(QUOTE);
      const from = this.at;
      this.skipString();
      const length = this.at - 1 - from;
      const first = this.answer[from];
      this.expect(COLON);
      if (length === 2 && first === 0x69) {
        id = this.number();
      } else if (length === 7 && first === 0x6c) {
        logProbability = this.isDigits() ? this.number() : NaN;
        if (Number.isNaN(logProbability)) this.skipValue();
      } else if (length === 5 && first === 0x62 && this.wantsBytes && !outer) {
        this.bytes();
      } else if (length === 12 && first === 0x74 && outer) {
        listed = true;
        this.list();
      } else {
        this.skipValue();
      }
      const after = this.next();
      this.at++;
      if (after === CLOSE) break;
      if (after !== COMMA) this.fail();
    }
    if (!Number.isInteger(id) || id < 0 || logProbability === undefined || (outer && !listed)) {
      throw new UnreadableAnswer(t('log-probabilities in a form that is not known here'));
    }
    return { id, logProbability: checkLogProbability(id, logProbability) };
  }

  private list(): void {
    this.expect(OPEN_LIST);
    if (this.next() === CLOSE_LIST) {
      this.at++;
      return;
    }
    for (;;) {
      const { id, logProbability } = this.entry(false);
      const bytes = this.tokenLength === -1 ? undefined : this.token.subarray(0, this.tokenLength);
      this.onEntry(id, logProbability, bytes);
      const after = this.next();
      this.at++;
      if (after === CLOSE_LIST) return;
      if (after !== COMMA) this.fail();
    }
  }

  /** A list of bytes, or anything else in its place. */
  private bytes(): void {
    if (this.next() !== OPEN_LIST) {
      this.skipValue();
      return;
    }
    this.at++;
    this.tokenLength = 0;
    if (this.next() === CLOSE_LIST) {
      this.at++;
      return;
    }
    for (;;) {
      const byte = this.number();
      if (!Number.isInteger(byte) || byte < 0 || byte > 255 || this.tokenLength === LONGEST_TOKEN) {
        throw new UnreadableAnswer(t('a list of bytes that are none'));
      }
      this.token[this.tokenLength++] = byte;
      const after = this.next();
      this.at++;
      if (after === CLOSE_LIST) return;
      if (after !== COMMA) this.fail();
    }
  }

  private isDigits(): boolean {
    const first = this.next();
    return first === MINUS || isDigit(first);
  }

  private number(): number {
    const { answer } = this;
    if (!this.isDigits()) this.fail();
    const from = this.at;
    let at = from;
    let digits = 0;
    let value = 0;
    let scale = 0;
    let pointed = false;
    if (answer[at] === MINUS) at++;
    for (; ; at++) {
      const byte = answer[at]!;
      if (isDigit(byte)) {
        if (digits < EXACT_DIGITS) {
          value = value * 10 + (byte - ZERO);
          if (value > 0) digits++;
          if (pointed) scale++;
        } else if (!pointed) {
          scale--;
        }
      } else if (byte === POINT && !pointed) {
        pointed = true;
      } else {
        break;
      }
    }
    this.at = at;
    // Exponents are rare: the logarithm of 0, and what rounds to it.
    if (answer[at] === 0x65 || answer[at] === 0x45 || scale > 22 || scale < 0) return this.slowNumber(from);
    const size = value / POWERS[scale]!;
    return answer[from] === MINUS ? -size : size;
  }

  private slowNumber(from: number): number {
    while (NUMBER.includes(String.fromCharCode(this.answer[this.at] ?? 0))) this.at++;
    const value = Number(Buffer.from(this.answer.subarray(from, this.at)).toString('latin1'));
    if (Number.isNaN(value)) this.fail();
    return value;
  }

  private skipValue(): void {
    const first = this.next();
    if (first === QUOTE) {
      this.at++;
      this.skipString();
      return;
    }
    if (first !== OPEN && first !== OPEN_LIST) {
      this.skipPlain();
      return;
    }
    let depth = 0;
    do {
      const byte = this.answer[this.at++];
      if (byte === undefined) this.fail();
      if (byte === QUOTE) this.skipString();
      else if (byte === OPEN || byte === OPEN_LIST) depth++;
      else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
    } while (depth > 0);
  }

  private skipPlain(): void {
    for (;;) {
      const byte = this.answer[this.at];
      if (byte === undefined) this.fail();
      if (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST) return;
      this.at++;
    }
  }

  /** From behind a string's first quote to behind its last. */
  private skipString(): void {
    const { answer } = this;
    for (let at = this.at; at < answer.length; at++) {
      const byte = answer[at];
      if (byte === BACKSLASH) {
        at++;
      } else if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
    }
    this.fail();
  }

  private expect(byte: number): void {
    if (this.next() !== byte) this.fail();
    this.at++;
  }

  /** The next byte that is no white space. */
  private next(): number {
    for (;;) {
      const byte = this.answer[this.at];
      if (byte === undefined) this.fail();
      if (byte > 0x20) return byte;
      this.at++;
    }
  }

  private fail(): never {
    throw new UnreadableAnswer(
      t('what is no JSON at byte {0} of {1}', written(this.at), written(this.answer.length)),
    );
  }
}

const NUMBER = '+-.0123456789eE';
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}
