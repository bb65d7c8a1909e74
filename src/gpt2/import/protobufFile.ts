import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

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

/** Tags are numbers of 32 bits; readers differ in what they make of larger ones, so none is taken. */
const MOST_TAG = 2 ** 32 - 1;

/** Groups within groups, as the usual readers allow them. */
const DEEPEST_GROUP = 100;

/** What ends a number is at most its tenth byte, of which one bit counts. */
const VARINT_BYTES = 10;

/** Fields that one file may have in all: a file made of nothing else must not keep the reader busy for hours. */
const MOST_FIELDS = 5_000_000;

/**
 * Reads protobuf messages (https://protobuf.dev/programming-guides/encoding) where they lie in a file, field by
 * field, and skips what nobody asks for, groups among it. Where readers could differ, the file is refused, so that
 * no other sees something in it that this one has not seen. The usual decoders want the whole file in memory, and a model's file is
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
    /** Numbers of the groups around the place; no message here has fields in groups. */
    const groups: number[] = [];
    while (at < end) {
      if (++this.#fields > MOST_FIELDS)
        throw new ProtobufError(t('it has more than {0} fields', written(MOST_FIELDS)));
      const [tag, afterTag] = await this.#varint(at, end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (tag > MOST_TAG || number === 0) throw new ProtobufError(t('byte {0} begins no field', written(at)));
      if (wire === 3 || wire === 4) {
        if (wire === 3) groups.push(number);
        else if (groups.pop() !== number)
          throw new ProtobufError(t('byte {0} ends a group that did not begin', written(at)));
        if (groups.length > DEEPEST_GROUP) throw new ProtobufError(t('its groups are nested too deeply'));
        at = afterTag;
        continue;
      }
      const skipped = groups.length > 0;
      if (wire === 0) {
        const [value, next] = await this.#varint(afterTag, end);
        if (!skipped) yield { number, value, isBytes: false, start: afterTag, end: next };
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
      else throw new ProtobufError(t('byte {0} has wire type {1}', written(at), written(wire)));
      if (!(dataEnd <= end))
        throw new ProtobufError(t('the field at byte {0} ends beyond its message', written(at)));
      if (!skipped) yield { number, value: 0, isBytes: wire === 2, start: dataStart, end: dataEnd };
      at = dataEnd;
    }
    if (groups.length > 0) throw new ProtobufError(t('a group does not end by byte {0}', written(end)));
  }

  /** Text of a field. @throws ProtobufError where it is none in UTF-8, or longer than 64 KB */
  async text({ start, end, isBytes }: ProtobufField): Promise<string> {
    if (!isBytes || end - start > WINDOW)
      throw new ProtobufError(t('byte {0} should begin a short text', written(start)));
    const bytes = await this.#bytes(start, end);
    if (!isUtf8(bytes)) throw new ProtobufError(t('the text at byte {0} is not in UTF-8', written(start)));
    return bytes.toString('utf8');
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
    const bytes = await this.#bytes(at, Math.min(at + VARINT_BYTES, end));
    let value = 0;
    for (let i = 0; i < bytes.length; i++) {
      if (i === VARINT_BYTES - 1 && bytes[i]! > 1) break;
      value += (bytes[i]! & 0x7f) * 2 ** (7 * i);
      if (bytes[i]! < 0x80) return [value, at + i + 1];
    }
    throw new ProtobufError(t('byte {0} does not begin a number', written(at)));
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
    if (bytes.length < end - start)
      throw new ProtobufError(t('it ended after {0} bytes', written(start + bytes.length)));
    return bytes;
  }
}
