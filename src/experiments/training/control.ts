import { t } from '../../l10n/language';
import type { TrainingContext, TrainingEvent } from './result';

/** What a user wants of a training that is going on. */
export class TrainingControl {
  #paused = false;
  #stop = false;
  #discard = false;
  #checkpoint = false;
  #heard = 0;
  #wake: () => void = () => undefined;

  constructor({ onMessage, signal, emit }: TrainingContext<TrainingEvent>) {
    const wake = (): void => {
      this.#heard += 1;
      this.#wake();
    };
    signal.addEventListener('abort', wake);
    onMessage((message) => {
      if (message === 'pause') this.#paused = true;
      else if (message === 'resume') this.#paused = false;
      else if (message === 'stop') this.#stop = true;
      else if (message === 'discard') this.#discard = true;
      else if (message === 'checkpoint') this.#checkpoint = true;
      else {
        emit({
          type: 'trouble',
          sentence: t(
            '{0} cannot be sent to a training; use pause, resume, checkpoint, stop or discard.',
            JSON.stringify(message),
          ),
        });
        return;
      }
      wake();
    });
  }

  /** How many messages have come so far. */
  get heard(): number {
    return this.#heard;
  }

  /** Whether the training is to wait now; a stop ends the waiting. */
  waiting(): boolean {
    return this.#paused && !this.#stop;
  }

  get stopping(): boolean {
    return this.#stop;
  }

  /** Whether it may end although its last checkpoint cannot be written. */
  get discarding(): boolean {
    return this.#discard;
  }

  /** Whether a checkpoint is wanted; asking clears the wish. */
  takeCheckpoint(): boolean {
    const wanted = this.#checkpoint;
    this.#checkpoint = false;
    return wanted;
  }

  /** Resolves once more than `heard` messages, an abort among them, have come: at once where they have already. */
  async since(heard: number): Promise<void> {
    if (this.#heard > heard) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
