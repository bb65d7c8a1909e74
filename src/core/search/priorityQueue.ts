interface Entry<Item> {
  readonly priority: number;
  readonly order: number;
  readonly item: Item;
}

/** A binary heap: the item of the largest priority comes out first, the earliest put in among equals. */
export class PriorityQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The largest priority; -Infinity where the queue is empty. */
  get priority(): number {
    return this.#heap[0]?.priority ?? -Infinity;
  }

  /** The item that `pop` would return. */
  peek(): Item | undefined {
    return this.#heap[0]?.item;
  }

  push(item: Item, priority: number): void {
    const heap = this.#heap;
    const entry = { priority, order: this.#pushed++, item };
    let child = heap.length;
    heap.push(entry);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(entry, heap[parent]!)) break;
      heap[child] = heap[parent]!;
      child = parent;
    }
    heap[child] = entry;
  }

  pop(): Item | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last) this.#sink(last);
    return top?.item;
  }

  #sink(entry: Entry<Item>): void {
    const heap = this.#heap;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, entry)) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = entry;
  }

  #before(a: Entry<Item>, b: Entry<Item>): boolean {
    return a.priority > b.priority || (a.priority === b.priority && a.order < b.order);
  }
}
