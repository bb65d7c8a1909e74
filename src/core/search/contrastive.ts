/** Contrastive search: probable tokens that do not repeat what the text already means. */
import { checkCount } from '../checks';
import type { Context, LanguageModel, RepresentedNextToken } from '../languageModel';
import { logSoftmax, softmax, topIndices } from '../logits';
import {
  finiteNumber,
  SearchPlan,
  type Continuation,
  type DecodingSequence,
  type SearchOptions,
} from './common';
import { t } from '../../l10n/language';

/** A model that shows its hidden states. */
export type RepresentingModel = LanguageModel & Required<Pick<LanguageModel, 'nextWithStates'>>;

export function isRepresenting(model: LanguageModel): model is RepresentingModel {
  return model.nextWithStates !== undefined;
}

/** Why a model that does not show its hidden states cannot be searched so, with the way out. */
export function lacksStates({ info }: LanguageModel): string {
  const other = {
    gpt2: t('Where it is an ONNX export, get the same model as config.json and model.safetensors.'),
    remote: t('No server shows them: choose a GPT-2 model of this machine.'),
    toy: t('Choose a GPT-2 model.'),
  }[info.kind];
  return t('{0} does not show its hidden states, which contrastive search compares. {1}', info.name, other);
}

export interface ContrastiveOptions extends Omit<SearchOptions, 'chain'> {
  /** Most probable tokens to choose among, at least 1. */
  readonly k: number;
  /** From 0 to 1: 0 is greedy, 1 looks at repetition alone. */
  readonly alpha: number;
}

/** A continuation with what every token was held against. */
export interface ContrastiveContinuation extends Continuation {
  /** The largest cosine of each token's hidden state with an earlier one, from -1 to 1; 0 where there is none. */
  readonly penalties: readonly number[];
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
): Promise<ContrastiveContinuation> {
  if (!isRepresenting(model)) throw new RangeError(lacksStates(model));
  const plan = new SearchPlan(model, prompt, options);
  const k = checkCount('k', options.k, 1);
  const alpha = finiteNumber('alpha', options.alpha, 0, 1);
  const growing: DecodingSequence = { tokens: [], logProbabilities: [], cache: undefined };
  const penalties: number[] = [];
  const finish = (): ContrastiveContinuation => ({ ...plan.finish(growing), penalties });

  const read = await readUnlessStopped(model, [{ tokens: prompt }], plan.signal);
  if (!read) return finish();
  let current = read[0]!;
  const states = split(current.states, prompt.length);
  while (plan.endOf(growing.tokens) === null) {
    const { cache, logits } = current;
    const ids = topIndices(logits, k);
    const contexts = ids.map((id) => ({ tokens: [...prompt, ...growing.tokens, id], cache }));
    const answers = await readUnlessStopped(model, contexts, plan.signal);
    if (!answers) break;
    const probabilities = softmax(logits);
    const candidates = answers.map((answer) => split(answer.states, 1)[0]!);
    const similar = candidates.map((state) => mostSimilar(state, states));
    const scores = similar.map((cosine, i) => (1 - alpha) * probabilities[ids[i]!]! - alpha * cosine);
    const chosen = scores.indexOf(Math.max(...scores));
    growing.logProbabilities.push(logSoftmax(logits)[ids[chosen]!]!);
    growing.tokens.push(ids[chosen]!);
    penalties.push(similar[chosen]!);
    states.push(candidates[chosen]!);
    current = answers[chosen]!;
    await plan.step(growing.tokens.length, [growing]);
  }
  return finish();
}

/** The answers with their states; null where the search was stopped before they were there. */
async function readUnlessStopped(
  model: RepresentingModel,
  contexts: readonly Context[],
  signal: AbortSignal | undefined,
): Promise<RepresentedNextToken[] | null> {
  if (signal?.aborted) return null;
  try {
    return await model.nextWithStates(contexts, signal);
  } catch (error) {
    if (signal?.aborted) return null;
    throw error;
  }
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
