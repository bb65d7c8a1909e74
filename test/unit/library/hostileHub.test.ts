/** Hubs and mirrors that answer without end, or with two versions of a file. */
import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { LibraryError } from '../../../src/library/libraryError';
import type { LibraryEntry } from '../../../src/library/installedModels';
import { depth } from '../depth';
import '../fixedSeed';
import {
  arrivedIn,
  expectNothing,
  expectRight,
  FILES,
  libraryFixture,
  QUICK,
  REPO,
  WEIGHTS,
} from './fixture';
import { HubServer, sha256, type Fault } from './hubServer';

const { at, hub, library } = libraryFixture();
const weights = FILES[WEIGHTS];
const half = weights.length >> 1;

/** Another version of the model, whose numbers differ in every byte. */
const other = Buffer.from(weights);
for (let i = 8 + Number(weights.readBigUInt64LE(0)); i < other.length; i++) other[i]! ^= 1;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers every request alike, and counts them. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<{ endpoint: string; count: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    answer(request, response, ++count);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

const info = JSON.stringify({
  _id: '1',
  id: REPO,
  sha: 'a'.repeat(40),
  lastModified: '2024-02-19T10:57:45Z',
});
const isInfo = (request: IncomingMessage): boolean => request.url!.includes('/revision/');

describe('a description without end', () => {
  it('is ended after four megabytes, counted after decompression', async () => {
    const zeros = Buffer.alloc(1 << 20, ' ');
    let sent = 0;
    const { endpoint, count } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      const gzip = createGzip();
      gzip.pipe(response);
      const more = (): void => {
        sent += zeros.length;
        if (!response.destroyed) gzip.write(zeros, () => setImmediate(more));
      };
      more();
    });
    const here = library({ endpoints: [endpoint] });
    await expectNothing(here, here.download(REPO), 'network', /127.0.0.1.* more than 4 MB for tester\/tiny/);
    expect(count()).toBe(1);
    expect(sent).toBeLessThan(500e6);
  });

  it.each([
    ['empty pages', () => '[]', /more than 3 empty pages/, 6],
    [
      'pages with a file each',
      (count: number) => `[{"type":"file","path":"f${count}","size":1}]`,
      /more than 100 pages/,
      110,
    ],
    [
      'pages with folders only',
      (count: number) =>
        JSON.stringify(
          Array.from({ length: 5000 }, (_, i) => ({ type: 'directory', path: `${count}/${i}`, size: 0 })),
        ),
      /more than 10000 files and folders/,
      6,
    ],
  ])('of %s is ended with a sentence', async (_, page, sentence, most) => {
    const { endpoint, count } = await serve((request, response, n) => {
      const next = `<http://${request.headers.host!}/page?${n}>; rel="next"`;
      if (isInfo(request)) response.end(info);
      else response.writeHead(200, { link: next }).end(page(n));
    });
    const here = library({ endpoints: [endpoint] });
    const attempt = here.download(REPO);
    await attempt.catch((error: unknown) => {
      expect(error).toBeInstanceOf(LibraryError);
      expect((error as Error).message).toMatch(sentence);
    });
    await expect(attempt).rejects.toThrow(/127.0.0.1/);
    expect(count()).toBeLessThanOrEqual(most);
  });

  it('that leads in a circle is ended with a sentence', async () => {
    const { endpoint } = await serve((request, response) => {
      const next = `<http://${request.headers.host!}/page>; rel="next"`;
      if (isInfo(request)) response.end(info);
      else response.writeHead(200, { link: next }).end('[{"type":"file","path":"config.json","size":1}]');
    });
    const here = library({ endpoints: [endpoint] });
    await expectNothing(here, here.download(REPO), 'network', /a page of it for the second time/);
  });

  it.each([
    ['comes by the kilobyte', 'a'.repeat(1024), /more than 0.3 seconds/],
    ['comes by the byte', 'a', /less than 1 kB in 0.4 seconds/],
  ])('that %s is ended with a sentence', async (_, piece, sentence) => {
    const { endpoint } = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(piece), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    const longestListingMs = piece.length > 1 ? 300 : 60_000;
    const here = library({
      endpoints: [endpoint],
      retryPolicy: { ...QUICK, stallMs: 400, tries: 2, longestListingMs },
    });
    await expectNothing(here, here.download(REPO), 'network', sentence);
  });

  it.each([
    ['nested without end', '['.repeat(3_000_000), /is nested more than 100 levels deep/],
    ['of small objects without end', `[${'{},'.repeat(1_200_000)}`, /more than 100000 objects and lists/],
    ['with a size that no disk has', '[{"type":"file","path":"a","size":1e300}]', /not a description/],
    [
      'with a path that no disk has',
      `[{"type":"file","path":"${'a'.repeat(1001)}","size":1}]`,
      /not a description/,
    ],
  ])('%s is refused', async (_, listing, sentence) => {
    const { endpoint } = await serve((request, response) => response.end(isInfo(request) ? info : listing));
    const here = library({ endpoints: [endpoint] });
    await expectNothing(here, here.download(REPO), 'network', sentence);
  });

  it('in its headers is refused', async () => {
    const { endpoint, count } = await serve((_, response) =>
      response.writeHead(200, { 'x-long': 'a'.repeat(20_000) }).end(info),
    );
    const here = library({ endpoints: [endpoint] });
    await expectNothing(
      here,
      here.download(REPO),
      'network',
      /headers of its answer are larger than 16.4 kB/,
    );
    expect(count()).toBe(1);
  });

  it('of a configuration is not even begun', async () => {
    hub().add(REPO, { ...FILES, 'config.json': Buffer.alloc(1_000_001, ' ') });
    const here = library();
    await expectNothing(here, here.download(REPO), 'unsupported', /1000001 bytes, more than the 1000000/);
    expect(hub().requestsFor('config.json', 'store')).toEqual([]);
  });
});

