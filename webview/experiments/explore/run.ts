/** One run of Explore as the page knows it: filled by events as they come, and closed by a result or a failure. */
import { signal } from '@preact/signals-core';
import type { ListedTokens } from '../../../src/core/languageModel';
import type { CompletionStep, ExploreEvent, ExploreResult } from '../../../src/experiments/explore/result';
import type { ExploreParameters } from '../../../src/experiments/explore/parameters';
import type { Completion } from '../../../src/experiments/kit/decodingLoop';
import type { TurnBack } from '../../../src/experiments/kit/turnBack';
import type { PromptTokens } from '../../../src/experiments/kit/prompt';
import type { Provenance } from '../../../src/experiments/kit/results';
import type { Failure, PromptSource, Toy } from '../../../src/protocol/messages';

/** Everything that was asked for, so that it can be asked for again. */
export interface ExploreOrder {
  readonly model: string;
  /** The toy's words and logits when it is the model. */
  readonly toy: Toy | undefined;
  readonly parameters: ExploreParameters;
}

export interface RunningCompletion {
  readonly steps: CompletionStep[];
  /** Why it ended; null while it grows. */
  end: Completion['end'] | null;
  /** The stop string that it ended at. */
  stop?: string | undefined;
  /** Where it went back, in order. */
  readonly turns: readonly TurnBack[];
}

/** A completion that is whole. */
export type WholeCompletion = Pick<Completion, 'end' | 'stop' | 'turns'> & {
  readonly steps: readonly CompletionStep[];
};

/** Of a result, what the page shows beside what the events already told it. */
export interface Finished {
  readonly completions: readonly Completion[];
  readonly stopped: boolean;
  readonly newTokens: number;
  readonly milliseconds: number;
  readonly provenance: Pick<Provenance, 'precision' | 'server' | 'drawnBy' | 'notDrawnThere'>;
}

export interface Progress {
  readonly done: number;
  /** Tokens that will have been made at most; falls when a completion ends early. */
  readonly expected: number;
  /** Tokens per second since the first one; null before there is anything to measure. */
  readonly rate: number | null;
  /** Milliseconds that the rest takes at this rate. */
  readonly left: number | null;
}

/** What a run has told beside its tokens. */
interface Told {
  readonly prompt?: PromptTokens;
  /** Raw logits of the token after the prompt. */
  readonly logits?: Float32Array;
  /** Where a server lists only some tokens of it. */
  readonly listed?: ListedTokens | undefined;
  readonly finished?: Finished;
  readonly failure?: Failure;
}

/** Whatever is read of a run is followed. */
export class ExploreRun {
  readonly order: ExploreOrder;
  /** Where its prompt stands; null where that is not known any more. */
  readonly source: PromptSource | null;
  readonly #told = signal<Told>({});
  /** The completions, in another list after every event: they grow where they are. */
  readonly #completions = signal<readonly RunningCompletion[]>([]);
  #endOfText: readonly number[] = [];
  #firstTokenAt: number | undefined;
  #firstTokens = 0;
  #done = 0;

  constructor(order: ExploreOrder, source: PromptSource | null) {
    this.order = order;
    this.source = source;
  }

  /** A saved result's run: without the logits, which are not saved. */
  static of(order: ExploreOrder, result: ExploreResult): ExploreRun {
    const run = new ExploreRun(order, null);
    const { promptIds, promptTruncated: truncated, promptNotes: notes } = result.provenance;
    run.receive({ type: 'prompt', prompt: { ids: Int32Array.from(promptIds), truncated, notes } }, 0);
    run.fill(result.completions);
    run.finish(result);
    return run;
  }

  get prompt(): PromptTokens | undefined {
    return this.#told.value.prompt;
  }

  /** Raw logits of the token after the prompt. */
  get logits(): Float32Array | undefined {
    return this.#told.value.logits;
  }

  /** What the logits know of themselves, where a server lists only some tokens. */
  get listed(): ListedTokens | undefined {
    return this.#told.value.listed;
  }

  get finished(): Finished | undefined {
    return this.#told.value.finished;
  }

  get failure(): Failure | undefined {
    return this.#told.value.failure;
  }

  get completions(): readonly RunningCompletion[] {
    return this.#completions.value;
  }

  get state(): 'running' | 'done' | 'stopped' | 'failed' {
    const { finished, failure } = this.#told.value;
    if (failure) return failure.code === 'stopped' ? 'stopped' : 'failed';
    if (!finished) return 'running';
    return finished.stopped ? 'stopped' : 'done';
  }

