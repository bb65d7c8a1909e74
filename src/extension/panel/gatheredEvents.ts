/** Milliseconds for which events are gathered: a screen shows two pictures meanwhile. */
const GATHERED_MS = 33;

/**
 * A run's events on their way to the page. Each message costs VS Code about as much time as a small model takes for a
 * token, and keeps the page from drawing: more of the same goes together. The first of a kind goes at once.
 */
export class GatheredEvents {
  readonly #post: (events: readonly unknown[]) => void;
  #gathered: unknown[] = [];
  #last: unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param post takes one event or more, in their order */
  constructor(post: (events: readonly unknown[]) => void) {
    this.#post = post;
  }

  take(event: unknown): void {
    const kind = kindOf(event);
    const isMore = kind === this.#last;
    this.#last = kind;
    this.#gathered.push(event);
    if (!isMore) this.flush();
    else {
      this.#timer ??= setTimeout(() => {
        this.flush();
      }, GATHERED_MS);
    }
  }

  /** Posts at once what has been gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    if (events.length > 0) this.#post(events);
  }
}

function kindOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
}
