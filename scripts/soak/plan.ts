/** What is done, and in which order: a sequence that a seed decides alone. */
import { randomStream } from '../../src/core/random';

/** How often people do what, in a round: about half an hour of somebody who tries decoding out. */
export const USES = {
  'explore a selection': 4,
  'change the controls': 3,
  'start the next run before the last is over': 2,
  'cancel a run': 2,
  'insert a completion and take it back': 2,
  'save a result': 2,
  'reopen a saved result': 2,
  'edit the document during a run': 2,
  'show surprisal and clear it': 1,
  'look at the tokens at the cursor': 1,
  'ask for a suggestion': 1,
  'close the panel and open it again': 1,
  'go through the tabs': 1,
  'use the toy vocabulary': 1,
  'explore a hostile text': 5,
  'export a result': 2,
  'train, pause, stop and continue': 1,
  'explore on a model server': 2,
  'download a model and remove it': 1,
  'run Temperature': 1,
  'run Nucleus': 1,
  'run Grid': 1,
  'run Loss': 1,
  'run Methods': 1,
  'run A/B': 1,
  'run Determinism': 1,
  'run Branches': 1,
  'run Models': 1,
} as const;

/** What goes wrong meanwhile; each once in a round. */
export const FAULTS = [
  'kill the model process during a run',
  'fill the disk',
  'take the model’s folder away',
  'take the workspace’s folder away',
  'take the storage folder away',
  'kill the model process during a training',
  'stop the model server during a run',
  'break off a download',
] as const;

export type Use = keyof typeof USES;
export type Fault = (typeof FAULTS)[number];

/** Other pages and processes come with a reload, and what is looked at over time begins again: not in every round. */
export const RELOAD = 'reload the window';
const ROUNDS_TO_A_RELOAD = 2;

/** A source of choices, the same each time that it is asked for. */
export class Dice {
  readonly #stream;

  constructor(seed: number, ...names: (string | number)[]) {
    this.#stream = randomStream(seed, 'soak', ...names);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.#stream.next() * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** A copy in another order, each as probable (Fisher and Yates). */
  shuffled<T>(values: readonly T[]): T[] {
    const all = [...values];
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all;
  }
}

export interface Step {
  /** From 0. */
  readonly at: number;
  readonly what: Use | Fault | typeof RELOAD;
  /** What is chosen within it; begins anew at each call. */
  readonly dice: () => Dice;
}

/**
 * Rounds without an end. A round has everything that people do as often as they do it, in an order of its own, and
 * every fault, none of them first or beside another: what comes after a fault is what people do.
 * @param seed a whole number from 0 to 2^53 - 1
 */
export function* plan(seed: number): Generator<Step, never> {
  let at = 0;
  for (let round = 0; ; round++) {
    for (const what of roundOf(new Dice(seed, 'round', round), round)) {
      const number = at++;
      yield { at: number, what, dice: () => new Dice(seed, 'step', number) };
    }
  }
}

function roundOf(dice: Dice, round: number): Step['what'][] {
  const uses = Object.entries(USES).flatMap(([use, times]) => Array<Use>(times).fill(use as Use));
  const order: Step['what'][] = dice.shuffled(uses);
  if (round % ROUNDS_TO_A_RELOAD === ROUNDS_TO_A_RELOAD - 1) order.unshift(RELOAD);
  // Between two of what people do there is room for one fault.
  const gaps = dice.shuffled(Array.from({ length: order.length - 1 }, (_, i) => i + 1));
  const places = gaps.slice(0, FAULTS.length).sort((a, b) => b - a);
  const faults = dice.shuffled(FAULTS);
  places.forEach((place, i) => order.splice(place, 0, faults[i]!));
  return order;
}
