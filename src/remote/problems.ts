/** What goes wrong with a server or on the way to it, as sentences that name the server and the way out. */
import { visibleText } from '../core/visibleText';
import { messageOf } from '../core/messageOf';
import { RemoteError } from './remoteError';
import type { ServerAddress } from './source';

/** Characters of a server's own words in a sentence, and in `RemoteError.said`. */
const MOST_SHOWN = 300;
const MOST_SAID = 2000;
/** Characters of a key below which it would be found in any text, and is none. */
const LEAST_SECRET = 4;

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
  const words = said === undefined ? '' : `: ${quoted(said)}`;
  const error = (code: RemoteError['code'], sentence: string): RemoteError =>
    new RemoteError(code, sentence, said);
  if (status >= 300 && status < 400) {
    const to = location === undefined ? 'another address' : saidSafely(server, location, 200);
    return error(
      'refused',
      `${title} leads to ${to} in place of ${what}, which is not followed. If that is the server, enter its address.`,
    );
  }
  if (status === 401) {
    const its = said === undefined ? '' : ` (it says ${quoted(said)})`;
    const key =
      server.key === undefined
        ? `asks for a key${its}; give it the one`
        : `does not accept the key that it was given${its}; enter the one`;
    return error('access', `${title} ${key} that it was started with.`);
  }
  if (status === 403) {
    return error(
      'access',
      `${title} does not allow ${what} (status 403)${words}. Check its key and what that key may do.`,
    );
  }
  if (status === 407) {
    return error('network', `The proxy on the way to ${title} asks for a name and a password (status 407).`);
  }
  if (said === undefined && /html/i.test(type) && status !== 404) {
    return error(
      'network',
      `Something on the way to ${title} answers in its place with a web page (status ${status}). ` +
        `Check that the server runs, its address and the proxy, then try again.`,
    );
  }
  if (status === 404 && /model/i.test(said ?? '')) {
    return error(
      'missing',
      `${title} does not have the model any more${words}. Choose one that it serves now.`,
    );
  }
  if (status === 404 || status === 405) {
    return error(
      'missing',
      `${title} does not know ${path} (status ${status}), which is asked for ${what}. Check that the address is that ` +
        `of vLLM or llama-server, and that the server is no older version.`,
    );
  }
  if (status === 429) {
    return error('network', `${title} has too much to do (status 429)${words}. Try again in a while.`);
  }
  if (status === 503 && /load/i.test(said ?? '')) {
    return error('network', `${title} is still loading its model${words}. Try again when it has.`);
  }
  if (status === 502 || status === 503 || status === 504) {
    return error(
      'network',
      `${title} is not ready for ${what} (status ${status})${words}. Check that it runs, then try again.`,
    );
  }
  if (status >= 500) {
    return error(
      'network',
      `${title} failed at ${what} (status ${status})${words}. Its log says more; try again.`,
    );
  }
  return error('refused', `${title} refuses ${what} (status ${status})${words}. Its log may say more.`);
}

/** The error for an `error` that a stream holds, or an answer that is otherwise a success. */
export function saidError({ server, what }: Asked, problem: unknown): RemoteError {
  const said = saidBy(server, JSON.stringify({ error: problem }));
  const words = said === undefined ? '' : `: ${quoted(said)}`;
  return new RemoteError(
    'refused',
    `${titleOf(server)} broke off at ${what} with an error of its own${words}. Its log says more; try again.`,
    said,
  );
}

/** The error for an answer that makes no sense. @param wrong what it is, after "answers with". */
export function nonsense({ server, what }: Pick<Asked, 'server' | 'what'>, wrong: string): RemoteError {
  return new RemoteError(
    'answer',
    `${titleOf(server)} answers with ${wrong} in place of ${what}. Check its address and its version.`,
  );
}

