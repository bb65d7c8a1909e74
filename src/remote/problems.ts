/** What goes wrong with a server or on the way to it, as sentences that name the server and the way out. */
import { visibleText } from '../core/visibleText';
import { messageOf } from '../core/messageOf';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { RemoteError } from './remoteError';
import { quotable, saidBy, saidSafely, shorten } from './serverWords';
import type { ServerAddress } from './source';

/** A server as sentences call it: what its user calls it and where it is. */
export function titleOf({ name, address }: Pick<ServerAddress, 'name' | 'address'>): string {
  const { host } = new URL(address);
  const shown = shorten(visibleText(name.trim()), 60);
  return shown === '' || shown.includes(host) ? shown || host : `${shown} (${host})`;
}

/** What a request that failed was about. */
export interface Asked {
  readonly server: ServerAddress;
  /** As `ServerRequest.what`. */
  readonly what: string;
  readonly path: string;
  readonly quietMs: number;
}

/** An answer that is none. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  /** Where the server leads elsewhere. */
  readonly location: string | undefined;
  /** Its body, or the beginning of it. */
  readonly text: string;
}

/** The error for an answer with a status that is not a success. */
export function refusalError(asked: Asked, refusal: Refusal): RemoteError {
  const { server, what, path } = asked;
  const { status, type, location, text } = refusal;
  const title = titleOf(server);
  const said = saidBy(server, text);
  const words = said === undefined ? '' : wordsOfServer(said);
  const known = written(status);
  const error = (code: RemoteError['code'], sentence: string): RemoteError =>
    new RemoteError(code, sentence, said);
  if (status >= 300 && status < 400) {
    const to = location === undefined ? t('another address') : saidSafely(server, location, 200);
    return error(
      'refused',
      t(
        '{0} leads to {1} in place of {2}, which is not followed. If that is the server, enter its address.',
        title,
        to,
        what,
      ),
    );
  }
  if (status === 401) {
    return error('access', keySentence(title, server.key !== undefined, said));
  }
  if (status === 403) {
    return error(
      'access',
      t(
        '{0} does not allow {1} (status {2}){3}. Check its key and what that key may do.',
        title,
        what,
        known,
        words,
      ),
    );
  }
  if (status === 407) {
    return error(
      'network',
      t('The proxy on the way to {0} asks for a name and a password (status {1}).', title, known),
    );
  }
  if (said === undefined && /html/i.test(type) && status !== 404) {
    return error(
      'network',
      t(
        'Something on the way to {0} answers in its place with a web page (status {1}). Check that the server runs, its address and the proxy, then try again.',
        title,
        known,
      ),
    );
  }
  if (status === 404 && /model/i.test(said ?? '')) {
    return error(
      'missing',
      t('{0} does not have the model any more{1}. Choose one that it serves now.', title, words),
    );
  }
  if (status === 404 || status === 405) {
    return error(
      'missing',
      t(
        '{0} does not know {1} (status {2}), which is asked for {3}. Check that the address is that of vLLM or llama-server, and that the server is no older version.',
        title,
        path,
        known,
        what,
      ),
    );
  }
  if (status === 429) {
    return error(
      'network',
      t('{0} has too much to do (status {1}){2}. Try again in a while.', title, known, words),
    );
  }
  if (status === 503 && /load/i.test(said ?? '')) {
    return error('network', t('{0} is still loading its model{1}. Try again when it has.', title, words));
  }
  if (status === 502 || status === 503 || status === 504) {
    return error(
      'network',
      t(
        '{0} is not ready for {1} (status {2}){3}. Check that it runs, then try again.',
        title,
        what,
        known,
        words,
      ),
    );
  }
  if (status >= 500) {
    return error(
      'network',
      t('{0} failed at {1} (status {2}){3}. Its log says more; try again.', title, what, known, words),
    );
  }
  return error(
    'refused',
    t('{0} refuses {1} (status {2}){3}. Its log may say more.', title, what, known, words),
  );
}

/** The server's own words behind what a sentence says of it. */
const wordsOfServer = (said: string): string => t(': “{0}”', quotable(said));

