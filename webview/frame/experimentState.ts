/** What every experiment's tab knows and does, apart from drawing it: runs, results, history, replay, comparison. */
import { compareTables, firstDifference } from '../../src/experiments/report/compare';
import type { ReportTable } from '../../src/experiments/report/types';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Failure, HistoryLine, Saved, Toy } from '../../src/protocol/messages';
import { duration } from '../format/numbers';
import type { RunMessage } from '../host';
import type { ExperimentPage } from './experimentPage';
import type { TabContext } from './tab';
import { entryOf, outcomeOf, packMemory, unpackMemory, type Order, type Outcome } from './record';
import { ExperimentRun, type RunProgress } from './run';
import type { JobState, StartedJob } from './queue';
import { failureOf, UNREADABLE } from './failures';
import type { LiveRun } from './live';
import { Form } from '../form/form';
import { samePrompt } from './session';
import { verdictOf, type Verdict } from './replayVerdict';
import { draftOf } from '../form/toyDraft';

/** Milliseconds between redraws of the progress while nothing else happens. */
const TICK = 100;

/** Milliseconds for which a short confirmation stands. */
const FEEDBACK = 4000;

export interface Trouble {
  readonly order: Order;
  readonly replays: unknown;
  /** null where a person stopped it and nothing is wrong. */
  readonly failure: Failure | null;
}

export class ExperimentState<Result extends ExperimentResult> {
  readonly form: Form;
  drawerOpen = false;
  running: ExperimentRun | null = null;
  /** The result on screen. */
  shown: Outcome<Result> | null = null;
  /** The one it is compared with. */
  earlier: Outcome<Result> | null = null;
  /** Why the latest run did not end as it should. */
  trouble: Trouble | null = null;
  /** Why something other than a run did not work. */
  notice: Failure | null = null;
  verdict: Verdict | null = null;
  /** "Saved", for a moment. */
  feedback = '';
  /** The history's lines of this experiment, while they are shown. */
  history: readonly HistoryLine[] | null = null;
  /** A question that must be answered before the run that it is about. */
  question: { readonly order: Order; readonly sentence: string } | null = null;
  readonly #page: ExperimentPage<Result>;
  readonly #context: TabContext;
  readonly #now: () => number;
  /** What is made of the events of the run that goes on. */
  live: LiveRun<Result> | null = null;
  /** Tells the run that goes on something. */
  #tell: ((message: RunMessage) => void) | undefined;
  /** False while something else is on screen than what the run has so far. */
  #growthShown = false;
  #growing: Outcome<Result> | null = null;

  /** @param now milliseconds of a steady clock */
  constructor(
    page: ExperimentPage<Result>,
    context: TabContext,
    now: () => number = () => performance.now(),
  ) {
    this.#page = page;
    this.#context = context;
    this.#now = now;
    this.form = new Form(page.groups);
  }

  // Runs.

  get jobState(): JobState {
    return this.#context.queue.stateOf(this.#page.id);
  }

  /** Labels of what runs before it. */
  get waitsFor(): readonly string[] {
    return this.#context.queue.before(this.#page.id);
  }

  /** Milliseconds since the current run began; 0 without one. */
  get elapsed(): number {
    return this.running ? this.#now() - this.running.startedAt : 0;
  }