/** What is wrong with certificates, by Node's codes. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** The error for a way that failed. @param begun whether the answer had begun. */
export function wayError(asked: Asked, error: unknown, begun: boolean): RemoteError {
  const { server, what, quietMs } = asked;
  const title = titleOf(server);
  const code = codeOf(error);
  const network = (sentence: string): RemoteError => new RemoteError('network', `${title} ${sentence}`);
  const check = 'Check that it runs, its address and the proxy, then try again.';
  switch (code) {
    case 'ECONNREFUSED':
      return network(`cannot be reached: nothing answers there (${code}). ${check}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return network(`cannot be reached: its name is not known on this network (${code}). ${check}`);
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return network(`cannot be reached: no way there answers (${code}). ${check}`);
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return network(
        `said nothing for ${quietMs / 1000} seconds when it was asked for ${what}. It may hang or have too much to do: ` +
          `see its log, then try again.`,
      );
  }
  if (CERTIFICATE.test(code)) {
    return network(
      `has a certificate that cannot be verified (${code}). Install the certificate of its authority on this machine, ` +
        `or use an address that the certificate is for.`,
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return network(`does not speak https (${code}). Try its address with http:// in place of https://.`);
  }
  if (code.startsWith('HPE_')) {
    return network(
      `does not speak http (${code}). Check the port of its address, and whether it needs https://.`,
    );
  }
  const proxy = /Proxy (?:response|Authentication Required) \((\d+)\)/.exec(messageOf(error))?.[1];
  if (proxy !== undefined) {
    return network(
      `is not reached through the proxy, which answers with status ${proxy}. Check the proxy's settings.`,
    );
  }
  const broke = begun
    ? `broke off in the middle of ${what}`
    : `closed the connection when it was asked for ${what}`;
  const reason = shorten(visibleText(code === '' ? messageOf(error) : code), 100);
  return network(`${broke} (${reason}). It may have been stopped: see its log, then try again.`);
}

/** A system's or undici's code of an error, or of what caused it; empty where there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return code ?? (error.cause === undefined ? '' : codeOf(error.cause));
}

/**
 * The server's own words in what it sent: of both servers' errors, of FastAPI's and of plain text; undefined where
 * there are none that people can read. The key never is among them.
 */
function saidBy(server: ServerAddress, text: string): string | undefined {
  const found = wordsOf(text)?.trim();
  return found === undefined || found === '' ? undefined : saidSafely(server, found, MOST_SAID);
}

/** Text of a server as it can be shown: no longer than `most` characters, nothing hidden in it, and not the key. */
export function saidSafely({ key }: ServerAddress, text: string, most = MOST_SHOWN): string {
  const safe = key === undefined || key.length < LEAST_SECRET ? text : withoutKey(text, key);
  // Marks are longer than what they stand for: what is beyond cannot be seen anyway.
  return shorten(visibleText(safe.slice(0, 2 * most)), most);
}

/** Text without a key, also as JSON writes it, and where the text has been cut within it. */
function withoutKey(text: string, key: string): string {
  let safe = text;
  for (const form of new Set([key, JSON.stringify(key).slice(1, -1)])) {
    safe = safe.replaceAll(form, '[key]');
    for (let length = form.length - 1; length >= LEAST_SECRET; length--) {
      safe = safe.replaceAll(`${form.slice(0, length)}…`, '[key]…');
    }
  }
  return safe;
}

function wordsOf(text: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return /^\s*</.test(text) ? undefined : text;
  }
  const { error, message, detail } = (json ?? {}) as Record<string, unknown>;
  const inner = (error ?? {}) as { message?: unknown; type?: unknown };
  const words = [inner.message, error, message, detail, inner.type].find(
    (value) => typeof value === 'string',
  );
  return words ?? (detail === undefined ? undefined : JSON.stringify(detail));
}

function quoted(said: string): string {
  return `“${shorten(said, MOST_SHOWN).replace(/[.\s]+$/, '')}”`;
}

function shorten(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}
