/** Everything Explore knows and does, apart from drawing it. */
import { signal } from '@preact/signals-core';
import type { SamplerName } from '../../../src/core/samplers/chain';
import type { ExploreParameters } from '../../../src/experiments/explore/parameters';
import type { Failure, Toy } from '../../../src/protocol/messages';
import { count, duration } from '../../format/numbers';
import { completionText } from '../../format/tokenText';
import { failureOf } from '../../frame/failures';
import type { LoadedModel } from '../../host';
import type { TabContext } from '../../frame/tab';
import { ToyModel } from '../../../src/core/toyModel';
import { Distribution, ROWS, type DistributionSummary, type PromptContext } from './distribution';
import { readExploreEvent, readExploreResult, type ShownResult } from './events';
import { packExplore, unpackExplore, type ExploreMemory } from './memory';
import { ExploreRun, type ExploreOrder } from './run';
import { RunQueue, type RunHandle } from './runQueue';
import {
  addStep,
  chainOfSteps,
  inOrder,
  ORDERS,
  type SamplerStep,
  type StepValue,
} from '../../form/samplerSteps';
import { samePrompt, TOY } from '../../frame/session';
import {
  chainOf,
  checkAgain,
  DEFAULT_SETTINGS,
  editSetting,
  firstError,
  MAX_SEED,
  setSetting,
  type Limits,
  withSteps,
  type FieldName,
  type SettingsForm,
} from './settings';

/** What can be done with a completion's text. */
export type TextAction = 'after' | 'replace' | 'copy';

const DONE = { after: 'Inserted', replace: 'Replaced', copy: 'Copied' } as const;

/** Milliseconds for which "Copied" stands beside a completion. */
const FEEDBACK = 2500;

/** Milliseconds between redraws of the progress while nothing else happens. */
const TICK = 100;

export class ExploreState {
  form: SettingsForm = { settings: DEFAULT_SETTINGS, texts: {}, errors: {} };
  rows = ROWS;
  unit: ExploreMemory['unit'] = 'nats';
  drawerOpen = false;
  /** Whether the menu of samplers is open, and of which steps the optional parameters are shown. */
  menuOpen = false;
  readonly opened = new Set<string>();
  /** The run that has not ended yet. */
  running: ExploreRun | null = null;
  /** The run on screen: the latest that had something to draw. */
  shown: ExploreRun | null = null;
  /** The latest run where it failed or was stopped, until another one starts. */
  trouble: ExploreRun | null = null;
  /** Why something other than a run did not work. */
  notice: Failure | null = null;
  feedback: { readonly sample: number; readonly sentence: string } | null = null;
  readonly #context: TabContext;
  readonly #now: () => number;
  readonly #queue: RunQueue<ExploreOrder>;
  /** Another object after every change. */
  readonly #latest = signal({ state: this });
  /** The latest run that is over and can be shown: what survives a reload. */
  #kept: ExploreRun | null = null;
  /** Why the chain does not fit the model; the distribution on screen is then the last good one. */
  chainProblem: string | null = null;
  #distribution:
    | {
        readonly logits: ArrayLike<number>;
        readonly value: Distribution;
        /** The same, for other orders of the chain. */
        readonly compared: Distribution;
      }
    | undefined;
  #orders:
    | { readonly of: Distribution; readonly key: string; readonly value: Readonly<Record<string, number>> }
    | undefined;
  #summary:
    { readonly key: string; readonly of: Distribution; readonly value: DistributionSummary } | undefined;
  #toyLogits: { readonly toy: Toy; readonly logits: Float32Array } | undefined;

