/** What is kept of results outside of the page: files, and the workspace's history. */
import { signal } from '@preact/signals-core';
import type { DocumentLanguage } from '../../src/interchange/languages';
import type { Failure, HistoryEntry, HistoryLine, Saved } from '../../src/protocol/messages';
import { failureOf } from './failures';
import type { TabContext } from './tab';
import { t } from '../../src/l10n/language';

/** Milliseconds for which a short confirmation stands. */
const FEEDBACK = 4000;

/** Why something other than a run did not work, and how it is tried again where it can be. */
export interface Notice extends Failure {
  readonly retry?: () => void;
}

export class Keeping {
  readonly #experiment: string;
  readonly #context: TabContext;
  readonly #feedback = signal('');
  readonly #history = signal<readonly HistoryLine[] | null>(null);
  readonly #notice = signal<Notice | null>(null);

  /** @param experiment whose results these are */
  constructor(experiment: string, context: TabContext) {
    this.#experiment = experiment;
    this.#context = context;
  }

  /** "Saved", for a moment. */
  get feedback(): string {
    return this.#feedback.value;
  }

  /** The history's lines of this experiment, while they are shown. */
  get history(): readonly HistoryLine[] | null {
    return this.#history.value;
  }

  get notice(): Notice | null {
    return this.#notice.value;
  }

  set notice(notice: Notice | null) {
    this.#notice.value = notice;
  }

  /** Writes a file that the user chooses. */
  async export(name: string, content: string): Promise<void> {
    await this.#attempt(async () => {
      await this.#context.host.export(name, content);
      this.#say(t('Exported.'));
    });
  }

  /** Shows a text in an editor. */
  async openText(text: string, language: DocumentLanguage): Promise<void> {
    await this.#attempt(async () => {
      await this.#context.host.openText(text, language);
    });
  }

  /** Keeps a result in the workspace's history. @param saved is told its id there */
  async save(entry: HistoryEntry, saved: (id: string) => void): Promise<void> {
    await this.#attempt(async () => {
      saved(await this.#context.host.save(entry));
      if (this.history) await this.#load();
      this.#say(t('Saved to History.'));
    });
  }

  /** Shows or hides the saved results. */
  async toggleHistory(): Promise<void> {
    if (this.history) this.#history.value = null;
    else await this.#attempt(() => this.#load());
  }

  /** Gets a saved result for what is done with it. */
  async reopen(id: string, then: (saved: Saved) => void): Promise<void> {
    await this.#attempt(async () => {
      then({ id, entry: await this.#context.host.reopen(id) });
    });
  }

  async #load(): Promise<void> {
    const lines = await this.#context.host.history();
    this.#history.value = lines.filter(({ experiment }) => experiment === this.#experiment);
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.notice = null;
    try {
      await work();
    } catch (error) {
      const failure = failureOf(error);
      // Closing a dialog is no failure.
      if (failure.code === 'stopped') this.#say(failure.sentence);
      else this.notice = failure;
    }
  }

  #say(sentence: string): void {
    this.#feedback.value = sentence;
    this.#context.announce(sentence);
    setTimeout(() => {
      if (this.feedback === sentence) this.#feedback.value = '';
    }, FEEDBACK);
  }
}
