/** Explore: the next-token distribution after the prompt, and sampled completions. */
import { html, nothing, type TemplateResult } from 'lit';
import { count, duration, rate } from '../../format/numbers';
import { completionText } from '../../format/tokenText';
import { branchParameters } from '../branches/form';
import type { ExploreRun } from './run';
import { ExploreState } from './state';
import { TOY } from '../../frame/session';
import { deedLine, deedsOf, inOrder, moveStep, shortStep } from '../../form/samplerSteps';
import { chainOf } from './settings';
import { completionsView } from './completionsView';
import { distributionView } from './distributionView';
import { emptyView } from './emptyView';
import { samplersView } from '../../form/samplersView';
import { settingsView } from '../../form/settingsPanel';
import { failureView, PATIENCE, progressView, stoppedView } from '../../frame/statusView';
import { barCard, stepCard } from './tokenCards';
import { toyTableView } from '../../form/toyTable';
import type { Tab, TabContext } from '../../frame/tab';
import { afterDraw } from '../../ui/afterDraw';

/** Milliseconds of silence after which the page says that something must be wrong. */
const LATE = 5000;

/** Tokens of the prompt that the distribution's heading repeats. */
const CONTEXT_TOKENS = 6;

/** For the room that a growing completion will need: characters per token, pixels per character, most lines. */
const TOKEN_CHARACTERS = 4.4;
const CHARACTER_WIDTH = 7;
const MOST_LINES = 8;

export function createExplore(context: TabContext): Tab {
  return new Explore(context);
}

class Explore implements Tab {
  readonly id = 'explore';
  readonly title = 'Explore';
  readonly #context: TabContext;
  readonly #explore: ExploreState;
  readonly #openedAt = performance.now();
  /** Lines kept free per completion, so that those below do not move while it grows. */
  #room: { run: ExploreRun; lines: number } | undefined;

  constructor(context: TabContext) {
    this.#context = context;
    this.#explore = new ExploreState(context);
    setTimeout(() => {
      this.#explore.changed();
    }, LATE);
    window.addEventListener('resize', () => {
      this.#room = undefined;
    });
  }

