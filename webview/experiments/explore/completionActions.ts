/** What can be done with a completion's text: put it into the document, or on the clipboard. */
import { signal } from '@preact/signals-core';
import type { PromptSource } from '../../../src/protocol/messages';
import { completionText } from '../../format/tokenText';
import { samePrompt } from '../../frame/session';
import type { TabContext } from '../../frame/tab';
import type { ExploreRun } from './run';

export type TextAction = 'after' | 'replace' | 'copy';

const DONE = { after: 'Inserted', replace: 'Replaced', copy: 'Copied' } as const;

/** Milliseconds for which "Copied" stands beside a completion. */
const FEEDBACK = 2500;

export class CompletionActions {
  readonly #context: TabContext;
  readonly #failed: (error: unknown) => void;
  readonly #feedback = signal<{ readonly sample: number; readonly sentence: string } | null>(null);

  /** @param failed is told why an action did not work */
  constructor(context: TabContext, failed: (error: unknown) => void) {
    this.#context = context;
    this.#failed = failed;
  }

  /** The sample and the sentence of the action done last. */
  get feedback(): { readonly sample: number; readonly sentence: string } | null {
    return this.#feedback.value;
  }

  /** Why an action on a run's completions is not possible now. */
  blocked({ source }: ExploreRun): Partial<Record<TextAction, string>> {
    if (!source) {
      const why = 'This result was saved; its prompt has no place in a document any more. Copy instead.';
      return { after: why, replace: why };
    }
    if (source.kind === 'typed') {
      const why = 'This prompt was typed in the panel, so it has no place in a document. Copy instead.';
      return { after: why, replace: why };
    }
    const { sourceInDocument } = this.#context.session;
    const taken = sourceInDocument && { ...source, text: sourceInDocument.text };
    if (!taken || !samePrompt(taken, sourceInDocument) || this.#whiteSpaceBehind(source) === null) {
      const why = 'The prompt in the document is another one by now. Explore it again, or copy.';
      return { after: why, replace: why };
    }
    if (source.kind === 'selection') return {};
    return { replace: 'Nothing was selected, so there is nothing to replace. Insert instead.' };
  }

  async act(run: ExploreRun, sample: number, action: TextAction): Promise<void> {
    const { host, announce } = this.#context;
    const text = this.textOf(run, sample);
    if (text === null) return;
    try {
      await (action === 'copy'
        ? host.copy(text)
        : host.insert(text, action, this.#whiteSpaceBehind(run.source) ?? ''));
      const feedback = { sample, sentence: DONE[action] };
      this.#feedback.value = feedback;
      announce(`${DONE[action]}: completion ${sample + 1}.`);
      setTimeout(() => {
        if (this.feedback === feedback) this.#feedback.value = null;
      }, FEEDBACK);
    } catch (error) {
      this.#failed(error);
    }
  }

  #whiteSpaceBehind(source: PromptSource | null): string | null {
    return source && this.#context.session.whiteSpaceBehind(source.text);
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
