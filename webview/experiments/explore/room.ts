import { signal } from '@preact/signals-core';
import type { ExploreRun } from './run';

/** For the room that a growing completion will need: characters per token, pixels per character, most lines. */
const TOKEN_CHARACTERS = 4.4;
const CHARACTER_WIDTH = 7;
const MOST_LINES = 8;

/** What stands still under a pointer. */
const COMPLETIONS = '.completions';

/**
 * Lines kept free per completion, so that those below do not move while it grows. They are given back when the run has
 * ended; where the pointer is over the completions, when it leaves them.
 */
export class Room {
  /** How often what a line needs may have changed: by another width, or as the pointer left. */
  readonly #changes = signal(0);
  #last: { readonly run: ExploreRun; readonly changes: number; readonly lines: number } | undefined;

  readonly #change = (): void => {
    this.#changes.value += 1;
  };

  constructor() {
    window.addEventListener('resize', this.#change);
  }

  of(run: ExploreRun): number {
    const changes = this.#changes.value;
    const completions = document.querySelector<HTMLElement>(COMPLETIONS);
    if (run.state !== 'running') {
      const lines = this.#last?.run === run ? this.#last.lines : 1;
      if (lines > 1 && completions?.matches(':hover')) {
        completions.addEventListener('pointerleave', this.#change, { once: true });
        return lines;
      }
      this.#last = undefined;
      return 1;
    }
    if (this.#last?.run === run && this.#last.changes === changes) return this.#last.lines;
    const width = completions?.clientWidth ?? 0;
    // Before the first drawing there is no width to measure.
    if (width === 0) return 1;
    const length = run.order.parameters.maxNewTokens * TOKEN_CHARACTERS * CHARACTER_WIDTH;
    const lines = Math.min(MOST_LINES, Math.ceil(length / width));
    this.#last = { run, changes, lines };
    return lines;
  }
}
