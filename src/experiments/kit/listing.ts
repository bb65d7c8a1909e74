/** Models whose answers list only some tokens: what that rules out, in sentences. */
import type { LanguageModel, ModelInfo, NextToken } from '../../core/languageModel';
import { topIndices } from '../../core/logits';
import type { ChainSpec, SamplerHistory } from '../../core/samplers/chain';
import { ListedChain, unboundedSampler, WHOLE, type ListedOutcome } from '../../core/samplers/listedChain';
import { t, whole } from '../../l10n/language';
import { capitalized } from '../../l10n/numbers';
import { logitsOf } from './readPrompt';

/** How many tokens its answers list; null where they list all. */
export function listedBy({ server, vocabularySize }: ModelInfo): number | null {
  return server && server.listed < vocabularySize ? server.listed : null;
}

/** `gpu1 lists only 20 of 151,936 tokens`: for the end of a sentence, after a `but` or a colon */
export function listsOnly({ server, vocabularySize }: ModelInfo): string {
  const { name = t('The server'), listed = 0 } = server ?? {};
  return t('{0} lists only {1} of {2} tokens', name, whole(listed), whole(vocabularySize));
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
  return t('The samplers keep tokens beyond the list, so exact figures are not known: {0}.', listsOnly(info));
}

/** How a server is made to list all tokens, for the end of a sentence that begins with other ways out: `Use ..., or {0}.` */
export function listAll({ server }: ModelInfo): string {
  return server?.kind === 'vllm'
    ? t('start the server with --max-logprobs -1, so that it lists all')
    : t('use a server that lists all');
}

/**
 * Why a search that compares so many of the most probable tokens of every beginning cannot be exact.
 * @returns undefined where it can
 */
export function lacksTokens({ info }: LanguageModel, search: string, tokens: number): string | undefined {
  const listed = listedBy(info);
  if (listed === null || tokens <= listed) return undefined;
  return t(
    '{0} compares the {1} most probable tokens at every place, but {2}. Use fewer beams, or {3}.',
    search,
    whole(tokens),
    listsOnly(info),
    listAll(info),
  );
}

/**
 * Where what is to be measured needs the whole distribution.
 * @param what begins the sentence that goes on with `needs`, in the singular
 * @throws RangeError where a server does not list it
 */
export function needWhole({ info }: LanguageModel, what: string): void {
  if (listedBy(info) === null) return;
  throw new RangeError(
    t(
      '{0} needs the probability of every token, but {1}. {2}.',
      what,
      listsOnly(info),
      capitalized(listAll(info)),
    ),
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
  const values = [sampler, listsOnly(info), whole(listed), listAll(info)];
  const refusal =
    samplers && notThere === undefined
      ? t(
          '{0} needs the probability of every token, but {1}. Let the server draw, put a top-k below {2} before it, or {3}.',
          ...values,
        )
      : t(
          '{0} needs the probability of every token, but {1}. Put a top-k below {2} before it, or {3}.',
          ...values,
        );
  throw new RangeError(
    notThere === undefined ? refusal : `${refusal} ${t('The server does not draw: {0}', notThere)}`,
  );
}
