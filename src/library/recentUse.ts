/** The models that one window has used lately, marked so that nobody removes them meanwhile. */
import type { ModelLibrary } from './modelLibrary';
import type { ModelUse } from './types';

/** After this many milliseconds a further use is written down again. */
const AGAIN_MS = 60_000;

interface Mark {
  readonly use: Promise<ModelUse | undefined>;
  /** When it was written, in milliseconds. */
  readonly since: number;
}

export class RecentUse {
  /** In the order of their last use. */
  readonly #marks = new Map<string, Mark>();

  /**
   * @param limit so many models stay marked; older ones are released, but never one that is still held.
   * @param held ids of the models in memory or at work. While they cannot be told, none is released.
   */
  constructor(
    private readonly limit: number,
    private readonly held: () => Promise<ReadonlySet<string>>,
  ) {}

  /** Writes down that a model is used. Never fails: nobody is kept from a model because a mark cannot be written. */
  async note(library: Pick<ModelLibrary, 'use'>, id: string): Promise<void> {
    const known = this.#marks.get(id);
    this.#marks.delete(id);
    if (known && Date.now() - known.since < AGAIN_MS) {
      this.#marks.set(id, known);
      await known.use;
      return;
    }
    const use = library.use(id).catch(() => undefined);
    this.#marks.set(id, { use, since: Date.now() });
    // The new mark first, so that there is always one.
    await use;
    await release(known);
    // Nobody waits for the answer: the model process may be at something long.
    if (this.#marks.size > this.limit) void this.#trim();
  }

  async #trim(): Promise<void> {
    const held = await this.held().catch(() => undefined);
    if (!held) return;
    const older = [...this.#marks.keys()].slice(0, Math.max(0, this.#marks.size - this.limit));
    await Promise.all(older.filter((id) => !held.has(id)).map((id) => this.release(id)));
  }

  /** Has the next use of each model written down anew, where the library is another; the marks stay until then. */
  renew(): void {
    for (const [id, { use }] of this.#marks) this.#marks.set(id, { use, since: -Infinity });
  }

  /** Takes the mark of a model away. */
  async release(id: string): Promise<void> {
    const mark = this.#marks.get(id);
    this.#marks.delete(id);
    await release(mark);
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#marks.keys()].map((id) => this.release(id)));
  }
}

async function release(mark: Mark | undefined): Promise<void> {
  await (await mark?.use)?.release();
}
