import { signal } from '@preact/signals-core';
import type { ExploreRun } from './run';

/** For the room that a growing completion will need: characters per token, pixels per character, most lines. */
const TOKEN_CHARACTERS = 4.4;
const CHARACTER_WIDTH = 7;
const MOST_LINES = 8;

/** Lines kept free per completion, so that those below do not move while it grows. */
export class Room {
  readonly #resized = signal(0);
  #last: { readonly run: ExploreRun; readonly resized: number; readonly lines: number } | undefined;

  constructor() {
    window.addEventListener('resize', () => {
      this.#resized.value += 1;
    });
  }

  of(run: ExploreRun): number {
    const resized = this.#resized.value;
    if (this.#last?.run === run && this.#last.resized === resized) return this.#last.lines;
    const width = document.querySelector('.completions')?.clientWidth ?? 0;
    // Before the first drawing there is no width to measure.
    if (width === 0) return 1;
    const length = run.order.parameters.maxNewTokens * TOKEN_CHARACTERS * CHARACTER_WIDTH;
    const lines = run.state === 'running' ? Math.min(MOST_LINES, Math.ceil(length / width)) : 1;
    this.#last = { run, resized, lines };
    return lines;
  }
}
