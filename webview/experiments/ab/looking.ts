/** Which token of which texts is looked at. */
import { signal } from '@preact/signals-core';
import { partingSample } from '../../../src/experiments/ab/report';
import type { AbResult } from '../../../src/experiments/ab/result';

export interface Place {
  readonly sample: number;
  /** The token, from 0. */
  readonly at: number;
}

export class Looking {
  readonly #chosen = signal<Place | null>(null);

  /** The place that a user has chosen, where the result has it; else where texts part first. */
  in(result: AbResult): Place {
    const chosen = this.#chosen.value;
    if (chosen && result.samples[chosen.sample]?.steps[chosen.at]) return chosen;
    return partingSample(result) ?? { sample: 0, at: 0 };
  }

  choose(place: Place): void {
    this.#chosen.value = place;
  }

  /** Another result comes on screen. */
  forget(): void {
    this.#chosen.value = null;
  }
}
