/** What a user types as the address of a server. */
import { isConfidential, isLoopback, webAddress } from '../core/webAddress';
import { visibleText } from '../core/visibleText';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';

/** Characters that an address may have. */
const MOST_CHARACTERS = 2000;

export type AddressProblem = 'empty' | 'long' | 'scheme' | 'credentials' | 'shape';

/** Its message says what is wrong with an address, and what is expected. */
export class AddressError extends RangeError {
  override readonly name = 'AddressError';

  constructor(
    readonly problem: AddressProblem,
    sentence: string,
  ) {
    super(sentence);
  }
}

export interface ReadAddress {
  /** As `ModelServer.address`: with its scheme, without a slash at its end. */
  readonly address: string;
  /** Whether it is this machine's own. */
  readonly loopback: boolean;
  /** Whether nobody on the way can read what is sent there. */
  readonly confidential: boolean;
}

/**
 * Reads an address with or without a scheme and a path. What servers themselves print, and what other clients are
 * given, is understood: `/v1` and what stands behind it is cut off, and "all addresses of this machine" becomes this
 * machine's own. Without a scheme, names of the internet are asked over https, and all that has a port or is near
 * over http, which servers speak when they are started by hand.
 * @throws AddressError
 */
export function readAddress(text: string): ReadAddress {
  const typed = text.trim();
  if (typed === '') {
    throw new AddressError(
      'empty',
      t('The address is empty; it should be that of a model server, such as http://localhost:8000.'),
    );
  }
  if (typed.length > MOST_CHARACTERS) {
    throw new AddressError(
      'long',
      t(
        'The address has {0} characters; at most {1} are allowed.',
        written(typed.length),
        written(MOST_CHARACTERS),
      ),
    );
  }
  const url = parse(typed);
  const path = url.pathname.replace(/(\/+v1(\/+(models|completions|chat\/completions))?)*\/*$/, '');
  return {
    address: `${url.origin}${path}`,
    loopback: isLoopback(url),
    confidential: isConfidential(url),
  };
}

function parse(typed: string): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed)?.[1];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    throw new AddressError(
      'scheme',
      t('The address begins with {0}://, but model servers are asked over http:// or https://.', scheme),
    );
  }
  const authority = /^(?:[^/]*:\/\/)?([^/?#]*)/.exec(typed)?.[1] ?? '';
  if (authority.includes('@')) {
    throw new AddressError(
      'credentials',
      t(
        'The address has a user name or a password in it. Leave them out; the key that a server asks for is kept apart.',
      ),
    );
  }
  const url = webAddress(scheme === undefined ? `${guessedScheme(authority)}://${typed}` : typed);
  if (!url) {
    throw new AddressError(
      'shape',
      t(
        '{0} is not the address of a server; it should look like http://localhost:8000 or https://models.example.org, without anything after a ? or a #.',
        JSON.stringify(visibleText(typed.slice(0, 100))),
      ),
    );
  }
  // What a server that listens everywhere prints is no address to be asked, but on some systems.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  return url;
}

function guessedScheme(authority: string): 'http' | 'https' {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
  const near =
    !host.includes('.') ||
    /^[\d.]+$/.test(host) ||
    host.startsWith('[') ||
    /\.(local|localhost)$/i.test(host);
  return port === '443' || (port === undefined && !near) ? 'https' : 'http';
}
