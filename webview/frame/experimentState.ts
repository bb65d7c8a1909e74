/** What every experiment's tab knows and does, apart from drawing it, put together. */
import { signal } from '@preact/signals-core';
import type { Offer } from '../../src/experiments/kit/offers';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Saved } from '../../src/protocol/messages';
import { Form } from '../form/form';
import { draftOf } from '../form/toyDraft';
import { Folds } from '../ui/folds';
import type { ExperimentPage } from './experimentPage';
import { failureOf, UNREADABLE } from './failures';
import { Keeping } from './keeping';
import { orderOf, showTokens, staleness, type Refusal, type Stale } from './order';
import { entryOf, outcomeOf, packMemory, unpackMemory, type Order } from './record';
import { Runs } from './runs';
import { samePrompt } from './session';
import { ShownResult } from './shownResult';
import type { TabContext } from './tab';

/** Codes of failures that another model may not meet. */
const OF_MODEL: ReadonlySet<string> = new Set([
  ...['parameter', 'model'],
  // Of a server.
  ...['network', 'access', 'missing', 'refused', 'answer'],
]);

export class ExperimentState<Result extends ExperimentResult> {
  readonly form: Form;
  readonly runs: Runs<Result>;
  readonly shown: ShownResult<Result>;
  readonly keeping: Keeping;
  readonly folds = new Folds();
  readonly #drawerOpen = signal(false);
  readonly #page: ExperimentPage<Result>;
  readonly #context: TabContext;

  /** @param now milliseconds of a steady clock */
  constructor(
    page: ExperimentPage<Result>,
    context: TabContext,
    now: () => number = () => performance.now(),
  ) {
    this.#page = page;
    this.#context = context;
    this.form = new Form(page.groups);
    this.shown = new ShownResult(page.report, context.announce);
    this.keeping = new Keeping(page.id, context);
    this.runs = new Runs(
      page,
      context,
      (run, result) => {
        showTokens(context.session, run.order, result);
        this.shown.take(run, result);
      },
      now,
    );
  }

  get drawerOpen(): boolean {
    return this.#drawerOpen.value;
  }

  set drawerOpen(open: boolean) {
    this.#drawerOpen.value = open;
  }

  /** Runs with what the controls say now. @returns what keeps it from running, or null */
  run(): Refusal | null {
    const order = this.#orderNow();
    if ('sentence' in order) {
      const { field, sentence, offers = [] } = order;
      this.keeping.notice = field === '' ? { code: 'parameter', sentence, offers: [...offers] } : null;
      return order;
    }
    this.keeping.notice = null;
    this.shown.forgetVerdict();
    this.runs.ask(order);
    return null;
  }

  /** Runs the shown result's own order again, and says whether it gives the same. */
  replay(): void {
    const { outcome } = this.shown;
    if (!outcome) return;
    const sentence = this.#page.noReplay?.(outcome.order.parameters) ?? null;
    this.keeping.notice = sentence === null ? null : { code: 'parameter', sentence };
    if (sentence !== null) return;
    this.shown.forgetVerdict();
    this.runs.submit(outcome.order, outcome.result);
  }

  retry(): void {
    this.keeping.notice = null;
    this.runs.retry();
  }

  dismiss(): void {
    this.runs.forgetTrouble();
    this.keeping.notice = null;
    this.shown.forgetVerdict();
  }

  /** Another model was chosen: what was wrong with this one is no news any more. */
  leaveModel(model: string): void {
    this.keeping.notice = null;
    const { trouble } = this.runs;
    if (trouble?.order.model !== model) return;
    if (trouble.failure === null || OF_MODEL.has(trouble.failure.code)) this.runs.forgetTrouble();
  }

  /** Takes over what a failure offers, to be run next. */
  take({ parameters, model }: Offer): void {
    this.dismiss();
    if (model !== undefined) this.#context.chooseModel(model, true);
    this.fill(parameters);
  }

  /** Shows why something outside of a run did not work. @param retry tries it again */
  fail(error: unknown, retry?: () => void): void {
    this.keeping.notice = { ...failureOf(error), ...(retry && { retry }) };
  }

  /**
   * Whether what came of an order belongs to other controls, another prompt or another model; null where not.
   * @param modelName of the order's model, for people
   */
  stale(order: Order, modelName: string): Stale | null {
    const now = this.#orderNow();
    return 'sentence' in now ? null : staleness(order, modelName, now);
  }

  #orderNow(): Order | Refusal {
    return orderOf(this.form, this.#context.session, this.#page.parameters);
  }

  /** Keeps the shown result in the workspace's history. */
  async save(): Promise<void> {
    const { outcome } = this.shown;
    if (!outcome) return;
    await this.keeping.save(entryOf(this.#page.id, this.#page.title, outcome), (id) => {
      this.shown.saved(outcome, id);
    });
  }

  /** Compares the shown result with a saved one. */
  compare({ id, entry }: Saved): void {
    const earlier = outcomeOf(entry, id, this.#page.read);
    if (earlier) this.shown.compareWith(earlier);
    else this.keeping.notice = UNREADABLE;
  }

  /** Shows a saved result, with its model, prompt and controls; false where this version cannot read it. */
  open({ id, entry }: Saved): boolean {
    const outcome = outcomeOf(entry, id, this.#page.read);
    if (!outcome) {
      this.keeping.notice = UNREADABLE;
      return false;
    }
    const { session, chooseModel } = this.#context;
    const { model, toy, parameters } = outcome.order;
    this.dismiss();
    this.runs.hideGrowth();
    this.#page.opened?.(parameters);
    this.shown.show(outcome);
    if (toy) session.toyDraft = draftOf(toy);
    if (session.models.some((choice) => choice.id === model)) chooseModel(model, true);
    this.fill(parameters);
    showTokens(session, outcome.order, outcome.result);
    return true;
  }

  /** Takes the result off the screen. */
  clear(): void {
    this.dismiss();
    this.runs.hideGrowth();
    this.#page.opened?.();
    this.shown.show(null);
  }

  /** Fills the controls, and the prompt, from parameters; what is left out of them stays. */
  fill(parameters: unknown): void {
    const { session } = this.#context;
    if (typeof parameters === 'object' && parameters !== null && 'prompt' in parameters) {
      const { prompt } = parameters;
      if (typeof prompt === 'string' && prompt !== session.source?.text) session.typePrompt(prompt);
    }
    this.form.fill(this.#page.values(parameters));
  }

  /** What is worth keeping over a reload, read now; made into plain JSON when that is called for. */
  packed(): () => object {
    const memory = {
      values: this.form.values,
      drawerOpen: this.drawerOpen,
      folds: this.folds.touched,
      outcome: this.shown.outcome,
    };
    return () => packMemory(memory);
  }

  unpack(saved: unknown): void {
    const memory = unpackMemory(saved, this.#page.read);
    if (!memory) return;
    // Controls that an earlier version did not have are as its result was made.
    if (memory.outcome) this.form.fill(this.#page.values(memory.outcome.order.parameters));
    this.form.fill(memory.values);
    this.drawerOpen = memory.drawerOpen;
    this.folds.restore(memory.folds);
    this.#page.opened?.(memory.outcome?.order.parameters);
    this.shown.show(memory.outcome);
    const { session } = this.#context;
    const { source, tokens } = session;
    if (!memory.outcome || !source || (tokens && samePrompt(tokens.source, source))) return;
    showTokens(session, memory.outcome.order, memory.outcome.result);
  }
}
