/** What it costs to have a server score a text that is given. */
import type { ModelServer } from '../../core/languageModel';

/** `{0}` is the server's name: whoever speaks another language translates it with that in its place. */
export const TOKEN_BY_TOKEN = '{0} scores a given text token by token, with one request for each.';

/** @returns null where it is one request, or no server at all */
export function scoringCost(
  server: (Pick<ModelServer, 'name'> & Partial<Pick<ModelServer, 'readsTexts'>>) | undefined,
  translate: (sentence: string) => string = (sentence) => sentence,
): string | null {
  if (server?.readsTexts !== 'token by token') return null;
  return translate(TOKEN_BY_TOKEN).replace('{0}', () => server.name);
}
