/** Which windows a training step or an evaluation reads: decided by the seed and the place alone, never by the past. */
import { randomStream } from '../../core/random';
import { arrangeBatches, windowStarts, type WindowSettings } from '../kit/textBatches';
import type { TrainingBatch } from './result';

export class TrainingBatches {
  readonly #tokens: Int32Array;
  readonly #starts: readonly number[];
  readonly #settings: WindowSettings & { readonly seed: number };
  #epoch: { readonly number: number; readonly batches: readonly (readonly number[])[] } | undefined;

  /** @param tokens of one part of the text. */
  constructor(tokens: Int32Array, settings: WindowSettings & { readonly seed: number }) {
    this.#tokens = tokens;
    this.#settings = settings;
    this.#starts = windowStarts(tokens.length, settings);
  }

  /** Full batches: what is left over in an epoch is not read in it. */
  get perEpoch(): number {
    return Math.floor(this.#starts.length / this.#settings.batchSize);
  }

  /** Batch `index` of epoch `epoch`, both from 0; each epoch is shuffled anew. */
  ofEpoch(epoch: number, index: number): TrainingBatch {
    if (this.#epoch?.number !== epoch) {
      this.#epoch = { number: epoch, batches: this.#arrange('epoch', epoch) };
    }
    return this.#cut(this.#epoch.batches[index]!);
  }

  /** At most `count` batches, shuffled for the evaluation after `step` steps. */
  shuffled(step: number, count: number): TrainingBatch[] {
    return this.#arrange('evaluation', step)
      .slice(0, count)
      .map((windows) => this.#cut(windows));
  }

  /** At most `count` batches from the start of the text, of which the last need not be full. */
  inOrder(count: number): TrainingBatch[] {
    return arrangeBatches(this.#starts.length, this.#settings.batchSize, { dropLast: false })
      .slice(0, count)
      .map((windows) => this.#cut(windows));
  }

  #arrange(name: string, number: number): number[][] {
    const { batchSize, seed } = this.#settings;
    const shuffle = randomStream(seed, 'training', name, number);
    return arrangeBatches(this.#starts.length, batchSize, { shuffle, dropLast: true });
  }

  #cut(windows: readonly number[]): TrainingBatch {
    const { context: length } = this.#settings;
    const ids = new Int32Array(windows.length * length);
    const targets = new Int32Array(windows.length * length);
    for (const [i, window] of windows.entries()) {
      const start = this.#starts[window]!;
      ids.set(this.#tokens.subarray(start, start + length), i * length);
      targets.set(this.#tokens.subarray(start + 1, start + length + 1), i * length);
    }
    return { windows: windows.length, length, ids, targets };
  }
}
