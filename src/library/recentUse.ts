/** The models that one window has used lately, marked so that nobody removes them meanwhile. */
import type { ModelLibrary } from './modelLibrary';
import type { ModelUse } from './types';

/** After this many milliseconds a further use is written down again. */
const AGAIN_MS = 60_000;

interface Held {
  readonly use: Promise<ModelUse | undefined>;
  readonly since: number;
}

export class RecentUse {
  /** In the order of their last use. */
  readonly #held = new Map<string, Held>();

  /** @param limit so many models stay marked; older ones are released. */
  constructor(private readonly limit: number) {}

  /** Writes down that a model is used. Never fails: nobody is kept from a model because a mark cannot be written. */
  async note(library: Pick<ModelLibrary, 'use'>, id: string): Promise<void> {
    const known = this.#held.get(id);
    this.#held.delete(id);
    if (known && Date.now() - known.since < AGAIN_MS) {
      this.#held.set(id, known);
      await known.use;
      return;
    }
    const use = library.use(id).catch(() => undefined);
    this.#held.set(id, { use, since: Date.now() });
    // The new mark first, so that there is always one.
    await use;
    await release(known);
    while (this.#held.size > this.limit) {
      const [oldest] = this.#held.keys();
      await this.release(oldest!);
    }
  }

  /** Takes the mark of a model away. */
  async release(id: string): Promise<void> {
    const held = this.#held.get(id);
    this.#held.delete(id);
    await release(held);
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((id) => this.release(id)));
  }
}

async function release(held: Held | undefined): Promise<void> {
  await (await held?.use)?.release();
}
