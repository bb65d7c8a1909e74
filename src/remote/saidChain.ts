/** A chain as a server's request says it. */
import type { Vocabulary } from '../core/languageModel';
import type { SamplerSpec } from '../core/samplers/catalog';
import { resolveTokens } from '../core/samplers/tokenLists';
import type { Settings } from '../interchange/settings';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';

/** Tokens that are named one by one. */
const MOST_NAMED = 1000;

export interface SaidChain {
  /** Fields of the request. */
  readonly settings: Settings;
  /** Whether all texts are the same, because the most probable token is taken. */
  readonly greedy: boolean;
}

/**
 * The ids of the tokens that a sampler lists.
 * @param program for sentences.
 * @returns a sentence where they are too many to be said.
 */
export function namedTokens(
  step: Extract<SamplerSpec, { sampler: 'banned-tokens' | 'allowed-tokens' }>,
  vocabularySize: number,
  vocabulary: Vocabulary,
  program: string,
): number[] | string {
  const chosen = resolveTokens(step.sampler, step, { vocabularySize, vocabulary });
  const ids = Array.from(chosen.keys()).filter((id) => chosen[id] === 1);
  return ids.length > MOST_NAMED
    ? t(
        '{0} names {1} tokens; {2} is told of at most {3}.',
        step.sampler,
        written(ids.length),
        program,
        written(MOST_NAMED),
      )
    : ids;
}
