/** What all searches share: their options, and what they return. */
import { checkCount } from '../checks';
import { findStop } from '../stopStrings';
import type { CacheHandle, Context, LanguageModel, NextToken } from '../languageModel';
import type { ChainSpec } from '../samplers/chain';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export interface SearchOptions {
  /** Most tokens to add, a whole number of at least 1. */
  readonly maxNewTokens: number;
  /** Tokens that end a sequence; the model's own when left out, an empty list for none. */
  readonly endOfText?: readonly number[] | undefined;
  /** A sequence ends as soon as its new text contains one of these. */
  readonly stopStrings?: readonly string[] | undefined;
  /** Samplers applied at every step; what a search draws from or ranks by is what they leave. */
  readonly chain?: ChainSpec | undefined;
  /** Aborted when the search is to stop; it then returns what it has. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every step and awaited, so that other work can happen between steps. */
  readonly onStep?: ((progress: SearchProgress) => void | Promise<void>) | undefined;
}

export interface SearchProgress {
  /** Steps done, and how many there are at most. */
  readonly step: number;
  readonly steps: number;
  /** The sequences that are being grown, best first where they are ranked. */
  readonly sequences: readonly (readonly number[])[];
}

/** Why a sequence ended. */
export type EndReason = 'length' | 'end of text' | 'stop string' | 'stopped';

/** A continuation of the prompt. */
export interface Continuation {
  /** New tokens, the end-of-text token included. */
  readonly tokens: readonly number[];
  /** Their text: without the end-of-text token, and cut before a stop string. */
  readonly text: string;
  /** Natural log of the model's probability of each token, before any sampler. */
  readonly logProbabilities: readonly number[];
  readonly end: EndReason;
  /** The stop string that it ended at. */
  readonly stop?: string;
}

/** A sequence while it grows. */
export interface DecodingSequence {
  readonly tokens: number[];
  readonly logProbabilities: number[];
  cache: CacheHandle | undefined;
}

/** Options with every default filled in, checked against a model and a prompt. */
export class SearchPlan {
  readonly maxNewTokens: number;
  readonly endOfText: readonly number[];
  readonly stopStrings: readonly string[];
  readonly chain: ChainSpec;
  readonly signal: AbortSignal | undefined;
  readonly #onStep: SearchOptions['onStep'];

  /** @throws RangeError where the prompt and the new tokens do not fit the context, or an option is out of range. */
  constructor(
    readonly model: LanguageModel,
    readonly prompt: readonly number[],
    options: SearchOptions,
  ) {
    const { contextLength, endOfText } = model.info;
    this.maxNewTokens = checkCount('maxNewTokens', options.maxNewTokens, 1);
    if (prompt.length + this.maxNewTokens > contextLength) {
      throw new RangeError(
        t(
          'maxNewTokens is {0}; with a prompt of {1} tokens it must be at most {2}, because the context holds {3}.',
          asGiven(this.maxNewTokens),
          asGiven(prompt.length),
          asGiven(contextLength - prompt.length),
          asGiven(contextLength),
        ),
      );
    }
    this.endOfText = options.endOfText ?? endOfText;
    this.stopStrings = options.stopStrings ?? [];
    if (this.stopStrings.includes(''))
      throw new RangeError(t('A stop string is empty; give it at least one character.'));
    this.chain = options.chain ?? [];
    this.signal = options.signal;
    this.#onStep = options.onStep;
  }

  isStopped(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** What the model says of contexts; null where the search was stopped meanwhile, which closes a request to a server. */
  async ask(contexts: readonly Context[]): Promise<NextToken[] | null> {
    const signal = this.model.info.server && this.signal;
    try {
      return await this.model.next(contexts, signal);
    } catch (error) {
      if (signal?.aborted) return null;
      throw error;
    }
  }

  async step(step: number, sequences: readonly { readonly tokens: readonly number[] }[]): Promise<void> {
    await this.#onStep?.({
      step,
      steps: this.maxNewTokens,
      sequences: sequences.map(({ tokens }) => tokens),
    });
  }

  /** Why a sequence with these new tokens is at its end, or null where it can go on. */
  endOf(tokens: readonly number[]): Exclude<EndReason, 'stopped'> | null {
    if (this.#isEnded(tokens)) return 'end of text';
    if (findStop(this.#textOf(tokens), this.stopStrings)) return 'stop string';
    return tokens.length >= this.maxNewTokens ? 'length' : null;
  }

  /** The text of new tokens, without an end-of-text token and cut before a stop string. */
  text(tokens: readonly number[]): string {
    const text = this.model.decode(this.#isEnded(tokens) ? tokens.slice(0, -1) : tokens);
    return text.slice(0, findStop(text, this.stopStrings)?.at);
  }

  /** A growing sequence as a result. */
  finish({ tokens, logProbabilities }: DecodingSequence): Continuation {
    const end = this.endOf(tokens) ?? 'stopped';
    return {
      tokens: [...tokens],
      text: this.text(tokens),
      logProbabilities: [...logProbabilities],
      end,
      ...this.reached(tokens, end),
    };
  }

  /** The stop string that new tokens ended at. */
  reached(tokens: readonly number[], end: EndReason): Pick<Continuation, 'stop'> {
    const found = end === 'stop string' ? findStop(this.#textOf(tokens), this.stopStrings) : undefined;
    return found ? { stop: found.stop } : {};
  }

  #isEnded(tokens: readonly number[]): boolean {
    return tokens.length > 0 && this.endOfText.includes(tokens.at(-1)!);
  }

  /** Decoding is saved where nothing looks at the text. */
  #textOf(tokens: readonly number[]): string {
    return this.stopStrings.length === 0 ? '' : this.model.decode(tokens);
  }
}

/** @throws RangeError naming the option, its value and the allowed range. */
export function finiteNumber(name: string, value: number, least = -Infinity, most = Infinity): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  const found = asGiven(value);
  if (least === -Infinity) throw new RangeError(t('{0} is {1}; it must be a finite number.', name, found));
  if (most === Infinity)
    throw new RangeError(
      t('{0} is {1}; it must be a finite number of at least {2}.', name, found, asGiven(least)),
    );
  throw new RangeError(
    t('{0} is {1}; it must be from {2} to {3}.', name, found, asGiven(least), asGiven(most)),
  );
}
