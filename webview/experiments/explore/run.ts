/** One run of Explore as the page knows it: filled by events as they come, and closed by a result or a failure. */
import type { ExploreEvent } from '../../../src/experiments/explore/result';
import type { TokenStep } from '../../../src/experiments/kit/nextTokens';
import type { PromptTokens } from '../../../src/experiments/kit/prompt';
import type { ExploreParameters } from '../../../src/experiments/explore/parameters';
import type { Failure, PromptSource, Toy } from '../../../src/protocol/messages';
import type { ShownResult } from './events';

/** Everything that was asked for, so that it can be asked for again. */
export interface ExploreOrder {
  readonly model: string;
  /** The toy's words and logits when it is the model. */
  readonly toy: Toy | undefined;
  readonly source: PromptSource;
  readonly parameters: ExploreParameters;
}

export interface RunningCompletion {
  readonly steps: TokenStep[];
  /** Why it ended; null while it grows. */
  end: ShownResult['completions'][number]['end'] | null;
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

export class ExploreRun {
  readonly order: ExploreOrder;
  readonly startedAt: number;
  #endOfText: readonly number[] = [];
  prompt: PromptTokens | undefined;
  /** Raw logits of the token after the prompt. */
  logits: Float32Array | undefined;
  readonly completions: RunningCompletion[] = [];
  result: ShownResult | undefined;
  failure: Failure | undefined;
  #firstTokenAt: number | undefined;
  #firstTokens = 0;
  #done = 0;

  /** @param now milliseconds of any steady clock */
  constructor(order: ExploreOrder, now: number) {
    this.order = order;
    this.startedAt = now;
  }

  get state(): 'running' | 'done' | 'stopped' | 'failed' {
    if (this.failure) return this.failure.code === 'stopped' ? 'stopped' : 'failed';
    if (!this.result) return 'running';
    return this.result.stopped ? 'stopped' : 'done';
  }

  /** True once there is something to draw. */
  get hasAnswer(): boolean {
    return this.logits !== undefined;
  }

  receive(event: ExploreEvent, now: number): void {
    if (event.type === 'prompt') this.prompt = event.prompt;
    else if (event.type === 'next') this.logits = event.logits;
    else {
      for (const step of event.steps) this.#append(step);
      this.#done += event.steps.length;
      if (this.#firstTokenAt === undefined) {
        this.#firstTokenAt = now;
        this.#firstTokens = this.#done;
      }
    }
  }

  #append(step: TokenStep): void {
    const { samples, maxNewTokens } = this.order.parameters;
    // Steps of samples that were never ordered would grow the page without limit.
    if (!Number.isInteger(step.sample) || step.sample < 0 || step.sample >= samples) return;
    while (this.completions.length <= step.sample) this.completions.push({ steps: [], end: null });
    const completion = this.completions[step.sample]!;
    completion.steps.push(step);
    if (this.#endOfText.includes(step.id)) completion.end = 'end of text';
    else if (completion.steps.length >= maxNewTokens) completion.end = 'length';
  }

  get endOfText(): readonly number[] {
    return this.#endOfText;
  }

  /** The ids that end a completion; they may become known after the first tokens have come. */
  set endOfText(ids: readonly number[]) {
    this.#endOfText = ids;
    for (const completion of this.completions) {
      const last = completion.steps.at(-1);
      if (last && ids.includes(last.id)) completion.end = 'end of text';
    }
  }

  finish(result: ShownResult): void {
    this.result = result;
    this.#close();
  }

  fail(failure: Failure): void {
    this.failure = failure;
    this.#close();
  }

  #close(): void {
    for (const completion of this.completions) completion.end ??= 'stopped';
  }

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
    const finished = this.result?.completions[sample];
    if (finished && finished.ids.length > 0) return finished.logProbability / finished.ids.length;
    const steps = this.completions[sample]?.steps ?? [];
    if (steps.length === 0) return null;
    return steps.reduce((sum, { raw }) => sum + Math.log(raw), 0) / steps.length;
  }
}
