/** How long callers wait for the answer to each request, and what they are told then. */
import { counted, t } from '../l10n/language';
import type { ServerAddress } from '../remote/source';
import type { ModelSource, Priority } from './protocol';
import type { WaitPolicy } from './waitFor';

/** Milliseconds for the answer to each of these requests. */
export interface Limits {
  readonly probe: number;
  readonly status: number;
  readonly unload: number;
  readonly load: number;
}

/**
 * A model may be large and its disk slow, and a server may let each question wait; the other two are a matter of
 * moments where no long step goes on.
 */
const LIMITS: Limits = { probe: 120_000, status: 10_000, unload: 60_000, load: 600_000 };

/** How long a run that was stopped may take to answer with what it has. */
const PARTIAL_MS = 1000;

const limitOf = (request: keyof Limits, limits: Partial<Limits> | undefined): number =>
  ({ ...LIMITS, ...limits })[request];

/** @param limits those that differ */
export function loadPolicy(source: ModelSource, limits?: Partial<Limits>): WaitPolicy {
  const milliseconds = limitOf('load', limits);
  const sentence = notLoaded(source, span(milliseconds));
  return {
    ...{ afterStop: 0, stopped: t('Stopped before the model was loaded.') },
    limit: { milliseconds, sentence },
  };
}

/** @param limits those that differ */
export function probePolicy(server: ServerAddress, limits?: Partial<Limits>): WaitPolicy {
  const milliseconds = limitOf('probe', limits);
  const sentence = t(
    '{0} did not answer within {1}. See whether it or the model process is busy with something long, then try again.',
    server.name,
    span(milliseconds),
  );
  return {
    afterStop: 0,
    stopped: t('Stopped before the server answered.'),
    limit: { milliseconds, sentence },
  };
}

/** @param keepsOnStop whether a stop asks the run to put things in order */
export function runPolicy(priority: Priority, keepsOnStop: boolean): WaitPolicy {
  // Who types has gone on by then.
  return { afterStop: keepsOnStop ? Infinity : priority === 'typing' ? 0 : PARTIAL_MS };
}

/** Of what the engine answers at once between two steps. @param limits those that differ */
export function shortPolicy(request: 'status' | 'unload', limits?: Partial<Limits>): WaitPolicy {
  const milliseconds = limitOf(request, limits);
  const sentence = t(
    'The model process is in the middle of a long step and did not answer within {0}. Wait for that step, or stop its run; then try again.',
    span(milliseconds),
  );
  return { afterStop: 0, limit: { milliseconds, sentence } };
}

const span = (milliseconds: number): string =>
  milliseconds < 120_000
    ? counted(milliseconds / 1000, '{0} second', '{0} seconds')
    : counted(milliseconds / 60_000, '{0} minute', '{0} minutes');

function notLoaded(source: ModelSource, time: string): string {
  const name = source.kind === 'toy' ? t('The toy vocabulary') : source.name;
  return source.kind === 'remote'
    ? t(
        '{0} was not loaded within {1}. Where a run goes on, wait for its step or stop it; otherwise see whether its server answers. Then try again.',
        name,
        time,
      )
    : t(
        '{0} was not loaded within {1}. Where a run goes on, wait for its step or stop it; otherwise see whether the disk with the model answers. Then try again.',
        name,
        time,
      );
}