describe('a file that trickles', () => {
  it('is given up with a sentence, and goes on later', async () => {
    const { endpoint } = await serve((request, response) => {
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(start > 0 ? 206 : 200, {
        'content-length': weights.length - start,
        'content-range': `bytes ${start}-${weights.length - 1}/${weights.length}`,
      });
      let sent = start;
      const timer = setInterval(() => response.write(weights.subarray(sent, ++sent)), 10);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    hub().fault = ({ where, file }) =>
      where === 'hub' && file === WEIGHTS ? { redirect: `${endpoint}/x` } : undefined;
    const here = library({ retryPolicy: { ...QUICK, stallMs: 200, tries: 3 } });
    await expectNothing(
      here,
      here.download(REPO),
      'network',
      /less than 1 kB in 0.2 seconds, 3 times in a row/,
    );
    hub().fault = () => undefined;
    expectRight(await library().download(REPO));
  });
});

describe('a file whose content nobody vouches for', () => {
  const version = ({ directory }: LibraryEntry): string => {
    const bytes = readFileSync(join(directory, WEIGHTS));
    return bytes.equals(weights) ? 'listed' : bytes.equals(other) ? 'other' : 'a mixture';
  };

  it.each<[string, Fault, Fault]>([
    ['a weak validator', { etag: 'W/"x"' }, { etag: 'W/"x"' }],
    ['a validator that is none', { etag: 'x' }, { etag: 'x' }],
    ['none', { etag: null }, { etag: null }],
    ['one only at first', {}, { etag: null }],
    ['another one', {}, {}],
    ['another one, and If-Range is not known', { etag: '"a"' }, { etag: '"b"' }],
  ])('is never put together where the server has %s', async (_, first, then) => {
    hub().digests = false;
    hub().fault = ({ where, file, before }) => {
      if (where !== 'store' || file !== WEIGHTS) return undefined;
      return before === 0 ? { ...first, cutAfter: half } : { ...then, content: other, ignoreIfRange: true };
    };
    expect(version(await library().download(REPO))).toBe('other');
  });

  it('goes on where a strong validator says that it is the same', async () => {
    hub().digests = false;
    hub().fault = ({ where, file, before }) =>
      where === 'store' && file === WEIGHTS && before === 0 ? { cutAfter: half } : undefined;
    const entry = await library().download(REPO);
    expectRight(entry);
    const [, second] = hub().requestsFor(WEIGHTS);
    expect(second).toMatchObject({
      range: `bytes=${half}-`,
      ifRange: expect.stringMatching(/^"store-/) as string,
    });
    // Nobody vouched for it, so its digest is what it was when it arrived.
    const record = JSON.parse(readFileSync(join(entry.directory, 'decoding-lab.json'), 'utf8')) as {
      files: { path: string }[];
    };
    expect(record.files.find(({ path }) => path === WEIGHTS)).toEqual({
      path: WEIGHTS,
      bytes: weights.length,
      sha256: sha256(weights),
      assurance: 'size',
    });
    writeFileSync(join(entry.directory, WEIGHTS), other);
    expect(await library().verify(REPO)).toMatchObject({ ok: false });
  });

  it('is one version whatever the server does, in whatever order, over sessions', async () => {
    const bytes = fc.integer({ min: 1, max: weights.length - 1 });
    const fault = fc.record({
      content: fc.constantFrom(weights, other),
      // A strong validator is that of its content; all else says nothing.
      etag: fc.constantFrom<(string | null | undefined)[]>('W/"x"', null, 'x', undefined),
      ignoreIfRange: fc.boolean(),
      ignoreRange: fc.boolean(),
      cutAfter: fc.option(bytes, { nil: undefined }),
    });
    hub().digests = false;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 2, maxLength: 12 }), async (faults) => {
        const storage = at(`versions-${run++}`);
        hub().arrived = arrivedIn(storage);
        let before = 0;
        hub().fault = ({ where, file }) => {
          if (where !== 'store' || file !== WEIGHTS) return undefined;
          const { cutAfter, etag, ...rest } = faults[before++ % faults.length]!;
          const last = before > 3 * faults.length;
          return {
            ...rest,
            ...(etag !== undefined && { etag }),
            ...(cutAfter !== undefined && !last && { cutAfter }),
          };
        };
        for (let session = 0; session < 30; session++) {
          const outcome = await library({ storage, retryPolicy: { ...QUICK, tries: 2 } })
            .download(REPO)
            .catch((error: unknown) => error);
          if (outcome instanceof LibraryError) continue;
          expect(version(outcome as LibraryEntry)).not.toBe('a mixture');
          return;
        }
      }),
      { numRuns: depth(3, 6) },
    );
  });

  it('is not continued with bytes that were changed on the disk', async () => {
    hub().digests = false;
    hub().fault = ({ where, file, before }) =>
      where === 'store' && file === WEIGHTS
        ? before === 0
          ? { cutAfter: half }
          : { status: 500 }
        : undefined;
    const first = library();
    await expectNothing(first, first.download(REPO), 'network');
    const part = at('storage', '.downloads', 'tester--tiny', `${WEIGHTS}.part`);
    const bytes = readFileSync(part);
    bytes[half - 1]! ^= 1;
    writeFileSync(part, bytes);
    hub().fault = () => undefined;
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS).at(-1)!.range).toBeUndefined();
  });

  it('is fetched again where it is not what arrived in an earlier session', async () => {
    hub().digests = false;
    hub().fault = ({ where, file }) => (where === 'store' && file === WEIGHTS ? { status: 500 } : undefined);
    const first = library();
    await expectNothing(first, first.download(REPO), 'network');
    const folder = at('storage', '.downloads', 'tester--tiny');
    const config = readFileSync(join(folder, 'config.json'), 'utf8');
    writeFileSync(join(folder, 'config.json'), config.replace(/.$/s, ' '));
    rmSync(join(folder, 'generation_config.json'));
    hub().fault = () => undefined;
    expectRight(await library().download(REPO));
  });

  it('comes from no other address than the one that listed it', async () => {
    const mirror = await HubServer.start();
    try {
      mirror.add(REPO, { ...FILES, [WEIGHTS]: other });
      hub().digests = false;
      hub().fault = ({ where, file }) =>
        where === 'store' && file === WEIGHTS ? { status: 500 } : undefined;
      const here = library({ endpoints: [hub().endpoint, mirror.endpoint] });
      await expectNothing(here, here.download(REPO), 'network', /status 500/);
      expect(mirror.seen).toEqual([]);
    } finally {
      await mirror.stop();
    }
  });
});

