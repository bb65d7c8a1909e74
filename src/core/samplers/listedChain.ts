/** What a chain makes of a distribution of which only some tokens are listed: exact, or by how much it can be off. */
import type { ListedTokens } from '../languageModel';
import { Candidates, KEPT } from './candidates';
import { definitionOf, type SamplerName, type SamplerSpec } from './catalog';
import type { ChainSpec } from './chain';
import { ListedState } from './listedState';
import { MIN_KEEP } from './parameters';
import type { Sampler, SamplerContext, SamplerHistory } from './types';

/** What is known of the listed tokens behind a chain. */
export interface ListedOutcome {
  /** Whether their probabilities are known exactly, whatever the unlisted tokens have one by one. */
  readonly exact: boolean;
  /** Nothing but listed tokens is left: the entropy is known too. */
  readonly within: boolean;
  /** The largest difference of one of their probabilities from what `listedLogits` leads to; null: no bound known. */
  readonly off: number | null;
  /** Where they are bounded and not exact: the least and the most that each token can have, of those that may be left. */
  readonly limits?: ReadonlyMap<number, { readonly low: number; readonly high: number }>;
}

/** Probabilities that differ by no more are the same but for rounding. */
const ROUNDING = 1e-9;

/** Where all tokens are listed. */
export const WHOLE: ListedOutcome = { exact: true, within: true, off: 0 };

/** Where nothing is known. */
export const UNKNOWN: ListedOutcome = { exact: false, within: false, off: null };

/** Samplers that give each token a new logit, or remove it, by its own logit, its id and the history alone. */
const ONE_BY_ONE: ReadonlySet<SamplerName> = new Set([
  'repetition-penalty',
  'presence-penalty',
  'frequency-penalty',
  'dry',
  'no-repeat-ngram',
  'logit-bias',
  'banned-tokens',
  'banned-phrases',
  'allowed-tokens',
  'min-length',
  'regex',
  'json-schema',
]);

/** Samplers that keep the best tokens by sums and thresholds. */
const IN_ORDER: ReadonlySet<SamplerName> = new Set([
  'temperature',
  'top-k',
  'top-p',
  'min-p',
  'top-a',
  'p-less',
  'epsilon',
]);

/**
 * The first sampler whose work on a listed distribution cannot be bounded, because it needs what the unlisted tokens
 * have one by one; undefined where there is none, or a top-k before it keeps fewer than are listed: others may tie with
 * the last listed one.
 * @param listed how many tokens every answer lists
 */
export function unboundedSampler(chain: ChainSpec, listed: number): SamplerName | undefined {
  for (const step of chain) {
    if (step.sampler === 'top-k' && Math.max(step.k, step.minKeep ?? MIN_KEEP.default) < listed)
      return undefined;
    if (step.sampler === 'temperature' && step.temperature === 0) return undefined;
    if (!ONE_BY_ONE.has(step.sampler) && !IN_ORDER.has(step.sampler)) return step.sampler;
  }
  return undefined;
}

/** Whether a chain keeps as many tokens whatever the unlisted ones have: temperatures, and top-k that cuts ties. */
export function keepsCertainCount(chain: ChainSpec): boolean {
  return chain.every(
    (step) => step.sampler === 'temperature' || (step.sampler === 'top-k' && step.ties === 'exact'),
  );
}

interface Step {
  readonly spec: SamplerSpec;
  /** Of the samplers that act one by one; null for the others. */
  readonly sampler: Sampler | null;
}

/** A chain over distributions of which only some tokens are listed. */
export class ListedChain {
  readonly #steps: readonly Step[];
  readonly #candidates: Candidates | null;
  readonly #before: Float64Array;
  readonly #size: number;

