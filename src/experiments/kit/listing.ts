/** Models whose answers list only some tokens: what that rules out, in sentences. */
import type { LanguageModel, ModelInfo, NextToken } from '../../core/languageModel';
import { topIndices } from '../../core/logits';
import type { ChainSpec, SamplerHistory } from '../../core/samplers/chain';
import { ListedChain, unboundedSampler, WHOLE, type ListedOutcome } from '../../core/samplers/listedChain';
import { logitsOf } from './readPrompt';

/** How many tokens its answers list; null where they list all. */
export function listedBy({ server, vocabularySize }: ModelInfo): number | null {
  return server && server.listed < vocabularySize ? server.listed : null;
}

/** `gpu1 lists only 20 of 151,936 tokens` */
export function listsOnly({ server, vocabularySize }: ModelInfo): string {
  const { name = 'The server', listed = 0 } = server ?? {};
  return `${name} lists only ${english(listed)} of ${english(vocabularySize)} tokens`;
}

/** The most probable tokens, most probable first: of those that are listed, where not all are. */
export function bestListed(next: NextToken, count: number): number[] {
  return next.listed ? Array.from(next.listed.ids.subarray(0, count)) : topIndices(logitsOf(next), count);
}

/** What is known of a chain's work on one answer. @param probabilities what the chain makes of it */
export function outcomeOf(
  { info, vocabulary }: LanguageModel,
  chain: ChainSpec,
  next: NextToken,
  probabilities: ArrayLike<number>,
  history: SamplerHistory,
): ListedOutcome {
  if (!next.listed) return WHOLE;
  const listed = new ListedChain(chain, info.vocabularySize, vocabulary);
  return listed.outcome(next.listed, logitsOf(next), probabilities, history);
}

/** Why exact figures of a chain are missing. */
export function beyondList(info: ModelInfo): string {
  return `The samplers keep tokens beyond the list, so exact figures are not known: ${listsOnly(info)}.`;
}

/** How a server is made to list all tokens, as the end of a sentence that begins with other ways out. */
export function listAll({ server }: ModelInfo): string {
  return server?.kind === 'vllm'
    ? 'start the server with --max-logprobs -1, so that it lists all'
    : 'use a server that lists all';
}

/**
 * Why a search that compares so many of the most probable tokens of every beginning cannot be exact.
 * @returns undefined where it can
 */
export function lacksTokens({ info }: LanguageModel, search: string, tokens: number): string | undefined {
  const listed = listedBy(info);
  if (listed === null || tokens <= listed) return undefined;
  return `${search} compares the ${english(tokens)} most probable tokens at every place, but ${listsOnly(info)}. Use fewer beams, or ${listAll(info)}.`;
}

/**
 * Where what is to be measured needs the whole distribution.
 * @param what begins the sentence that goes on with `needs`
 * @throws RangeError where a server does not list it
 */
export function needWhole({ info }: LanguageModel, what: string): void {
  if (listedBy(info) === null) return;
  const way = listAll(info);
  throw new RangeError(
    `${what} needs the probability of every token, but ${listsOnly(info)}. ${way[0]!.toUpperCase()}${way.slice(1)}.`,
  );
}

/**
 * Before tokens are drawn here.
 * @param notThere why the server does not draw, where it was asked to
 * @throws RangeError for a sampler whose work on a listed distribution cannot be bounded
 */
export function checkDrawable({ info, samplers }: LanguageModel, chain: ChainSpec, notThere?: string): void {
  const listed = listedBy(info);
  const sampler = listed === null ? undefined : unboundedSampler(chain, listed);
  if (listed === null || sampler === undefined) return;
  const there = samplers && notThere === undefined ? 'Let the server draw, put' : 'Put';
  throw new RangeError(
    `${sampler} needs the probability of every token, but ${listsOnly(info)}. ${there} a top-k below ${english(listed)} before it, or ${listAll(info)}.${notThere === undefined ? '' : ` The server does not draw: ${notThere}`}`,
  );
}

function english(count: number): string {
  return count.toLocaleString('en-US');
}
