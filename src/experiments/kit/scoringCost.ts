/** What it costs to have a server score a text that is given. */
import type { ModelServer } from '../../core/languageModel';
import { t } from '../../l10n/language';

/** @returns null where it is one request, or no server at all */
export function scoringCost(
  server: (Pick<ModelServer, 'name'> & Partial<Pick<ModelServer, 'readsTexts'>>) | undefined,
): string | null {
  if (server?.readsTexts !== 'token by token') return null;
  return t('{0} scores a given text token by token, with one request for each.', server.name);
}
