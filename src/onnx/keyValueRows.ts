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
    this.arrays = Array.from({ length: parts }, () => new Float32Array(capacity * rowLength));
    this.capacity = capacity;
  }

  /** Bytes held, room for more tokens included. */
  get byteLength(): number {
    return this.parts * this.capacity * this.rowLength * Float32Array.BYTES_PER_ELEMENT;
  }

  /** The first `length` tokens of one array, not copied. */
  view(part: number, length: number): Float32Array {
    return this.arrays[part]!.subarray(0, length * this.rowLength);
  }

  /**
   * Appends `count` tokens after the first `length`: to these rows where nothing follows them yet, else to a
   * copy of them.
   * @param write copies the new tokens of one array to where it is told.
   * @returns the rows that hold them.
   */
  append(length: number, count: number, write: (part: number, target: Float32Array) => void): KeyValueRows {
    const rows = length === this.used ? this : this.copy(length, length + count);
    rows.reserve(length + count);
    rows.arrays.forEach((array, part) => {
      write(part, array.subarray(length * rows.rowLength, (length + count) * rows.rowLength));
    });
    rows.used = length + count;
    return rows;
  }

  private copy(length: number, capacity: number): KeyValueRows {
    const rows = new KeyValueRows(this.parts, this.rowLength, capacity);
    rows.arrays.forEach((array, part) => {
      array.set(this.view(part, length));
    });
    rows.used = length;
    return rows;
  }

  /** Makes room; old arrays stay as they are, since a running graph may be reading them. */
  private reserve(tokens: number): void {
    if (tokens <= this.capacity) return;
    const capacity = Math.max(tokens, Math.ceil(this.capacity * 1.5), 16);
    this.arrays = this.arrays.map((_, part) => {
      const array = new Float32Array(capacity * this.rowLength);
      array.set(this.view(part, this.used));
      return array;
    });
    this.capacity = capacity;
  }
}
