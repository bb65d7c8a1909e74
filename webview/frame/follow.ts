import { effect, signal } from '@preact/signals-core';

/**
 * Does work now, and again whenever a signal that it read the last time has changed: then it asks once for a later
 * turn, and takes part in nothing until that comes.
 */
export function follow(work: () => void, later: (turn: () => void) => void): void {
  const turns = signal(1);
  let done = 0;
  effect(() => {
    const turn = turns.value;
    if (turn === done) {
      later(() => {
        turns.value = turn + 1;
      });
    } else {
      done = turn;
      work();
    }
  });
}