  /** @throws RangeError as `SamplerChain`. */
  constructor(chain: ChainSpec, vocabularySize: number, vocabulary?: SamplerContext['vocabulary']) {
    this.#size = vocabularySize;
    this.#steps = chain.map((spec) => ({
      spec,
      sampler: ONE_BY_ONE.has(spec.sampler)
        ? definitionOf(spec.sampler).create(spec, { vocabularySize, vocabulary })
        : null,
    }));
    const whole = this.#steps.some(({ sampler }) => sampler !== null);
    // Most chains need no more than what is listed.
    this.#candidates = whole ? new Candidates(vocabularySize) : null;
    this.#before = new Float64Array(whole ? vocabularySize : 0);
  }

  /**
   * @param logits as `listedLogits` has made them
   * @param probabilities what the chain itself makes of these, by token id
   */
  outcome(
    listed: ListedTokens,
    logits: ArrayLike<number>,
    probabilities: ArrayLike<number>,
    history: SamplerHistory,
  ): ListedOutcome {
    const order = this.#steps;
    const isShape = ({ sampler }: Step): boolean => sampler?.mask !== undefined;
    let state = this.#through(order, listed, logits, history);
    // As the chain itself: a shape that finds nothing left acts before the others.
    if (state === 'lost') {
      const shapesFirst = [...order.filter(isShape), ...order.filter((step) => !isShape(step))];
      state = this.#through(shapesFirst, listed, logits, history);
    }
    if (state === 'lost' || state === 'unknown') return UNKNOWN;
    if (state === 'within' || state.isWithin) return WHOLE;
    const limits = state.probabilities();
    let off = 0;
    let wide = 0;
    for (const id of listed.ids) {
      const { low, high } = limits.get(id) ?? { low: 0, high: 0 };
      off = Math.max(off, high - probabilities[id]!, probabilities[id]! - low);
      wide = Math.max(wide, high - low);
    }
    if (Number.isNaN(off)) return UNKNOWN;
    return wide <= ROUNDING
      ? { exact: true, within: false, off: 0 }
      : { exact: false, within: false, off, limits };
  }

  #through(
    order: readonly Step[],
    { ids, mass, bound }: ListedTokens,
    logits: ArrayLike<number>,
    history: SamplerHistory,
  ): ListedState | 'within' | 'lost' | 'unknown' {
    const others = this.#size - ids.length;
    const state = new ListedState(
      Array.from(ids, (id) => ({ id, logit: logits[id]! })).filter(({ logit }) => logit > -Infinity),
      { rest: 1 - mass, bound, others },
    );
    this.#candidates?.load(logits);
    for (const [step, { spec, sampler }] of order.entries()) {
      const shapesFollow = order.slice(step).some((later) => later.sampler?.mask !== undefined);
      if (state.isWithin && !shapesFollow) return 'within';
      if (sampler) {
        if (!this.#change(state, step, sampler, history, ids)) return 'unknown';
        if (!state.isSure) return sampler.mask ? 'lost' : 'unknown';
      } else if (!this.#cut(state, spec, step)) return 'unknown';
      if (!state.isSure) return 'unknown';
    }
    return state;
  }

  /** @returns false where an unlisted token has become more probable, which no limit holds then */
  #change(
    state: ListedState,
    step: number,
    sampler: Sampler,
    history: SamplerHistory,
    listed: Int32Array,
  ): boolean {
    const candidates = this.#candidates!;
    this.#before.set(candidates.wholeLogits);
    candidates.begin(step);
    sampler.apply(candidates, history, 0);
    candidates.end();
    if (candidates.rescued) {
      state.change(() => -Infinity, 0, 0);
      return true;
    }
    const { wholeLogits: logits, removedBy } = candidates;
    const own = new Set(listed);
    let lowered = 0;
    let left = 0;
    for (let id = 0; id < logits.length; id++) {
      if (own.has(id)) continue;
      if (removedBy[id] === KEPT) left++;
      if (logits[id] === this.#before[id]) continue;
      if (logits[id]! > this.#before[id]!) return false;
      lowered++;
    }
    state.change((id) => logits[id]!, lowered, left);
    return true;
  }

  /** @returns false for a sampler that is not understood */
  #cut(state: ListedState, spec: SamplerSpec, step: number): boolean {
    switch (spec.sampler) {
      case 'temperature':
        this.#divide(spec.temperature, step);
        if (spec.temperature === 0) state.keepBest(1, false);
        else if (spec.temperature !== 1) state.divide(spec.temperature);
        return true;
      case 'top-k':
        state.keepBest(Math.max(spec.k, spec.minKeep ?? MIN_KEEP.default), spec.ties !== 'exact');
        return true;
      case 'top-p':
        if (spec.p < 1) state.keepMass(spec.p, spec.minKeep ?? MIN_KEEP.default);
        return true;
      case 'min-p':
        state.keepFrom((_total, _squares, largest) => spec.p * largest, spec.minKeep ?? MIN_KEEP.default);
        return true;
      case 'top-a':
        state.keepFrom(
          (total, _squares, largest) => (spec.a * largest ** 2) / total,
          spec.minKeep ?? MIN_KEEP.default,
        );
        return true;
      case 'p-less':
        state.keepFrom((total, squares) => squares / total, spec.minKeep ?? MIN_KEEP.default);
        return true;
      case 'epsilon':
        state.keepFrom((total) => spec.epsilon * total, spec.minKeep ?? MIN_KEEP.default, true);
        return true;
      default:
        return false;
    }
  }

  /** Samplers that follow see logits of the same temperature. */
  #divide(temperature: number, step: number): void {
    if (!this.#candidates) return;
    this.#candidates.begin(step);
    definitionOf('temperature')
      .create({ sampler: 'temperature', temperature }, { vocabularySize: this.#size })
      .apply(this.#candidates, { tokens: [] }, 0);
    this.#candidates.end();
  }
}