  get #state(): ExploreState {
    return this.#explore.read();
  }

  body(): TemplateResult {
    return html`<div class="explore" ?data-empty=${this.#state.distribution() === null}>
      ${this.#settings()}
      <div class="results">${this.#distribution()} ${this.#completions()}</div>
    </div>`;
  }

  #settings(): TemplateResult {
    const state = this.#state;
    return settingsView({
      form: state.form,
      state: state.queueState,
      drawerOpen: state.drawerOpen,
      toy: this.#context.session.isToy ? this.#toy() : nothing,
      onType: (name, text) => {
        state.type(name, text);
      },
      samplers: this.#samplers(),
      onGreedy: (greedy) => {
        state.setGreedy(greedy);
      },
      onDice: () => {
        state.rollSeed();
      },
      onGenerate: () => {
        this.run();
      },
      onStop: () => {
        state.stop();
      },
      onDrawer: () => {
        state.drawerOpen = !state.drawerOpen;
        state.changed();
      },
    });
  }

  #samplers(): TemplateResult {
    const state = this.#state;
    const { announce } = this.#context;
    const { steps } = state.form.settings;
    return samplersView({
      form: state.form,
      deeds: this.#deeds(),
      keptInOrder: state.keptInOrder(),
      problem: state.chainProblem,
      menuOpen: state.menuOpen,
      opened: state.opened,
      onType: (name, text) => {
        state.type(name, text);
      },
      onSlide: (name, value) => {
        state.set(name, value);
      },
      onSteps: (chosen) => {
        state.setSteps(chosen);
      },
      onOrder: (order) => {
        state.setSteps(inOrder(steps, order));
        announce(`${order.name}: ${state.form.settings.steps.map(shortStep).join(', ')}.`);
      },
      onAdd: (sampler) => {
        state.addStep(sampler);
        this.#focusStep(state.form.settings.steps.at(-1)?.key, 'input');
      },
      onMove: (key, by) => {
        state.setSteps(moveStep(steps, key, by));
        const place = state.form.settings.steps.findIndex((step) => step.key === key);
        announce(`${key} is step ${place + 1} of ${steps.length}.`);
        const [same, other] = by < 0 ? ['up', 'down'] : ['down', 'up'];
        this.#focusStep(key, `[data-testid="move-${same}"]:enabled`, `[data-testid="move-${other}"]:enabled`);
      },
      onMenu: (open) => {
        state.menuOpen = open;
        state.changed();
      },
      onOptions: (key) => {
        if (!state.opened.delete(key)) state.opened.add(key);
        state.changed();
      },
    });
  }

  /** Focuses the first part that a step has, once it has been drawn. */
  #focusStep(key: string | undefined, ...parts: readonly string[]): void {
    afterDraw(() => {
      const step = document.querySelector(`[data-step="${key}"]`);
      const found = parts.map((part) => step?.querySelector<HTMLElement>(part)).find(Boolean);
      found?.focus();
    });
  }

  #deeds(): readonly string[] {
    const summary = this.#state.distribution();
    if (summary === null || typeof summary === 'string') return [];
    return deedsOf(this.#state.form.settings.steps, summary.steps);
  }

  #toy(): TemplateResult {
    const { session } = this.#context;
    const read = session.readToy();
    return toyTableView({
      draft: session.toyDraft,
      problem: 'sentence' in read ? read : null,
      onChange: (draft) => {
        session.toyDraft = draft;
      },
    });
  }

  message(): TemplateResult | typeof nothing {
    const { trouble, notice, shown } = this.#state;
    const onDismiss = (): void => {
      this.#state.dismiss();
    };
    const onRetry = (): void => {
      this.run();
    };
    if (notice) return failureView({ failure: notice, below: 'nothing', onDismiss });
    if (!trouble) return nothing;
    const below = shown === trouble ? 'part' : shown ? 'earlier' : 'nothing';
    if (trouble.state === 'stopped') return stoppedView({ below, onRetry, onDismiss });
    return trouble.failure ? failureView({ failure: trouble.failure, below, onRetry, onDismiss }) : nothing;
  }

  #distribution(): TemplateResult | typeof nothing {
    const state = this.#state;
    const summary = state.distribution();
    const model = state.distributionModel;
    if (summary === null || !model) return this.#emptyOrWaiting();
    if (typeof summary === 'string') return html`<p class="empty">${summary}</p>`;
    const { steps } = state.form.settings;
    return distributionView({
      summary,
      model,
      after: this.#lastWords(),
      greedy: state.form.settings.greedy,
      report: this.#deeds().map((deed, index) => deedLine(steps[index]!, deed)),
      onRows: (rows) => {
        state.rows = rows;
        state.changed();
      },
    });
  }

  #emptyOrWaiting(): TemplateResult | typeof nothing {
    const { session, editPrompt, chooseModel } = this.#context;
    if (this.#state.running) {
      return this.#state.elapsed < PATIENCE ? nothing : html`<p class="empty quiet">${this.#doing()}…</p>`;
    }
    return emptyView({
      welcomed: session.welcomed,
      late: performance.now() - this.#openedAt >= LATE,
      hasModel: session.models.some(({ kind }) => kind !== 'toy'),
      onEdit: editPrompt,
      onToy: () => {
        chooseModel(TOY);
      },
    });
  }

  /** What the distribution comes after: the last words of the prompt that it was computed for. */
  #lastWords(): string {
    if (this.#context.session.isToy) return 'whatever the prompt';
    const { shown, distributionModel } = this.#state;
    const ids = shown?.prompt?.ids;
    if (!ids || !distributionModel) return '';
    const last = Array.from(ids.slice(-CONTEXT_TOKENS));
    const words = completionText(distributionModel.vocabulary, last)
      .replace(/^\uFFFD+|\s+/gu, ' ')
      .trim();
    return `after “${ids.length > last.length ? '…' : ''}${words}”`;
  }

  #completions(): TemplateResult | typeof nothing {
    const state = this.#state;
    const { shown: run } = state;
    const model = run && this.#context.session.loadedOf(run.order.model, run.order.toy);
    if (!run || !model) return nothing;
    return completionsView({
      run,
      model,
      unit: state.unit,
      blocked: state.blocked(),
      feedback: state.feedback,
      stale: state.stale(),
      reserved: this.#reserved(run),
      onUnit: (unit) => {
        state.unit = unit;
        state.changed();
      },
      onAction: (sample, action) => void state.act(sample, action),
      onBranch: this.#canBranch(run)
        ? (sample, index) => {
            const step = run.completions[sample]?.steps[index];
            if (step) this.#branch(run, sample, index, step.id);
          }
        : null,
      onContinue: (sample) => {
        const added = run.completions[sample]?.steps.length ?? 0;
        this.#context.changePrompt(
          run.order.source.text + (state.textOf(sample) ?? ''),
          `the prompt and ${count(added, 'token')} of completion ${sample + 1}`,
        );
      },
    });
  }

  #reserved(run: ExploreRun): number {
    if (this.#room?.run !== run) {
      const width = document.querySelector('.completions')?.clientWidth ?? 0;
      const growing = run.state === 'running' && width > 0;
      const length = run.order.parameters.maxNewTokens * TOKEN_CHARACTERS * CHARACTER_WIDTH;
      const lines = growing ? Math.min(MOST_LINES, Math.ceil(length / width)) : 1;
      // Before the first drawing there is no width to measure.
      if (width === 0) return 1;
      this.#room = { run, lines };
    }
    return this.#room.lines;
  }

  status(): TemplateResult | typeof nothing {
    if (this.#state.elapsed < PATIENCE) return nothing;
    return progressView(this.#state.progress(), this.#doing());
  }

  #doing(): string {
    const { session } = this.#context;
    if (this.#state.queueState === 'stopping') return 'Stopping';
    const name = session.choice?.name ?? session.model;
    if (session.engine === 'starting' || !session.loaded) return `Loading ${name}`;
    return this.#state.running?.hasAnswer ? 'Drawing tokens' : 'Reading the prompt';
  }

  footer(): TemplateResult | typeof nothing {
    const run = this.#state.shown;
    const result = run?.result;
    if (!run || !result) return nothing;
    const { newTokens, milliseconds, provenance } = result;
    const { greedy, samples } = run.order.parameters;
    const name =
      this.#context.session.models.find(({ id }) => id === run.order.model)?.name ?? run.order.model;
    const speed = newTokens > 0 ? `, ${rate(newTokens / (milliseconds / 1000))}` : '';
    const drawn = greedy ? 'greedy' : `seed ${provenance.seed}`;
    return html`${count(samples, 'sample')}, ${count(newTokens, 'token')} in
    ${duration(milliseconds)}${speed}, ${drawn}, ${name}
    ${provenance.precision}${run.state === 'stopped' ? ', stopped' : ''}`;
  }

  card(kind: string, rest: readonly string[]): TemplateResult | null {
    const state = this.#state;
    if (kind === 'bar') {
      const summary = state.distribution();
      const model = state.distributionModel;
      if (summary === null || typeof summary === 'string' || !model) return null;
      return barCard(summary, model, chainOf(state.form.settings), Number(rest[0]));
    }
    if (kind !== 'step') return null;
    const run = state.shown;
    const step = run?.completions[Number(rest[0])]?.steps[Number(rest[1])];
    const model = run && this.#context.session.loadedOf(run.order.model, run.order.toy);
    if (!step || !model) return null;
    return stepCard(step, model, {
      unit: state.unit,
      greedy: run.order.parameters.greedy,
      onBranch: this.#canBranch(run)
        ? (id) => {
            this.#branch(run, Number(rest[0]), Number(rest[1]), id);
          }
        : null,
    });
  }

  #canBranch(run: ExploreRun): boolean {
    return run.order.model === this.#context.session.model && run.state !== 'running';
  }

  /** Opens the tree of continuations with a completion in it, at one of its tokens or with another in its place. */
  #branch(run: ExploreRun, sample: number, index: number, id: number): void {
    const ids = run.completions[sample]?.steps.map((step) => step.id) ?? [];
    this.#context.openTab('branches', branchParameters(run.order.source.text, ids, index, id), true);
  }

  run(): void {
    const wrong = this.#state.generate();
    if (!wrong) return;
    this.#context.announce(wrong.sentence);
    if (!this.#state.drawerOpen) {
      this.#state.drawerOpen = true;
      this.#state.changed();
    }
    afterDraw(() => {
      document.querySelector<HTMLElement>('.settings [aria-invalid="true"]')?.focus();
    });
  }

  stop(): boolean {
    return this.#state.stop();
  }

  promptChanged(run: boolean): void {
    if (run) this.run();
  }

  modelChanged(): void {
    if (this.#context.session.source) this.run();
  }

  modelLoaded(): void {
    this.#state.checkLimits();
  }

  failed(error: unknown): void {
    this.#state.fail(error);
  }

  save(): () => unknown {
    return this.#state.save();
  }

  restore(saved: unknown): void {
    this.#state.restore(saved);
  }
}