  /** @param now milliseconds of any steady clock */
  receive(event: ExploreEvent, now: number): void {
    if (event.type === 'prompt') this.#tell({ prompt: event.prompt });
    else if (event.type === 'next') this.#tell({ logits: event.logits, listed: event.listed });
    else if (event.type === 'settled') this.#settle(event);
    else {
      const completions = [...this.#completions.peek()];
      for (const { sample, ...step } of event.steps) this.#append(completions, sample, step);
      this.#completions.value = completions;
      this.#done += event.steps.length;
      if (this.#firstTokenAt === undefined) {
        this.#firstTokenAt = now;
        this.#firstTokens = this.#done;
      }
    }
  }

  /** Takes completions that are whole. */
  fill(completions: readonly WholeCompletion[]): void {
    this.#completions.value = completions.map(({ steps, end, stop, turns = [] }) => ({
      steps: [...steps],
      end,
      stop,
      turns,
    }));
  }

  #tell(more: Told): void {
    this.#told.value = { ...this.#told.peek(), ...more };
  }

  #append(completions: RunningCompletion[], sample: number, step: CompletionStep): void {
    const { samples, maxNewTokens } = this.order.parameters;
    // Steps of samples that were never ordered would grow the page without limit.
    if (!Number.isInteger(sample) || sample < 0 || sample >= samples) return;
    while (completions.length <= sample) completions.push({ steps: [], end: null, turns: [] });
    const completion = completions[sample]!;
    completion.steps.push(step);
    if (this.#endOfText.includes(step.id)) completion.end = 'end of text';
    else if (completion.steps.length >= maxNewTokens) completion.end = 'length';
  }

  /** Completions that went back are others from then on: what was made of their tokens does not hold any more. */
  #settle({ turned, ended }: Extract<ExploreEvent, { type: 'settled' }>): void {
    const completions = [...this.#completions.peek()];
    for (const { sample, ...turn } of turned) {
      const completion = completions[sample];
      if (!completion) continue;
      const steps = completion.steps.slice(0, turn.place);
      this.#done -= completion.steps.length - steps.length;
      completions[sample] = { steps, end: null, turns: [...completion.turns, turn] };
    }
    for (const { sample, end, stop } of ended) {
      const completion = completions[sample];
      if (completion) Object.assign(completion, { end, stop });
    }
    this.#completions.value = completions;
  }

  get endOfText(): readonly number[] {
    return this.#endOfText;
  }

  /** The ids that end a completion; they may become known after the first tokens have come. */
  set endOfText(ids: readonly number[]) {
    this.#endOfText = ids;
    const completions = this.#completions.peek();
    for (const completion of completions) {
      const last = completion.steps.at(-1);
      if (last && ids.includes(last.id)) completion.end = 'end of text';
    }
    this.#completions.value = [...completions];
  }

  finish({ completions, stopped, newTokens, milliseconds, provenance }: ExploreResult): void {
    this.close({ completions, stopped, newTokens, milliseconds, provenance });
  }

  close(finished: Finished): void {
    this.#tell({ finished });
    this.#end();
  }

  fail(failure: Failure): void {
    this.#tell({ failure });
    this.#end();
  }

  #end(): void {
    const completions = this.#completions.peek();
    for (const completion of completions) completion.end ??= 'stopped';
    this.#completions.value = [...completions];
  }

  /** @param now milliseconds of the clock of `receive` */
  progress(now: number): Progress {
    const { samples, maxNewTokens } = this.order.parameters;
    const spared = this.completions.reduce(
      (sum, { steps, end }) => sum + (end === null ? 0 : maxNewTokens - steps.length),
      0,
    );
    const expected = samples * maxNewTokens - spared;
    const seconds = (now - (this.#firstTokenAt ?? now)) / 1000;
    const measured = this.#done - this.#firstTokens;
    const rate = seconds > 0 && measured > 0 ? measured / seconds : null;
    const left = rate === null ? null : ((expected - this.#done) / rate) * 1000;
    return { done: this.#done, expected, rate, left };
  }

  /** Mean over a completion's tokens of the natural log of the probability before the chain; null for no tokens. */
  meanLogProbability(sample: number): number | null {
    const finished = this.finished?.completions[sample];
    if (finished && finished.ids.length > 0) return finished.logProbability / finished.ids.length;
    const steps = this.completions[sample]?.steps ?? [];
    if (steps.length === 0) return null;
    return steps.reduce((sum, { raw }) => sum + Math.log(raw), 0) / steps.length;
  }
}
