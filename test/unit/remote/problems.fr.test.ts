/** What goes wrong with servers, where VS Code speaks French. */
import '../l10n/inFrench';
import { describe, expect, it } from 'vitest';
import { AddressError, readAddress } from '../../../src/remote/address';
import { checkContext } from '../../../src/remote/contexts';
import { checkLogProbability, readFirstEntry } from '../../../src/remote/llama/entries';
import { nonsense, refusalError, saidError, wayError } from '../../../src/remote/problems';
import type { ModelInfo } from '../../../src/core/languageModel';
import { leftInEnglish } from '../l10n/english';
import { frenchHoles } from '../l10n/holes';

const server = { name: 'gpu1', address: 'http://gpu1:8000' };
const asked = { server, what: 'les jetons suivants', path: '/v1/completions', quietMs: 120_000 };

function isFrench(sentence: string): void {
  expect(frenchHoles(sentence)).toEqual([]);
  expect(leftInEnglish(sentence), sentence).toBeUndefined();
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('in French, a server', () => {
  const statuses = [301, 401, 403, 404, 405, 407, 422, 429, 500, 502, 503];

  it.each(statuses)('that refuses with %i is told of, with its own words and without', (status) => {
    for (const text of ['', '{"error":"model loading"}']) {
      for (const given of [server, { ...server, key: 'secret' }]) {
        for (const type of ['application/json', 'text/html']) {
          const refusal = { status, type, location: undefined, text };
          isFrench(refusalError({ ...asked, server: given }, refusal).message);
        }
      }
    }
    expect(refusalError(asked, { status: 429, type: '', location: undefined, text: 'busy.' }).message).toBe(
      'gpu1 (gpu1:8000) a trop à faire (code 429)\u00a0: «\u00a0busy\u00a0». Réessayez dans un moment.',
    );
  });

  const codes = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'UND_ERR_BODY_TIMEOUT', 'CERT_HAS_EXPIRED'];

  it.each([...codes, 'EPROTO', 'HPE_INVALID_CONSTANT', 'ECONNRESET'])(
    'that fails by %s is told of',
    (code) => {
      for (const begun of [true, false]) {
        isFrench(wayError(asked, Object.assign(new Error('x'), { code }), begun).message);
      }
    },
  );

  it('that makes no sense is told of', () => {
    isFrench(nonsense(asked, 'une page web').message);
    isFrench(saidError(asked, 'boum').message);
    isFrench(messageOf(() => checkLogProbability(5, 1.5)));
    isFrench(messageOf(() => readFirstEntry(Buffer.from('"completion_probabilities":[x'), () => undefined)));
    expect(messageOf(() => checkLogProbability(5, 1.5))).toBe('la log-probabilité 1,5 pour le jeton 5');
  });

  it('is asked only at an address and about a text that can be', () => {
    for (const address of ['', 'x'.repeat(2001), 'ftp://a', 'http://a:b@c', 'http://[']) {
      expect(() => readAddress(address)).toThrow(AddressError);
      isFrench(messageOf(() => readAddress(address)));
    }
    const info = { name: 'fireside', vocabularySize: 50257, contextLength: 3 } as ModelInfo;
    for (const tokens of [[], [-1], [1, 2, 3, 4]]) {
      isFrench(
        messageOf(() => {
          checkContext(info, tokens, 'Le texte');
        }),
      );
    }
  });
});
