/** What a user has unfolded or folded in a tab: it stays so when the tab is drawn anew. */
import { signal } from '@preact/signals-core';

/** One of a tab's folds, as it is drawn. */
export interface Fold {
  readonly open: boolean;
  /** To be told of the `toggle` event of its `details` element. */
  readonly onToggle: (event: Event) => void;
}

export class Folds {
  readonly #touched = signal<Readonly<Record<string, boolean>>>({});

  /** @param standard whether it is open before a user has a say */
  of(id: string, standard = false): Fold {
    return {
      open: this.#touched.value[id] ?? standard,
      onToggle: ({ currentTarget }) => {
        // What it is now: it may have been toggled since it was drawn.
        const touched = this.#touched.peek();
        if (
          !(currentTarget instanceof HTMLDetailsElement) ||
          currentTarget.open === (touched[id] ?? standard)
        )
          return;
        this.#touched.value = { ...touched, [id]: currentTarget.open };
      },
    };
  }

  /** Those that a user has touched, by their ids. */
  get touched(): Readonly<Record<string, boolean>> {
    return this.#touched.value;
  }

  restore(touched: Readonly<Record<string, boolean>>): void {
    this.#touched.value = touched;
  }
}
