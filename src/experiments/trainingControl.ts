import type { TrainingContext, TrainingEvent } from './trainingTypes';

/** What a person wants of a training that is going on. */
export class TrainingControl {
  #paused = false;
  #stop = false;
  #checkpoint = false;
  #wake: () => void = () => undefined;

  constructor({ onMessage, signal, emit }: TrainingContext<TrainingEvent>) {
    signal.addEventListener('abort', () => {
      this.#wake();
    });
    onMessage((message) => {
      if (message === 'pause') this.#paused = true;
      else if (message === 'resume') this.#paused = false;
      else if (message === 'stop') this.#stop = true;
      else if (message === 'checkpoint') this.#checkpoint = true;
      else {
        emit({
          type: 'trouble',
          sentence: `The training does not know ${JSON.stringify(message)}; it knows pause, resume, checkpoint and stop.`,
        });
        return;
      }
      this.#wake();
    });
  }

  /** Whether the training is to wait now; a stop ends the waiting. */
  waiting(): boolean {
    return this.#paused && !this.#stop;
  }

  get stopping(): boolean {
    return this.#stop;
  }

  /** Whether a checkpoint is wanted; asking clears the wish. */
  takeCheckpoint(): boolean {
    const wanted = this.#checkpoint;
    this.#checkpoint = false;
    return wanted;
  }

  /** Resolves at the next message or abort. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