  progress(): RunProgress | null {
    return this.running?.progress(this.#now()) ?? null;
  }

  /** What the run that goes on has so far, where it is drawn in the last result's place; else null. */
  get growing(): Outcome<Result> | null {
    const result = this.#growthShown ? this.live?.result?.() : null;
    if (!this.running || !result) return null;
    if (this.#growing?.result !== result)
      this.#growing = { order: this.running.order, result, savedId: null, conclusion: '' };
    return this.#growing;
  }

  /**
   * Runs with what the controls say now.
   * @returns what keeps it from running, or null; `field` is a control's name, or `toy`, or empty.
   */
  run(): { readonly field: string; readonly sentence: string } | null {
    const order = this.#orderNow();
    if ('sentence' in order) {
      this.notice = order.field === '' ? { code: 'parameter', sentence: order.sentence } : null;
      this.#context.redraw();
      return order;
    }
    const sentence = this.#page.confirm?.(order.parameters) ?? null;
    if (sentence !== null) {
      this.question = { order, sentence };
      this.#context.announce(sentence);
      return null;
    }
    this.#submit(order, null);
    return null;
  }

  /** Answers the question that stands before a run. */
  answer(yes: boolean): void {
    const { question } = this;
    this.question = null;
    if (question && yes) this.#submit(question.order, null);
    this.#context.redraw();
  }

  /** Runs the troubled run's order again. */
  retry(): void {
    if (this.trouble) this.#submit(this.trouble.order, this.trouble.replays);
  }

  /** Runs the shown result's own order again, and says whether it gives the same. */
  replay(): void {
    if (!this.shown) return;
    const sentence = this.#page.noReplay?.(this.shown.order.parameters) ?? null;
    if (sentence === null) {
      this.#submit(this.shown.order, this.shown);
      return;
    }
    this.notice = { code: 'parameter', sentence };
    this.#context.redraw();
  }

  /** False when nothing runs or waits. */
  stop(): boolean {
    if (this.question) {
      this.answer(false);
      return true;
    }
    return this.#context.queue.cancel(this.#page.id);
  }

  dismiss(): void {
    this.trouble = null;
    this.notice = null;
    this.verdict = null;
    this.#context.changed();
  }

  fail(error: unknown): void {
    this.notice = failureOf(error);
    this.#context.redraw();
  }

  /** A sentence when the result on screen belongs to other controls, another prompt or another model. */
  stale(): string | null {
    if (!this.shown || this.running) return null;
    const now = this.#orderNow();
    if ('sentence' in now) return null;
    const { model, toy, parameters } = this.shown.order;
    if (parameters.prompt !== now.parameters.prompt) return 'This is the result for another prompt.';
    if (model !== now.model || JSON.stringify(toy) !== JSON.stringify(now.toy)) {
      return `This is the result of another model, ${this.shown.result.provenance.modelName}.`;
    }
    return firstDifference(parameters, now.parameters) ? 'This is the result of other settings.' : null;
  }

  #orderNow(): Order | { readonly field: string; readonly sentence: string } {
    const { session } = this.#context;
    const wrong = this.form.firstError();
    if (wrong) return wrong;
    let toy: Toy | undefined;
    if (session.isToy) {
      const read = session.readToy();
      if (!('toy' in read)) return { field: 'toy', sentence: read.sentence };
      toy = read.toy;
    }
    try {
      const parameters = this.#page.parameters(this.form.values, session.source?.text ?? '');
      return { model: session.model, toy, parameters };
    } catch (error) {
      if (error instanceof RangeError) return { field: '', sentence: error.message };
      throw error;
    }
  }

  #submit(order: Order, replays: unknown): void {
    this.trouble = null;
    this.notice = null;
    this.#context.queue.submit({
      owner: this.#page.id,
      label: this.#page.title,
      start: () => this.#start(order, replays),
      dropped: this.#context.redraw,
    });
  }

  #start(order: Order, replays: unknown): StartedJob {
    const { host, redraw, announce, changed } = this.#context;
    const run = new ExperimentRun(order, replays, this.#now());
    this.running = run;
    this.live = this.#page.live?.() ?? null;
    // What a replay is to repeat stays on screen.
    this.#growthShown = replays === null;
    this.verdict = null;
    const onEvent = (event: unknown): void => {
      if (!run.receive(event, this.#now())) this.live?.take(event);
      redraw();
    };
    const { model, toy, parameters } = order;
    const others = this.#page.others?.(parameters) ?? [];
    const request = host.run(this.#page.id, model, toy, parameters, onEvent, others);
    this.#tell = request.tell;
    const timer = setInterval(redraw, TICK);
    announce(`${this.#page.title} runs.`);
    const ended = request.result
      .then(
        (value) => {
          this.#finish(run, value);
        },
        (error: unknown) => {
          this.#failed(run, failureOf(error));
        },
      )
      .finally(() => {
        clearInterval(timer);
        this.running = null;
        this.live = null;
        this.#growing = null;
        this.#tell = undefined;
        changed();
      });
    return { ended, cancel: request.cancel };
  }

  /** Tells the run that goes on something. */
  tell(message: RunMessage): void {
    this.#tell?.(message);
  }

  #failed({ order, replays }: ExperimentRun, failure: Failure): void {
    const stopped = failure.code === 'stopped';
    this.trouble = { order, replays, failure: stopped ? null : failure };
    this.#context.announce(stopped ? 'Stopped.' : failure.sentence);
  }

  #finish(run: ExperimentRun, value: unknown): void {
    const result = this.#page.read(value);
    if (!result) {
      this.#failed(run, UNREADABLE);
      return;
    }
    this.#showTokens(run.order, result);
    const { order, replays } = run;
    if (result.stopped) this.trouble = { order, replays, failure: null };
    if (replays !== null && replays === this.shown) {
      if (!result.stopped) this.verdict = verdictOf(this.shown.result, result);
      this.#context.announce(this.verdict?.sentence ?? 'Stopped.');
      return;
    }
    this.shown = { order, result, savedId: null, conclusion: this.shown?.conclusion ?? '' };
    if (result.stopped) this.#context.announce('Stopped.');
    else {
      const answer = this.#page.report.summary(result)[0] ?? '';
      this.#context.announce(`Done in ${duration(result.milliseconds)}. ${answer}`);
    }
  }

  /** The page's header shows the prompt as the run read it. */
  #showTokens({ model, toy, parameters }: Order, { provenance }: Result): void {
    const { session } = this.#context;
    const { source } = session;
    if (source?.text !== parameters.prompt) return;
    const { promptIds: ids, promptTruncated: truncated, promptNotes: notes } = provenance;
    session.tokens = { source, model, toy, ids, truncated, notes };
    void session.load(model).then(this.#context.redraw, () => undefined);
  }

  // Results.

  set conclusion(text: string) {
    if (!this.shown) return;
    this.shown.conclusion = text;
    this.shown.savedId = null;
    this.#context.changed();
  }

  /** The values in which the shown result and the earlier one differ. */
  comparison(): readonly ReportTable[] {
    if (!this.shown || !this.earlier) return [];
    const { tables } = this.#page.report;
    return compareTables(tables(this.shown.result), tables(this.earlier.result));
  }

  /** Writes a file that the person chooses. */
  async export(name: string, content: string): Promise<void> {
    await this.#attempt(async () => {
      await this.#context.host.export(name, content);
      this.#say('Exported.');
    });
  }

  /** Keeps the shown result in the workspace's history. */
  async save(): Promise<void> {
    const outcome = this.shown;
    if (!outcome) return;
    await this.#attempt(async () => {
      const { id, title } = this.#page;
      outcome.savedId = await this.#context.host.save(entryOf(id, title, outcome));
      if (this.history) await this.#loadHistory();
      this.#say('Saved to the history.');
    });
  }

  /** Shows or hides the saved results. */
  async toggleHistory(): Promise<void> {
    if (this.history) {
      this.history = null;
      this.#context.redraw();
    } else await this.#attempt(() => this.#loadHistory());
  }

  async #loadHistory(): Promise<void> {
    const lines = await this.#context.host.history();
    this.history = lines.filter(({ experiment }) => experiment === this.#page.id);
  }

  async reopen(id: string): Promise<void> {
    await this.#attempt(async () => {
      this.open({ id, entry: await this.#context.host.reopen(id) });
    });
  }

  /** Compares the shown result with a saved one, or with none. */
  async compareWith(id: string | null): Promise<void> {
    if (id === null) {
      this.earlier = null;
      this.#context.redraw();
      return;
    }
    await this.#attempt(async () => {
      this.compare({ id, entry: await this.#context.host.reopen(id) });
    });
  }

  /** Has the next result compared with the shown one, or takes that back. */
  keepToCompare(): void {
    this.earlier = this.earlier === this.shown ? null : this.shown;
    this.#context.announce(
      this.earlier ? 'The next result will be compared with this one.' : 'Not compared.',
    );
    this.#context.redraw();
  }

  /** Compares the shown result with a saved one. */
  compare({ id, entry }: Saved): void {
    const earlier = outcomeOf(entry, id, this.#page.read);
    if (earlier) this.earlier = earlier;
    else this.notice = UNREADABLE;
    this.#context.redraw();
  }

  /** Shows a saved result, with its model, prompt and controls; false where this version cannot read it. */
  open({ id, entry }: Saved): boolean {
    const outcome = outcomeOf(entry, id, this.#page.read);
    if (!outcome) {
      this.notice = UNREADABLE;
      this.#context.redraw();
      return false;
    }
    const { session, chooseModel } = this.#context;
    const { model, toy, parameters } = outcome.order;
    this.shown = outcome;
    this.#growthShown = false;
    this.earlier = null;
    this.verdict = null;
    this.trouble = null;
    this.notice = null;
    if (toy) session.toyDraft = draftOf(toy);
    if (session.models.some((choice) => choice.id === model)) chooseModel(model);
    this.fill(parameters);
    this.#showTokens(outcome.order, outcome.result);
    this.#context.changed();
    return true;
  }

  /** Fills the controls, and the prompt, from parameters; what is left out of them stays. */
  fill(parameters: unknown): void {
    const { session } = this.#context;
    if (typeof parameters === 'object' && parameters !== null && 'prompt' in parameters) {
      const { prompt } = parameters;
      if (typeof prompt === 'string' && prompt !== session.source?.text) session.typePrompt(prompt);
    }
    this.form.fill(this.#page.values(parameters));
    this.#context.changed();
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
    this.#context.changed();
  }

  #say(sentence: string): void {
    this.feedback = sentence;
    this.#context.announce(sentence);
    setTimeout(() => {
      if (this.feedback === sentence) this.feedback = '';
      this.#context.redraw();
    }, FEEDBACK);
  }

  // Memory.

  packed(): unknown {
    return packMemory({ values: this.form.values, drawerOpen: this.drawerOpen, outcome: this.shown });
  }

  unpack(saved: unknown): void {
    const memory = unpackMemory(saved, this.#page.read);
    if (!memory) return;
    this.form.fill(memory.values);
    this.drawerOpen = memory.drawerOpen;
    this.shown = memory.outcome;
    const { session } = this.#context;
    const { source, tokens } = session;
    if (!memory.outcome || !source || (tokens && samePrompt(tokens.source, source))) return;
    this.#showTokens(memory.outcome.order, memory.outcome.result);
  }
}
