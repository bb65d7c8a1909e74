/** A value made once for the same parts, which are compared by identity. */
export class Memo<Value> {
  #parts: readonly unknown[] = [];
  #value: Value | undefined;

  of(parts: readonly unknown[], make: () => Value): Value {
    const same = parts.length === this.#parts.length && parts.every((part, i) => part === this.#parts[i]);
    if (!same || this.#value === undefined) {
      this.#value = make();
      this.#parts = parts;
    }
    return this.#value;
  }
}
