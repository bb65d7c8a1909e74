import { t } from '../../l10n/language';
import { RemoteError } from '../remoteError';
import { titleOf } from '../problems';
import type { ServerConnection } from '../connection';

/** Makes the error for an answer that cannot be right, from what is wrong with it: words that follow "answered with". */
export type Wrong = (what: string) => RemoteError;

export function wrongAnswers(connection: ServerConnection): Wrong {
  return (what) =>
    new RemoteError(
      'answer',
      t(
        '{0} answered with {1}. Check that it is vLLM and of a newer version, or choose another server.',
        titleOf(connection.server),
        connection.safely(what),
      ),
    );
}
