/** What Explore has on screen: the latest run that had something to draw, filled by its events, or a saved result. */
import { signal } from '@preact/signals-core';
import * as v from 'valibot';
import { exploreEventSchema, type ExploreResult } from '../../../src/experiments/explore/result';
import { t } from '../../../src/l10n/language';
import type { LiveRun } from '../../frame/live';
import type { Order, Outcome } from '../../frame/record';
import { samePrompt } from '../../frame/session';
import type { TabContext } from '../../frame/tab';
import { orderIn } from './order';
import { progressView } from './progressView';
import { ExploreRun } from './run';
import type { OnScreen } from './nextToken';

/** A run that had something to draw, and what it was asked. */
export interface LatestRun {
  readonly order: Order;
  readonly run: ExploreRun;
}

export class Screen {
  readonly #context: TabContext;
  readonly #failed: (error: unknown) => void;
  readonly #now: () => number;
  readonly #latest = signal<LatestRun | null>(null);
  /** The latest one that is over: what is kept over a reload. */
  readonly #kept = signal<LatestRun | null>(null);
  /** The run that goes on, which may have nothing to draw yet. */
  readonly #going = signal<ExploreRun | null>(null);
  #saved: { readonly result: ExploreResult; readonly run: ExploreRun | null } | undefined;

  /**
   * @param failed is told why a model's vocabulary could not be had
   * @param now milliseconds of a steady clock
   */
  constructor(context: TabContext, failed: (error: unknown) => void, now: () => number) {
    this.#context = context;
    this.#failed = failed;
    this.#now = now;
  }

  /** null where a saved result has come in its place. */
  get latest(): LatestRun | null {
    return this.#latest.value;
  }

  get kept(): LatestRun | null {
    return this.#kept.value;
  }

  get going(): ExploreRun | null {
    return this.#going.value;
  }

  /** What is to be drawn, of the last result or of what came since. */
  of(outcome: Outcome<ExploreResult> | null): OnScreen {
    const { latest } = this;
    if (latest) return { run: latest.run, saved: this.#named(latest, outcome) };
    if (!outcome) return { run: null, saved: null };
    if (this.#saved?.result !== outcome.result) {
      const order = orderIn(outcome.order);
      this.#saved = { result: outcome.result, run: order && ExploreRun.of(order, outcome.result) };
    }
    return { run: this.#saved.run, saved: outcome.result };
  }

  /** What names the tokens of a run whose model cannot be had any more. */
  #named({ order, run }: LatestRun, outcome: Outcome<ExploreResult> | null): ExploreResult | null {
    const { session } = this.#context;
    const isNamed = run.state !== 'running' && outcome?.order === order && session.isGone(order.model);
    return isNamed ? outcome.result : null;
  }

  /** Shows a run that an earlier page has had. */
  restore(latest: LatestRun | null): void {
    this.#latest.value = latest;
    this.#kept.value = latest;
    const { session } = this.#context;
    const { source, prompt, order } = latest?.run ?? {};
    if (!session.source || !source || !prompt || !order || !samePrompt(session.source, source)) return;
    session.takeTokens({ source: session.source, model: order.model, toy: order.toy, ...prompt });
  }

  /** Leaves the screen to the result that comes on it. */
  forget(): void {
    this.#latest.value = null;
    this.#kept.value = null;
  }

  /** A run begins. @param isReplay what it is to repeat stays on screen */
  begin(order: Order, isReplay: boolean): LiveRun<ExploreResult> {
    const { session, host } = this.#context;
    const own = orderIn(order);
    const source = session.source?.text === order.parameters.prompt ? session.source : null;
    if (!own) return { take: () => undefined };
    const run = new ExploreRun(own, source);
    this.#going.value = run;
    let unloaded: unknown;
    session.load(order.model).then(
      () => {
        run.endOfText = session.loadedOf(order.model, order.toy)?.info.endOfText ?? [];
      },
      (error: unknown) => {
        unloaded = error;
        if (run.state !== 'running') told();
      },
    );
    // A run that fails for the same reason says it itself.
    const told = (): void => {
      if (unloaded !== undefined && !run.failure) this.#failed(unloaded);
    };
    const end = (): void => {
      if (this.#going.peek() === run) this.#going.value = null;
      if (this.#latest.peek()?.run === run) this.#kept.value = this.#latest.peek();
      told();
    };
    return {
      take: (event) => {
        if (!this.#take(run, event)) {
          host.log('An event of explore had an unknown shape and was left out.');
        } else if (run.logits && !isReplay && this.#latest.peek()?.run !== run) {
          this.#latest.value = { order, run };
        }
      },
      status: () => progressView(run.progress(this.#now()), this.doing()),
      finish: (result) => {
        run.finish(result);
        end();
      },
      fail: (failure) => {
        run.fail(failure);
        end();
      },
    };
  }

  /** False for an event of an unknown shape. */
  #take(run: ExploreRun, value: unknown): boolean {
    const parsed = v.safeParse(exploreEventSchema, value);
    if (!parsed.success) return false;
    run.receive(parsed.output, this.#now());
    const { source, order, prompt } = run;
    if (parsed.output.type === 'prompt' && source && prompt) {
      this.#context.session.takeTokens({ source, model: order.model, toy: order.toy, ...prompt });
    }
    return true;
  }

  /** What the run that goes on is about, in words. */
  doing(): string {
    const { session } = this.#context;
    const name = session.choice?.name ?? session.model;
    if (session.engine === 'starting' || !session.loaded) return t('Loading {0}', name);
    return this.going?.logits ? t('Drawing tokens') : t('Reading the prompt');
  }
}
