/** As many requests at once as the server works on: more would only wait in its queue, where others wait too. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(readonly count: number) {
    this.#free = count;
  }

  /**
   * Does work for each of some items, as many at a time as there are slots. When one fails, the others end.
   * @returns what came of them, in order.
   */
  async each<Item, Result>(
    items: readonly Item[],
    work: (item: Item, signal: AbortSignal) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result[]> {
    const stop = new AbortController();
    const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const one = async (item: Item): Promise<Result> => {
      await this.#enter();
      try {
        both.throwIfAborted();
        return await work(item, both);
      } finally {
        this.#leave();
      }
    };
    try {
      return await Promise.all(items.map(one));
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  }

  #enter(): Promise<void> | void {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free--;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