function keySentence(title: string, isGiven: boolean, said: string | undefined): string {
  if (said === undefined) {
    return isGiven
      ? t('{0} does not accept the key that it was given; enter the one that it was started with.', title)
      : t('{0} asks for a key; give it the one that it was started with.', title);
  }
  const words = quotable(said);
  return isGiven
    ? t(
        '{0} does not accept the key that it was given (it says “{1}”); enter the one that it was started with.',
        title,
        words,
      )
    : t('{0} asks for a key (it says “{1}”); give it the one that it was started with.', title, words);
}

/** The error for an `error` that a stream holds, or an answer that is otherwise a success. */
export function saidError({ server, what }: Asked, problem: unknown): RemoteError {
  const said = saidBy(server, JSON.stringify({ error: problem }));
  return new RemoteError(
    'refused',
    t(
      '{0} broke off at {1} with an error of its own{2}. Its log says more; try again.',
      titleOf(server),
      what,
      said === undefined ? '' : wordsOfServer(said),
    ),
    said,
  );
}

/** The error for an answer that makes no sense. @param wrong what it is, after "answers with". */
export function nonsense({ server, what }: Pick<Asked, 'server' | 'what'>, wrong: string): RemoteError {
  return new RemoteError(
    'answer',
    t(
      '{0} answers with {1} in place of {2}. Check its address and its version.',
      titleOf(server),
      wrong,
      what,
    ),
  );
}

/** What is wrong with certificates, by Node's codes. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** The error for a way that failed. @param begun whether the answer had begun. */
export function wayError(asked: Asked, error: unknown, begun: boolean): RemoteError {
  const { server, what, quietMs } = asked;
  const title = titleOf(server);
  const code = codeOf(error);
  const network = (sentence: string): RemoteError => new RemoteError('network', sentence);
  switch (code) {
    case 'ECONNREFUSED':
      return network(
        t(
          '{0} cannot be reached: nothing answers there ({1}). Check that it runs, its address and the proxy, then try again.',
          title,
          code,
        ),
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return network(
        t(
          '{0} cannot be reached: its name is not known on this network ({1}). Check that it runs, its address and the proxy, then try again.',
          title,
          code,
        ),
      );
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return network(
        t(
          '{0} cannot be reached: no way there answers ({1}). Check that it runs, its address and the proxy, then try again.',
          title,
          code,
        ),
      );
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return network(
        t(
          '{0} said nothing for {1} seconds when it was asked for {2}. It may hang or have too much to do: see its log, then try again.',
          title,
          written(quietMs / 1000),
          what,
        ),
      );
  }
  if (CERTIFICATE.test(code)) {
    return network(
      t(
        '{0} has a certificate that cannot be verified ({1}). Install the certificate of its authority on this machine, or use an address that the certificate is for.',
        title,
        code,
      ),
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return network(
      t('{0} does not speak https ({1}). Try its address with http:// in place of https://.', title, code),
    );
  }
  if (code.startsWith('HPE_')) {
    return network(
      t(
        '{0} does not speak http ({1}). Check the port of its address, and whether it needs https://.',
        title,
        code,
      ),
    );
  }
  const proxy = /Proxy (?:response|Authentication Required) \((\d+)\)/.exec(messageOf(error))?.[1];
  if (proxy !== undefined) {
    return network(
      t(
        "{0} is not reached through the proxy, which answers with status {1}. Check the proxy's settings.",
        title,
        proxy,
      ),
    );
  }
  const reason = shorten(visibleText(code === '' ? messageOf(error) : code), 100);
  return network(
    begun
      ? t(
          '{0} broke off in the middle of {1} ({2}). It may have been stopped: see its log, then try again.',
          title,
          what,
          reason,
        )
      : t(
          '{0} closed the connection when it was asked for {1} ({2}). It may have been stopped: see its log, then try again.',
          title,
          what,
          reason,
        ),
  );
}

/** A system's or undici's code of an error, or of what caused it; empty where there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return code ?? (error.cause === undefined ? '' : codeOf(error.cause));
}
