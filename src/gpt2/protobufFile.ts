import type { FileHandle } from 'node:fs/promises';

/** One field of a message in a file: a number, or bytes from `start` to `end`. */
export interface ProtobufField {
  readonly number: number;
  /** Value of a number; 0 for bytes. Numbers above 2^53 lose their last digits. */
  readonly value: number;
  readonly isBytes: boolean;
  readonly start: number;
  readonly end: number;
}

/** The file is not what its own lengths say. */
export class ProtobufError extends Error {}

const WINDOW = 1 << 16;

/** Fields that one file may have in all: a file made of nothing else must not keep the reader busy for hours. */
const MOST_FIELDS = 5_000_000;

/**
 * Reads protobuf messages (https://protobuf.dev/programming-guides/encoding) where they lie in a file, field by
 * field, and skips what nobody asks for. The usual decoders want the whole file in memory, and a model's file is
 * gigabytes of numbers with a few kilobytes of description between them.
 */
export class ProtobufFile {
  #window = Buffer.alloc(0);
  #windowStart = 0;
  #fields = 0;

  constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  /** The fields of the message at `start` to `end`, in order. @throws ProtobufError */
  async *fields(start = 0, end = this.size): AsyncGenerator<ProtobufField> {
    let at = start;
    while (at < end) {
      if (++this.#fields > MOST_FIELDS) throw new ProtobufError(`it has more than ${MOST_FIELDS} fields`);
      const [tag, afterTag] = await this.#varint(at, end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (wire === 0) {
        const [value, next] = await this.#varint(afterTag, end);
        yield { number, value, isBytes: false, start: afterTag, end: next };
        at = next;
        continue;
      }
      let dataStart = afterTag;
      let dataEnd: number;
      if (wire === 2) {
        const [length, next] = await this.#varint(afterTag, end);
        dataStart = next;
        dataEnd = next + length;
      } else if (wire === 1 || wire === 5) dataEnd = afterTag + (wire === 1 ? 8 : 4);
      else throw new ProtobufError(`byte ${at} has wire type ${wire}`);
      if (!(dataEnd <= end)) throw new ProtobufError(`the field at byte ${at} ends beyond its message`);
      yield { number, value: 0, isBytes: wire === 2, start: dataStart, end: dataEnd };
      at = dataEnd;
    }
  }

  /** Text of a field, at most 64 KB of it. */
  async text({ start, end }: ProtobufField): Promise<string> {
    return (await this.#bytes(start, Math.min(end, start + WINDOW))).toString('utf8');
  }

  /** Numbers of a repeated field, which may come one by one or packed. */
  async numbers(field: ProtobufField): Promise<number[]> {
    if (!field.isBytes) return [field.value];
    const values: number[] = [];
    for (let at = field.start; at < field.end;) {
      const [value, next] = await this.#varint(at, field.end);
      values.push(value);
      at = next;
    }
    return values;
  }

  /** A number at `at` and where it ends: seven bits a byte, the lowest first. */
  async #varint(at: number, end: number): Promise<[value: number, next: number]> {
    const bytes = await this.#bytes(at, Math.min(at + 10, end));
    let value = 0;
    for (let i = 0; i < bytes.length; i++) {
      value += (bytes[i]! & 0x7f) * 2 ** (7 * i);
      if (bytes[i]! < 0x80) return [value, at + i + 1];
    }
    throw new ProtobufError(`byte ${at} does not begin a number`);
  }

  async #bytes(start: number, end: number): Promise<Buffer> {
    if (start < this.#windowStart || end > this.#windowStart + this.#window.length) {
      const length = Math.min(Math.max(WINDOW, end - start), this.size - start);
      const window = Buffer.alloc(Math.max(0, length));
      const { bytesRead } = await this.handle.read(window, 0, window.length, start);
      this.#window = window.subarray(0, bytesRead);
      this.#windowStart = start;
    }
    const bytes = this.#window.subarray(start - this.#windowStart, end - this.#windowStart);
    if (bytes.length < end - start) throw new ProtobufError(`it ended after ${start + bytes.length} bytes`);
    return bytes;
  }
}