describe('files of one model', () => {
  it('are of one commit, by the word of the hub', async () => {
    hub().fault = ({ where, file }) =>
      where === 'hub' && file === 'generation_config.json'
        ? { headers: { 'x-repo-commit': 'b'.repeat(40) } }
        : undefined;
    const here = library();
    await expectNothing(here, here.download(REPO), 'changed', /version b{40}, not of a{40}/);
  });

  it('arrive without what was half written beside them', async () => {
    hub().fault = ({ where, file }) => (where === 'store' && file === WEIGHTS ? { status: 500 } : undefined);
    const first = library();
    await expectNothing(first, first.download(REPO), 'network');
    const folder = at('storage', '.downloads', 'tester--tiny');
    writeFileSync(join(folder, 'download.json.0b5c'), '{');
    hub().fault = () => undefined;
    const entry = await library().download(REPO);
    expectRight(entry);
    expect(readdirSync(entry.directory).filter((name) => name.startsWith('download'))).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a redirect', () => {
  it('elsewhere and back does not bring the token along', async () => {
    const authorizations: (string | undefined)[] = [];
    const { endpoint } = await serve((request, response) => {
      authorizations.push(request.headers.authorization);
      response.writeHead(302, { location: `${hub().endpoint}/${REPO}/resolve/main/config.json` }).end();
    });
    hub().fault = ({ where, file }) =>
      where === 'hub' && file === 'config.json' ? { redirect: `${endpoint}/x` } : undefined;
    const here = library({ token: () => 'hf_secret' });
    await here.download(REPO).catch(() => undefined);
    expect(authorizations.length).toBeGreaterThan(0);
    expect(authorizations.every((authorization) => authorization === undefined)).toBe(true);
    const back = hub().seen.filter(({ path }) => path.endsWith('/resolve/main/config.json'));
    expect(back.length).toBeGreaterThan(0);
    expect(back.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:8080/x',
    'https://localhost/x',
    'http://[::1]/x',
    'https://a.localhost/x',
    'http://127.1/x',
  ])('from afar to this machine (%s) is not followed', async (location) => {
    const asked: string[] = [];
    const web = ((url: URL) => {
      asked.push(url.hostname);
      return Promise.resolve(new Response(null, { status: 302, headers: { location } }));
    }) as typeof fetch;
    const here = library({ endpoints: ['https://hub.example'], fetch: web });
    await expectNothing(here, here.download(REPO), 'network', /redirects to this machine/);
    expect(asked).toEqual(['hub.example']);
  });
});

describe('an access token', () => {
  it('is not sent where others can read it', async () => {
    const sent: Record<string, string | null> = {};
    const web = ((url: URL, init: RequestInit) => {
      sent[url.origin] = new Headers(init.headers).get('authorization');
      return Promise.resolve(new Response(null, { status: 404 }));
    }) as typeof fetch;
    const endpoints = ['http://hub.example', 'https://hub.example'];
    await library({ endpoints, fetch: web, token: (endpoint) => `for-${endpoint}` })
      .download(REPO)
      .catch(() => undefined);
    expect(sent).toEqual({
      'http://hub.example': null,
      'https://hub.example': 'Bearer for-https://hub.example',
    });
  });
});
