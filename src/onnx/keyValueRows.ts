/** Tokens that there is room for at least when rows grow: a completion of Explore's default length grows once. */
const MORE = 48;

/**
 * Keys and values of tokens, appended token by token: one array per layer and kind (key, value, key, ...), in
 * which each token has `rowLength` numbers. Rows are never changed once written, so a cache handle is this
 * object and a length; two continuations of one handle share everything before they part.
 */
export class KeyValueRows {
  private used = 0;
  private capacity = 0;
  private arrays: Float32Array[];

  /**
   * @param parts number of arrays: 2 x layers.
   * @param rowLength numbers per token and array.
   * @param capacity tokens to have room for at first.
   */
  constructor(
    readonly parts: number,
    readonly rowLength: number,
    capacity: number,
  ) {
    this.arrays = Array.from({ length: parts }, () => floats(capacity * rowLength));
    this.capacity = capacity;
  }

  /** Bytes held, room for more tokens included. */
  get byteLength(): number {
    return this.parts * this.capacity * this.rowLength * Float32Array.BYTES_PER_ELEMENT;
  }

  /** Tokens `start` to `end` of one array, not copied. */
  view(part: number, start: number, end: number): Float32Array {
    return this.arrays[part]!.subarray(start * this.rowLength, end * this.rowLength);
  }

  /**
   * Claims room for `count` tokens after the first `length`: in these rows where nothing follows them yet, else in a
   * copy of them. Who claims it may write there, once; nobody else will.
   * @param most tokens that the rows may grow to.
   * @returns the rows that have the room.
   */
  claim(length: number, count: number, most = Infinity): KeyValueRows {
    const rows = length === this.used ? this : this.copy(length, length + count);
    rows.reserve(length + count, most);
    rows.used = length + count;
    return rows;
  }

  private copy(length: number, capacity: number): KeyValueRows {
    const rows = new KeyValueRows(this.parts, this.rowLength, capacity);
    rows.arrays.forEach((array, part) => {
      array.set(this.view(part, 0, length));
    });
    rows.used = length;
    return rows;
  }

  /** Makes room; old arrays stay as they are, since a running graph may be using them. */
  private reserve(tokens: number, most: number): void {
    if (tokens <= this.capacity) return;
    const wished = Math.max(Math.ceil(this.capacity * 1.5), this.capacity + MORE);
    const capacity = Math.max(tokens, Math.min(wished, most));
    this.arrays = this.arrays.map((_, part) => {
      const array = floats(capacity * this.rowLength);
      array.set(this.view(part, 0, this.used));
      return array;
    });
    this.capacity = capacity;
  }
}

/**
 * An array that holds anything until it is written. Zeros would cost more than it seems: memory that the process has
 * used before would be cleared, and the system asked for what is never written.
 */
export function floats(length: number): Float32Array {
  return new Float32Array(Buffer.allocUnsafeSlow(length * Float32Array.BYTES_PER_ELEMENT).buffer, 0, length);
}
