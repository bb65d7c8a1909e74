import { messageOf } from '../../src/core/messageOf';
import type { Failure } from '../../src/protocol/messages';
import { RequestError } from '../host';
import { t } from '../../src/l10n/language';

/** Any error as a failure that can be shown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestError) return error.failure;
  const what = messageOf(error);
  return { code: 'internal', sentence: t('Something unexpected went wrong: {0}.', what) };
}

export const UNREADABLE: Failure = {
  code: 'protocol',
  sentence: t(
    'This page cannot read the result. It may have been saved by another version. Run the experiment again.',
  ),
};
