/** What can be done with a completion's text: put it into the document, or on the clipboard. */
import { signal } from '@preact/signals-core';
import { t, whole } from '../../../src/l10n/language';
import type { PromptSource } from '../../../src/protocol/messages';
import { completionText } from '../../format/tokenText';
import { samePrompt } from '../../frame/session';
import type { TabContext } from '../../frame/tab';
import type { ExploreRun } from './run';

export type TextAction = 'after' | 'replace' | 'copy';

const DONE = {
  after: t({ message: 'Inserted', comment: 'a completion' }),
  replace: t({ message: 'Replaced', comment: 'by a completion' }),
  copy: t({ message: 'Copied', comment: 'a completion' }),
} as const;

/** What was done last with a completion. */
export interface Feedback {
  readonly run: ExploreRun;
  readonly sample: number;
  readonly sentence: string;
  /** Names what was put into the document, where it was and can be taken back; null otherwise. */
  readonly insertion: number | null;
}

/** Milliseconds for which "Copied" stands beside a completion. */
const FEEDBACK = 2500;

export class CompletionActions {
  readonly #context: TabContext;
  readonly #failed: (error: unknown) => void;
  readonly #feedback = signal<Feedback | null>(null);

  /** @param failed is told why an action did not work */
  constructor(context: TabContext, failed: (error: unknown) => void) {
    this.#context = context;
    this.#failed = failed;
  }

  get feedback(): Feedback | null {
    return this.#feedback.value;
  }

  /** Why an action on a run's completions is not possible now. */
  blocked({ source }: ExploreRun): Partial<Record<TextAction, string>> {
    if (!source) {
      const why = t(
        'This is a saved result, so its prompt no longer has a place in a document. Use Copy instead.',
      );
      return { after: why, replace: why };
    }
    if (source.kind === 'typed') {
      const why = t(
        'This prompt was typed in the panel, so it has no place in a document. Use Copy instead.',
      );
      return { after: why, replace: why };
    }
    const { sourceInDocument } = this.#context.session;
    const taken = sourceInDocument && { ...source, text: sourceInDocument.text };
    if (!taken || !samePrompt(taken, sourceInDocument) || this.#whiteSpaceBehind(source) === null) {
      const why = t('The prompt in the document has changed. Explore it again, or use Copy.');
      return { after: why, replace: why };
    }
    if (source.kind === 'selection') return {};
    return { replace: t('Nothing was selected, so there is nothing to replace. Use Insert instead.') };
  }

  async act(run: ExploreRun, sample: number, action: TextAction): Promise<void> {
    const { host, announce } = this.#context;
    const text = this.textOf(run, sample);
    if (text === null) return;
    try {
      const insertion =
        action === 'copy' ? null : await host.insert(text, action, this.#whiteSpaceBehind(run.source) ?? '');
      if (action === 'copy') await host.copy(text);
      this.#say({ run, sample, sentence: DONE[action], insertion });
      announce(
        insertion === null
          ? t('{0}: completion {1}.', DONE[action], whole(sample + 1))
          : t('{0}: completion {1}. Undo and Show are next to it.', DONE[action], whole(sample + 1)),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  #whiteSpaceBehind(source: PromptSource | null): string | null {
    return source && this.#context.session.whiteSpaceBehind(source.text);
  }

  /** Takes back what was put into the document, or shows it there. */
  async actOnInserted({ run, sample, insertion }: Feedback, act: 'undo' | 'show'): Promise<void> {
    if (insertion === null) return;
    try {
      await this.#context.host.inserted(insertion, act);
      if (act === 'show') return;
      this.#say({ run, sample, sentence: t('Undone'), insertion: null });
      this.#context.announce(t('Completion {0} was removed from the document.', whole(sample + 1)));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** What can be taken back stands until something else is done; the rest goes by itself. */
  #say(feedback: Feedback): void {
    this.#feedback.value = feedback;
    if (feedback.insertion !== null) return;
    setTimeout(() => {
      if (this.feedback === feedback) this.#feedback.value = null;
    }, FEEDBACK);
  }

  /** A completion's text, without the end of text; null where there is none. */
  textOf(run: ExploreRun, sample: number): string | null {
    const finished = run.finished?.completions[sample];
    if (finished) return finished.text;
    const steps = run.completions[sample]?.steps;
    const model = this.#context.session.loadedOf(run.order.model, run.order.toy);
    if (!steps || !model) return null;
    const ids = steps.map(({ id }) => id).filter((id) => !run.endOfText.includes(id));
    return completionText(model.vocabulary, ids);
  }
}
