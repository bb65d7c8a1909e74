/** Contrastive search: probable tokens that do not repeat what the text already means. */
import { checkCount } from '../checks';
import type { Context, LanguageModel, NextToken } from '../languageModel';
import { logSoftmax, softmax, topIndices } from '../logits';
import {
  finiteNumber,
  SearchPlan,
  type Continuation,
  type DecodingSequence,
  type SearchOptions,
} from './common';

/** An answer with the hidden states behind it. */
export interface RepresentedNextToken extends NextToken {
  /**
   * Last hidden states (after the final layer norm) of the context's tokens that its cache did not cover, one
   * after the other: `(context length - cache length) * width` numbers.
   */
  readonly states: Float32Array;
}

/** A model that shows its hidden states. */
export interface RepresentingModel extends LanguageModel {
  nextWithStates(contexts: readonly Context[]): Promise<RepresentedNextToken[]>;
}

export function isRepresenting(model: LanguageModel): model is RepresentingModel {
  return 'nextWithStates' in model && typeof model.nextWithStates === 'function';
}

export interface ContrastiveOptions extends Omit<SearchOptions, 'chain'> {
  /** Most probable tokens to choose among, at least 1. */
  readonly k: number;
  /** From 0 to 1: 0 is greedy, 1 looks at repetition alone. */
  readonly alpha: number;
}

/**
 * At every step, of the k most probable tokens the one with the largest
 * (1 - alpha) p(v) - alpha max_j cos(h_v, h_j), where h_v is the hidden state that v would have and h_j those of
 * all tokens before it, the prompt's included. A token whose state is close to an earlier one says again what has
 * been said.
 *
 * Su, Lan, Wang, Yogatama, Kong and Collier, A Contrastive Framework for Neural Text Generation, 2022.
 *
 * - Equal scores: the more probable token, then the lower id.
 * - With an empty prompt the first step has nothing to compare with and is greedy.
 *
 * @throws RangeError for options out of range, a prompt that leaves no room, or a model that does not show its
 * hidden states.
 */
export async function contrastiveSearch(
  model: LanguageModel,
  prompt: readonly number[],
  options: ContrastiveOptions,
): Promise<Continuation> {
  if (!isRepresenting(model)) {
    throw new RangeError(
      `Contrastive search compares hidden states, which the model ${model.info.name} does not show; choose a model that does.`,
    );
  }
  const plan = new SearchPlan(model, prompt, options);
  const k = checkCount('k', options.k, 1);
  const alpha = finiteNumber('alpha', options.alpha, 0, 1);
  const growing: DecodingSequence = { tokens: [], logProbabilities: [], cache: undefined };
  if (plan.isStopped()) return plan.finish(growing);

  const [first] = await model.nextWithStates([{ tokens: prompt }]);
  let current = first!;
  const states = split(current.states, prompt.length);
  while (plan.endOf(growing.tokens) === null && !plan.isStopped()) {
    const ids = topIndices(current.logits, k);
    const probabilities = softmax(current.logits);
    const { cache } = current;
    const answers = await model.nextWithStates(
      ids.map((id) => ({ tokens: [...prompt, ...growing.tokens, id], cache })),
    );
    const candidates = answers.map((answer) => split(answer.states, 1)[0]!);
    const scores = candidates.map(
      (state, i) => (1 - alpha) * probabilities[ids[i]!]! - alpha * mostSimilar(state, states),
    );
    const chosen = scores.indexOf(Math.max(...scores));
    growing.logProbabilities.push(logSoftmax(current.logits)[ids[chosen]!]!);
    growing.tokens.push(ids[chosen]!);
    states.push(candidates[chosen]!);
    current = answers[chosen]!;
    await plan.step(growing.tokens.length, [growing]);
  }
  return plan.finish(growing);
}

/** The last `count` states, each scaled to length 1 so that a dot product is a cosine; a state of zeros stays. */
function split(states: Float32Array, count: number): Float64Array[] {
  if (count === 0) return [];
  const width = states.length / count;
  return Array.from({ length: count }, (_, row) => {
    const state = Float64Array.from(states.subarray(row * width, (row + 1) * width));
    const length = Math.sqrt(state.reduce((sum, x) => sum + x * x, 0));
    return length > 0 ? state.map((x) => x / length) : state;
  });
}

/** The largest cosine with an earlier state; 0 where there is none. */
function mostSimilar(state: Float64Array, earlier: readonly Float64Array[]): number {
  if (earlier.length === 0) return 0;
  return earlier.reduce((max, other) => {
    let dot = 0;
    for (let i = 0; i < state.length; i++) dot += state[i]! * other[i]!;
    return Math.max(max, dot);
  }, -Infinity);
}
