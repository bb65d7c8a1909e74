/** What is read out of a result of Explore in more than one place. */
import { t } from '../../l10n/language';
import { MODEL } from './distribution';
import type { ExploreResult } from './result';

export type Next = NonNullable<ExploreResult['next']>;
type Completion = ExploreResult['completions'][number];

/** Texts of the tokens that a result names, by their ids. */
export function tokenTexts({ tokens }: ExploreResult): (id: number) => string {
  const texts = new Map(tokens.map(({ id, text }) => [id, text]));
  return (id) => texts.get(id) ?? t('token {0}', String(id));
}

/** What has removed a token, as sentences name it. */
export function removerWords(removedBy: string): string {
  return removedBy === MODEL ? t('the model') : removedBy;
}

/** Mean over a completion's tokens of the natural log of the probability before the chain; null for no tokens. */
export function meanLogProbability({ ids, logProbability }: Completion): number | null {
  return ids.length === 0 ? null : logProbability / ids.length;
}
