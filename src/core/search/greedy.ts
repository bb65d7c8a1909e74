/** Greedy search: the most probable token at every step. */
import type { LanguageModel } from '../languageModel';
import { argmax, logSoftmax } from '../logits';
import { SamplerChain } from '../samplers/chain';
import { SearchPlan, type Continuation, type DecodingSequence, type SearchOptions } from './common';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/**
 * Takes the largest logit at every step, the lowest id among equals. The sequence it finds need not be the most
 * probable one: see `enumerate`.
 *
 * @param prompt token ids; GPT-2 needs at least one.
 * @throws RangeError for options out of range, or a prompt that leaves no room.
 */
export async function greedySearch(
  model: LanguageModel,
  prompt: readonly number[],
  options: SearchOptions,
): Promise<Continuation> {
  const plan = new SearchPlan(model, prompt, options);
  const chain = new SamplerChain(plan.chain, model.info.vocabularySize, model.vocabulary);
  const growing: DecodingSequence = { tokens: [], logProbabilities: [], cache: undefined };
  while (plan.endOf(growing.tokens) === null && !plan.isStopped()) {
    const tokens = [...prompt, ...growing.tokens];
    const [answer] = await model.next([{ tokens, cache: growing.cache }]);
    const { logits } = chain.apply(answer!.logits, { tokens, promptLength: prompt.length });
    const id = argmax(logits);
    growing.cache = answer!.cache;
    growing.tokens.push(id);
    growing.logProbabilities.push(logSoftmax(answer!.logits)[id]!);
    await plan.step(growing.tokens.length, [growing]);
  }
  return plan.finish(growing);
}

/**
 * `generate_text_simple` of Raschka, Build a Large Language Model (From Scratch), 2024: greedy, for exactly
 * `maxNewTokens` steps, without an end; a context that grows too long loses its oldest tokens.
 *
 * @returns the prompt and the new tokens.
 * @throws RangeError when `maxNewTokens` is no whole number of at least 0.
 */
export async function generateSimple(
  model: LanguageModel,
  prompt: readonly number[],
  maxNewTokens: number,
): Promise<number[]> {
  if (!Number.isSafeInteger(maxNewTokens) || maxNewTokens < 0) {
    throw new RangeError(
      t('maxNewTokens is {0}; it must be a whole number of at least 0.', asGiven(maxNewTokens)),
    );
  }
  const { contextLength } = model.info;
  const tokens = [...prompt];
  let cache;
  for (let step = 0; step < maxNewTokens; step++) {
    const [answer] = await model.next([{ tokens: tokens.slice(-contextLength), cache }]);
    tokens.push(argmax(answer!.logits));
    // Once the window slides, the cache no longer begins the context.
    cache = tokens.length <= contextLength ? answer!.cache : undefined;
  }
  return tokens;
}
