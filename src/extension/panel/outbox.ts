/** What a panel has to say to its page: some of it is kept, to be posted together. */
import type { ToPanel } from '../../protocol/messages';

/** Whether a message tells more of a run than that it goes on. */
function isFirstAnswer(message: ToPanel): boolean {
  if (message.type !== 'event') return message.type === 'result' || message.type === 'failure';
  return (message.event as { readonly type?: unknown } | null)?.type === 'next';
}

export class Outbox {
  readonly #send: (message: ToPanel) => PromiseLike<unknown>;
  /** What is kept: before the page can receive, and until what was begun ahead has an answer. */
  #held: ToPanel[] | undefined = [];
  /** Told when something begun ahead has its first answer, and when the page has drawn that or does not want it. */
  #onNews: (() => void) | undefined;
  #closed = false;

  /** Holds from the start. @param send posts to the page; fulfilled when the page has it */
  constructor(send: (message: ToPanel) => PromiseLike<unknown>) {
    this.#send = send;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Keeps what comes from now on. */
  hold(): void {
    this.#held = [];
  }

  post(message: ToPanel): void {
    if (this.#closed) return;
    if (!this.#held) void this.#send(message);
    else this.#held.push(message);
    if (isFirstAnswer(message)) this.tellNews();
  }

  /** Posts what was held. @returns when the page has it */
  async release(): Promise<void> {
    const messages = this.#held ?? [];
    this.#held = undefined;
    if (messages.length > 0 && !this.#closed) await this.#send({ type: 'several', messages });
  }

  /** Waits for news of what was begun ahead, but not for long. */
  news(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#onNews = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the wait for news: it has come. */
  tellNews(): void {
    this.#onNews?.();
  }

  /** Posts nothing any more. */
  close(): void {
    this.#closed = true;
  }
}