  /** @param now milliseconds of a steady clock */
  constructor(context: TabContext, now: () => number = () => performance.now()) {
    this.#context = context;
    this.#now = now;
    this.#queue = new RunQueue(
      (order) => this.#start(order),
      () => {
        this.changed();
      },
    );
  }

  /** Whatever is read of it is followed. */
  read(): this {
    return this.#latest.value.state;
  }

  changed(): void {
    this.#latest.value = { state: this };
  }

  get queueState(): RunQueue<ExploreOrder>['state'] {
    return this.#queue.state;
  }

  /** Milliseconds since the current run began; 0 without one. */
  get elapsed(): number {
    return this.running ? this.#now() - this.running.startedAt : 0;
  }

  progress(): ReturnType<ExploreRun['progress']> | null {
    return this.running?.progress(this.#now()) ?? null;
  }

  // The controls.

  type(name: FieldName, text: string): void {
    this.form = editSetting(this.form, name, text, this.#limits());
    this.changed();
  }

  set(name: FieldName, value: StepValue): void {
    this.form = setSetting(this.form, name, value);
    this.changed();
  }

  setSteps(steps: readonly SamplerStep[]): void {
    this.form = checkAgain(withSteps(this.form, steps), this.#limits());
    this.changed();
  }

  addStep(sampler: SamplerName): void {
    this.menuOpen = false;
    const endOfText = this.#context.session.loaded?.info.endOfText ?? [];
    this.setSteps(addStep(this.form.settings.steps, sampler, endOfText));
  }

  setGreedy(greedy: boolean): void {
    this.form = { ...this.form, settings: { ...this.form.settings, greedy } };
    this.changed();
  }

  rollSeed(): void {
    this.set('seed', Math.floor(Math.random() * (MAX_SEED + 1)));
  }

  /** Reads the fields again, because another model has other limits. */
  checkLimits(): void {
    this.form = checkAgain(this.form, this.#limits());
    this.changed();
  }

  #limits(): Limits {
    const info = this.#context.session.loaded?.info;
    return { contextLength: info?.contextLength ?? null, vocabularySize: info?.vocabularySize ?? null };
  }

  // Runs.

  /**
   * Runs with what the controls say now; a run that is still going is stopped first.
   * @returns what keeps it from running, or null.
   */
  generate(): { readonly field: FieldName | 'toy'; readonly sentence: string } | null {
    const { session } = this.#context;
    const wrong = firstError(this.form);
    if (wrong) return { field: wrong.name, sentence: wrong.sentence };
    let toy: Toy | undefined;
    if (session.isToy) {
      const read = session.readToy();
      if (!('toy' in read)) return { field: 'toy', sentence: read.sentence };
      toy = read.toy;
    }
    if (!session.source) session.typePrompt('');
    const source = session.source!;
    this.#queue.submit({
      model: session.model,
      toy,
      source,
      parameters: this.#parameters(source.text),
    });
    return null;
  }

  /** False when nothing runs. */
  stop(): boolean {
    if (this.#queue.state === 'idle') return false;
    this.#queue.stop();
    return true;
  }

  /** Shows why something outside of a run did not work; a run that fails says it itself. */
  fail(error: unknown): void {
    if (!this.running) this.notice = failureOf(error);
    this.changed();
  }

  dismiss(): void {
    this.trouble = null;
    this.notice = null;
    this.changed();
  }

  #parameters(prompt: string): ExploreParameters {
    const { greedy, seed, samples, maxNewTokens } = this.form.settings;
    return { prompt, chain: chainOf(this.form.settings), greedy, seed, samples, maxNewTokens };
  }

  #start(order: ExploreOrder): RunHandle {
    const { host, session, announce } = this.#context;
    const run = new ExploreRun(order, this.#now());
    this.running = run;
    this.trouble = null;
    this.notice = null;
    const loading = session.load(order.model).then(() => {
      run.endOfText = session.loadedOf(order.model, order.toy)?.info.endOfText ?? [];
    });
    const request = host.run('explore', order.model, order.toy, order.parameters, (value) => {
      this.#receive(run, value);
    });
    const timer = setInterval(() => {
      this.changed();
    }, TICK);
    announce('Generating.');
    const ended = this.#close(run, request.result, loading).finally(() => {
      clearInterval(timer);
      if (this.running === run) this.running = null;
      this.changed();
    });
    return { ended, cancel: request.cancel };
  }

  #receive(run: ExploreRun, value: unknown): void {
    const event = readExploreEvent(value);
    if (!event) {
      this.#context.host.log('An event of explore had an unknown shape and was left out.');
      return;
    }
    run.receive(event, this.#now());
    if (event.type === 'prompt') {
      const { source, model, toy } = run.order;
      this.#context.session.tokens = { source, model, toy, ...event.prompt };
    } else if (event.type === 'next') this.shown = run;
    this.changed();
  }

  /** Waits for a run's end and records it; never rejects. */
  async #close(run: ExploreRun, answer: Promise<unknown>, loading: Promise<void>): Promise<void> {
    const [result, loaded] = await Promise.allSettled([answer, loading]);
    const read = result.status === 'fulfilled' ? readExploreResult(result.value) : null;
    if (read) run.finish(read);
    else run.fail(result.status === 'rejected' ? failureOf(result.reason) : UNREADABLE);
    if (loaded.status === 'rejected' && !run.failure) run.fail(failureOf(loaded.reason));
    else if (loaded.status === 'fulfilled') this.checkLimits();
    if (run.state !== 'done') this.trouble = run;
    if (run.hasAnswer) this.#kept = run;
    this.#context.announce(ending(run, read));
  }

  // The distribution.

  /** The model whose tokens the distribution is over. */
  get distributionModel(): LoadedModel | undefined {
    const { session } = this.#context;
    if (session.isToy) return session.lastToyModel;
    return this.shown ? session.loadedOf(this.shown.order.model, this.shown.order.toy) : undefined;
  }

  /** The distribution through the chain of the controls; a sentence where the logits are none. */
  distribution(): DistributionSummary | string | null {
    const logits = this.#logits();
    this.chainProblem = null;
    if (!logits) return null;
    let of: Distribution;
    try {
      of = this.#distributionOf(logits);
    } catch (error) {
      return sentenceOf(error);
    }
    const chain = chainOf(this.form.settings);
    const context = this.#promptContext();
    const key = JSON.stringify([chain, this.rows, context.seed, Array.from(context.tokens)]);
    if (this.#summary?.of === of && this.#summary.key === key) return this.#summary.value;
    try {
      this.#summary = { of, key, value: of.through(chain, this.rows, context) };
    } catch (error) {
      this.chainProblem = sentenceOf(error);
      return this.#summary?.of === of ? this.#summary.value : this.chainProblem;
    }
    return this.#summary.value;
  }

  #distributionOf(logits: Float32Array): Distribution {
    if (this.#distribution?.logits !== logits) {
      const value = new Distribution(logits);
      this.#distribution = { logits, value, compared: new Distribution(logits) };
    }
    return this.#distribution.value;
  }

  /** How many tokens the chain would keep in each program's order, by the order's name. */
  keptInOrder(): Readonly<Record<string, number>> {
    const logits = this.#logits();
    const { steps } = this.form.settings;
    if (!logits || steps.length < 2) return {};
    try {
      this.#distributionOf(logits);
      const context = this.#promptContext();
      const chains = ORDERS.map((order) => chainOfSteps(inOrder(steps, order)));
      const key = JSON.stringify([chains, context.seed, Array.from(context.tokens)]);
      const { compared } = this.#distribution!;
      if (this.#orders?.of !== compared || this.#orders.key !== key) {
        const counts = ORDERS.map(({ name }, i) => [name, compared.kept(chains[i]!, context)] as const);
        this.#orders = { of: compared, key, value: Object.fromEntries(counts) };
      }
      return this.#orders.value;
    } catch (error) {
      sentenceOf(error);
      return {};
    }
  }

  /** What samplers that look back see: the prompt that the distribution comes after. */
  #promptContext(): PromptContext {
    const { session } = this.#context;
    const { seed } = this.form.settings;
    if (!session.isToy) return { tokens: this.shown?.prompt?.ids ?? [], seed };
    const toy = session.lastToy;
    return { tokens: toy ? new ToyModel(toy).encode(session.source?.text ?? '') : [], seed };
  }

  /** The toy's logits need no run: they follow its table while it is edited. */
  #logits(): Float32Array | undefined {
    const { session } = this.#context;
    if (!session.isToy) return this.shown?.order.model === TOY ? undefined : this.shown?.logits;
    const toy = session.lastToy;
    if (!toy) return undefined;
    if (this.#toyLogits?.toy !== toy) this.#toyLogits = { toy, logits: Float32Array.from(toy.logits) };
    return this.#toyLogits.logits;
  }

  // The completions.

  /** Why an action on the shown completions is not possible now. */
  blocked(): Partial<Record<TextAction, string>> {
    const source = this.shown?.order.source;
    if (!source || source.kind === 'typed') {
      const why = 'This prompt was typed in the panel, so it has no place in a document. Copy instead.';
      return { after: why, replace: why };
    }
    const { sourceInDocument } = this.#context.session;
    if (!sourceInDocument || !samePrompt(source, sourceInDocument)) {
      const why = 'The prompt in the document is another one by now. Explore it again, or copy.';
      return { after: why, replace: why };
    }
    if (source.kind === 'selection') return {};
    return { replace: 'Nothing was selected, so there is nothing to replace. Insert instead.' };
  }

  /** A sentence when the completions on screen were made with something else than what the controls say. */
  stale(): string | null {
    const run = this.shown;
    if (!run || run === this.running) return null;
    const { session } = this.#context;
    const { model, toy, source, parameters } = run.order;
    if (!session.source || source.text !== session.source.text) return `Drawn after another prompt; ${AGAIN}`;
    const otherToy = toy !== undefined && JSON.stringify(toy) !== JSON.stringify(session.lastToy);
    if (model !== session.model || otherToy) return `Drawn from another model; ${AGAIN}`;
    const now = this.#parameters(source.text);
    return JSON.stringify(parameters) === JSON.stringify(now) ? null : `Drawn with other settings; ${AGAIN}`;
  }

  /** Puts a completion into the document or on the clipboard. */
  async act(sample: number, action: TextAction): Promise<void> {
    const { host, announce } = this.#context;
    const text = this.textOf(sample);
    if (text === null) return;
    try {
      await (action === 'copy' ? host.copy(text) : host.insert(text, action));
      this.notice = null;
      this.feedback = { sample, sentence: DONE[action] };
      announce(`${DONE[action]}: completion ${sample + 1}.`);
      setTimeout(() => {
        this.feedback = null;
        this.changed();
      }, FEEDBACK);
    } catch (error) {
      this.notice = failureOf(error);
    }
    this.changed();
  }

  /** A completion's text, without the end of text; null where there is none. */
  textOf(sample: number): string | null {
    const run = this.shown;
    const finished = run?.result?.completions[sample];
    if (finished) return finished.text;
    const steps = run?.completions[sample]?.steps;
    const model = run && this.#context.session.loadedOf(run.order.model, run.order.toy);
    if (!steps || !model) return null;
    const ids = steps.map(({ id }) => id).filter((id) => !run.endOfText.includes(id));
    return completionText(model.vocabulary, ids);
  }

  // Memory.

  save(): () => unknown {
    const { rows, unit, drawerOpen } = this;
    const memory = { settings: this.form.settings, rows, unit, drawerOpen, run: this.#kept };
    return () => packExplore(memory);
  }

  restore(saved: unknown): void {
    const memory = unpackExplore(saved);
    if (!memory) return;
    this.form = { settings: memory.settings, texts: {}, errors: {} };
    this.rows = memory.rows;
    this.unit = memory.unit;
    this.drawerOpen = memory.drawerOpen;
    const { run } = memory;
    if (!run?.prompt) return;
    this.shown = run;
    this.#kept = run;
    const { session } = this.#context;
    const { model, toy, source } = run.order;
    if (session.source && samePrompt(session.source, source)) {
      session.tokens = { source: session.source, model, toy, ...run.prompt };
    }
  }
}

const AGAIN = 'Generate draws again.';

const UNREADABLE: Failure = {
  code: 'protocol',
  sentence: 'The result has a shape that this page does not know. Close the panel and open it again.',
};

/** The sentence of bad input; anything else is thrown on. */
function sentenceOf(error: unknown): string {
  if (error instanceof RangeError) return error.message;
  throw error;
}

/** A run's end in a sentence for screen readers. */
function ending(run: ExploreRun, result: ShownResult | null): string {
  if (run.failure) return run.failure.sentence;
  const made = result
    ? `${count(result.completions.length, 'completion')}, ${count(result.newTokens, 'token')} in ${duration(result.milliseconds)}`
    : '';
  return `${run.state === 'stopped' ? 'Stopped' : 'Done'}: ${made}.`;
}
