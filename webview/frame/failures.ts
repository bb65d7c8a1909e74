import { messageOf } from '../../src/core/messageOf';
import type { Failure } from '../../src/protocol/messages';
import { RequestError } from '../host';

/** Any error as a failure that can be shown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestError) return error.failure;
  const what = messageOf(error);
  return { code: 'internal', sentence: `Something unexpected went wrong: ${what}.` };
}

export const UNREADABLE: Failure = {
  code: 'protocol',
  sentence:
    'This page cannot read the result. It may have been saved by another version. Run the experiment again.',
};
