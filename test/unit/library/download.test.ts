import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LibraryError } from '../../../src/library/libraryError';
import type { DownloadProgress } from '../../../src/library/progress';
import type { LibraryEntry } from '../../../src/library/installedModels';
import {
  arrivedIn,
  expectNothing,
  expectRight,
  FILES,
  libraryFixture,
  QUICK,
  REPO,
  WANTED,
  WEIGHTS,
} from './fixture';
import { HubServer, sha256, type Fault } from './hubServer';
import { temporaryFolder } from './temporaryFolder';
import '../fixedSeed';
import { depth } from '../depth';

const { at, hub, library } = libraryFixture();
const weights = FILES[WEIGHTS];
const half = weights.length >> 1;

/** The fault, for the n-th request for the weights at the store. */
function onStore(...faults: (Fault | undefined)[]): void {
  hub().fault = ({ where, file, before }) =>
    where === 'store' && file === WEIGHTS ? faults[before] : undefined;
}

/** The fault, for every request for the weights at the store. */
function alwaysOnStore(fault: Fault): void {
  hub().fault = ({ where, file }) => (where === 'store' && file === WEIGHTS ? fault : undefined);
}

describe('a download', () => {
  it('brings the files that are of use, and says what it brought', async () => {
    const entry = await library().download(REPO);
    expectRight(entry);
    expect(entry).toMatchObject({
      id: REPO,
      kind: 'downloaded',
      format: 'safetensors',
      repo: REPO,
      commit: 'a'.repeat(40),
      license: 'mit',
      inUse: false,
      directory: at('storage', 'tester--tiny'),
    });
    expect(entry.bytes).toBeGreaterThan(weights.length);
    const record = JSON.parse(readFileSync(join(entry.directory, 'decoding-lab.json'), 'utf8')) as {
      files: { path: string; sha256: string; assurance: string }[];
    };
    expect(record.files.find(({ path }) => path === WEIGHTS)).toEqual({
      path: WEIGHTS,
      bytes: weights.length,
      sha256: sha256(weights),
      assurance: 'sha256',
    });
    expect(record.files.find(({ path }) => path === 'config.json')?.assurance).toBe('git');
    expect(hub().seen.some(({ file }) => file === 'README.md')).toBe(false);
  });

  it('asks for the commit that the branch meant, not for the branch', async () => {
    await library().download(REPO);
    const resolved = hub().seen.filter(({ where }) => where === 'hub');
    expect(resolved).toHaveLength(WANTED.length);
    for (const { path } of resolved) expect(path).toContain(`/resolve/${'a'.repeat(40)}/`);
  });

  it('fetches nothing that is already there', async () => {
    await library().download(REPO);
    const before = hub().seen.length;
    expectRight(await library().download(`https://huggingface.co/${REPO}/tree/main`));
    expect(hub().seen).toHaveLength(before);
  });

  it('reads a listing of many pages', async () => {
    hub().pageSize = 2;
    expectRight(await library().download(REPO));
  });

  it('tells how far it is', async () => {
    const reports: DownloadProgress[] = [];
    await library().download(REPO, { onProgress: (report) => reports.push(report) });
    const total = WANTED.reduce((sum, name) => sum + FILES[name].length, 0);
    expect(reports.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['listing', 'checking', 'downloading', 'finishing']),
    );
    expect(reports.at(-1)).toMatchObject({ phase: 'finishing', receivedBytes: total, totalBytes: total });
    for (const { receivedBytes, totalBytes } of reports)
      expect(receivedBytes).toBeLessThanOrEqual(totalBytes);
  });

  it.each([
    ['a name', 'not a model', /no model "not a model".*owner\/name/],
    ['a path', '../etc', /no model/],
    ['a path in a name', 'owner/..', /no model/],
    ['three parts', 'a/b/c', /no model/],
  ])('refuses %s that is none', async (_, name, sentence) => {
    const here = library();
    await expectNothing(here, here.download(name), 'name', sentence);
    expect(hub().seen).toEqual([]);
  });
});

describe('a connection cut', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('at tenth %i of the weights is taken up there', async (tenth) => {
    const cut = Math.floor((weights.length * tenth) / 10);
    onStore({ cutAfter: cut });
    expectRight(await library().download(REPO));
    const [first, second, ...more] = hub().requestsFor(WEIGHTS);
    expect(first!.range).toBeUndefined();
    expect(second!.range).toBe(`bytes=${cut}-`);
    expect(second!.ifRange).toMatch(/^"store-/);
    expect(more).toEqual([]);
  });

  it('at every tenth in turn is taken up each time', async () => {
    const tenth = Math.ceil(weights.length / 10);
    alwaysOnStore({ cutAfter: tenth });
    expectRight(await library().download(REPO));
    expect(
      hub()
        .requestsFor(WEIGHTS)
        .map(({ range }) => range),
    ).toEqual(Array.from({ length: 10 }, (_, i) => (i === 0 ? undefined : `bytes=${i * tenth}-`)));
  });

  it('before the first byte, again and again, ends with a sentence', async () => {
    alwaysOnStore({ cutAfter: 0 });
    const here = library();
    await expectNothing(here, here.download(REPO), 'network', /4 times in a row.*what has arrived is kept/s);
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(QUICK.tries);
    hub().fault = () => undefined;
    expectRight(await here.download(REPO));
  });

  it('counts as one when nothing more comes', async () => {
    onStore({ stallAfter: half });
    expectRight(await library({ retryPolicy: { ...QUICK, stallMs: 150 } }).download(REPO));
    expect(hub().requestsFor(WEIGHTS)[1]!.range).toBe(`bytes=${half}-`);
  });

  it('while the files are listed is taken up', async () => {
    hub().fault = ({ where, before }) => (where === 'api' && before === 0 ? { status: 503 } : undefined);
    expectRight(await library().download(REPO));
  });
});

describe('a server that answers with status', () => {
  const sentences: [
    status: number,
    headers: Record<string, string>,
    code: 'access' | 'missing' | 'network',
    sentence: RegExp,
  ][] = [
    [401, {}, 'access', /without a valid access token.*set an access token/],
    [
      401,
      { 'x-error-code': 'GatedRepo' },
      'access',
      /conditions to be accepted.*Accept them on the model's page/,
    ],
    [403, {}, 'access', /conditions to be accepted/],
    [404, {}, 'missing', /does not have tester\/tiny \(status 404\)/],
    [418, {}, 'network', /status 418/],
  ];
  it.each(sentences)('%i %j, does not get a second question', async (status, headers, code, sentence) => {
    hub().fault = () => ({ status, headers });
    const here = library();
    await expectNothing(here, here.download(REPO), code, sentence);
    expect(hub().seen).toHaveLength(1);
  });

  it.each([408, 429, 500, 502, 503, 504])('%i, is asked again until the tries end', async (status) => {
    hub().fault = () => ({ status });
    const here = library();
    await expectNothing(here, here.download(REPO), 'network', /4 times in a row/);
    expect(hub().seen).toHaveLength(QUICK.tries);
  });

  it.each([429, 500, 503])('%i once or twice, is asked again', async (status) => {
    onStore({ status }, { cutAfter: half }, { status });
    expectRight(await library().download(REPO));
  });

  it('429 with Retry-After, gets the time it asks for', async () => {
    onStore({ status: 429, headers: { 'retry-after': '1' } });
    const waits: (string | undefined)[] = [];
    const started = performance.now();
    const entry = await library().download(REPO, {
      onProgress: ({ phase, note }) => phase === 'waiting' && waits.push(note),
    });
    expectRight(entry);
    // Timers may be a little early; a client that did not wait would be there after a few milliseconds.
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(waits[0]).toMatch(/asked too often/);
  });

  it('429 with a Retry-After of an hour, ends with a sentence', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    for (const after of ['3600', date]) {
      hub().fault = () => ({ status: 429, headers: { 'retry-after': after } });
      const here = library();
      await expectNothing(here, here.download(REPO), 'network', /asks to wait (60|59) minutes/);
    }
  });

  it('403 at the store, gets a new link from the hub', async () => {
    onStore({ status: 403 });
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS, 'hub')).toHaveLength(2);
  });

  it('416, is asked for the whole', async () => {
    onStore({ cutAfter: half }, { status: 416 });
    expectRight(await library().download(REPO));
    expect(
      hub()
        .requestsFor(WEIGHTS)
        .map(({ range }) => range),
    ).toEqual([undefined, `bytes=${half}-`, undefined]);
  });

  it('416 to everything, ends with a sentence', async () => {
    alwaysOnStore({ status: 416 });
    const here = library();
    await expectNothing(here, here.download(REPO), 'network', /refuses to go on/);
  });

  it('404 for one file, ends with a sentence', async () => {
    hub().fault = ({ where, file }) => (where === 'hub' && file === WEIGHTS ? { status: 404 } : undefined);
    const here = library();
    await expectNothing(
      here,
      here.download(REPO),
      'missing',
      /does not have model.safetensors of tester\/tiny/,
    );
  });
});

describe('bytes that are not those announced', () => {
  it('fewer, without a length, are asked for again', async () => {
    onStore({ endAfter: half }, { endAfter: 100 });
    expectRight(await library().download(REPO));
    expect(
      hub()
        .requestsFor(WEIGHTS)
        .map(({ range }) => range),
    ).toEqual([undefined, `bytes=${half}-`, `bytes=${half + 100}-`]);
  });

  it('none at all, again and again, end with a sentence', async () => {
    alwaysOnStore({ endAfter: 0 });
    const here = library();
    await expectNothing(here, here.download(REPO), 'network', /ended model.safetensors after 0 of \d+ bytes/);
  });

  it('more, without a length, are thrown away and fetched once more', async () => {
    onStore({ append: Buffer.from('more') });
    expectRight(await library().download(REPO));
    alwaysOnStore({ append: Buffer.from('more') });
    const there = library({ storage: at('other') });
    await expectNothing(there, there.download(REPO), 'damaged', /sends more than the 41376 bytes/);
  });

  it('of another length than listed, end with a sentence', async () => {
    alwaysOnStore({ content: weights.subarray(0, 100) });
    const here = library();
    await expectNothing(here, here.download(REPO), 'damaged', /comes as 100 bytes, but 41376 were listed/);
  });

  it('of a login page, end with a sentence that says so', async () => {
    const page = {
      status: 200,
      headers: { 'content-type': 'text/html', 'content-length': '6' },
      body: '<html>',
    };
    alwaysOnStore(page);
    const here = library();
    await expectNothing(here, here.download(REPO), 'damaged', /web page.*log in/);
    hub().fault = () => page;
    const there = library({ storage: at('other') });
    await expectNothing(there, there.download(REPO), 'network', /not a description of tester\/tiny/);
  });

  it('damaged on the way, are fetched once more', async () => {
    const damaged = Buffer.from(weights);
    damaged[half]! ^= 1;
    onStore({ content: damaged });
    expectRight(await library().download(REPO));
    alwaysOnStore({ content: damaged });
    const there = library({ storage: at('other') });
    await expectNothing(
      there,
      there.download(REPO),
      'damaged',
      /arrived damaged: its SHA-256 is [0-9a-f]{64}, but/,
    );
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(4);
  });

  it('of a small file, are compared with the hash of git', async () => {
    hub().fault = ({ where, file }) =>
      where === 'hub' && file === 'generation_config.json' ? { content: Buffer.from('[]') } : undefined;
    const here = library();
    await expectNothing(
      here,
      here.download(REPO),
      'damaged',
      /generation_config.json arrived damaged: its git hash/,
    );
  });

  it('with another digest announced than listed, are not even begun', async () => {
    hub().fault = ({ where, file }) =>
      where === 'hub' && file === WEIGHTS ? { digest: '0'.repeat(64) } : undefined;
    const here = library();
    await expectNothing(
      here,
      here.download(REPO),
      'changed',
      /is not the file that was listed: its SHA-256 is 0{64}/,
    );
  });
});

/** Another file of the same size. */
const other = Buffer.from(weights.map((byte) => byte ^ 0xff));

describe('a file that changes between two ranges', () => {
  it('is never put together from two versions', async () => {
    // The store changes, and notices by If-Range: the whole new file comes, which is not the one that was listed.
    onStore({ cutAfter: half }, { content: other }, undefined);
    expectRight(await library().download(REPO));
    expect(
      hub()
        .requestsFor(WEIGHTS)
        .map(({ range }) => range),
    ).toEqual([undefined, `bytes=${half}-`, undefined]);
  });

  it('is not believed by its range alone', async () => {
    // A store that takes no notice of If-Range gives the second half of something else.
    hub().fault = ({ where, file, before }) => {
      if (file !== WEIGHTS) return undefined;
      if (where === 'hub') return { noDigest: true };
      return [{ cutAfter: half }, { content: other, ignoreIfRange: true }][before];
    };
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(3);
  });

  it('is found by its digest where the validator lies', async () => {
    onStore(
      { cutAfter: half },
      { content: other, ignoreIfRange: true, etag: `"store-${sha256(weights).slice(0, 8)}"` },
    );
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(3);
  });

  it('is found by its new size', async () => {
    onStore({ cutAfter: half }, { rangeTotal: weights.length + 1 });
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS)[2]!.range).toBeUndefined();
  });

  it('again and again, ends with a sentence', async () => {
    hub().fault = ({ where, file, before }) => {
      if (file !== WEIGHTS) return undefined;
      if (where === 'hub') return { noDigest: true };
      return { cutAfter: 1000, ignoreIfRange: true, etag: `"version-${before}"` };
    };
    const here = library();
    await expectNothing(here, here.download(REPO), 'changed', /changes while it is downloaded/);
  });

  it('comes whole from a server that knows no ranges', async () => {
    onStore({ cutAfter: half }, { ignoreRange: true });
    expectRight(await library().download(REPO));
  });

  it('has only weak validators: the digest decides', async () => {
    onStore({ cutAfter: half, etag: 'W/"x"' }, { etag: 'W/"x"' });
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS)[1]!.ifRange).toBeUndefined();
  });
});

describe('whatever goes wrong, in whatever order', () => {
  const bytes = fc.integer({ min: 0, max: weights.length - 1 });
  const fault = fc.oneof<fc.Arbitrary<Fault | undefined>[]>(
    fc.record({ cutAfter: bytes }),
    fc.record({ endAfter: bytes }),
    fc.record({ status: fc.constantFrom(403, 404, 416, 429, 500, 503) }),
    fc.record({ ignoreRange: fc.boolean(), ignoreIfRange: fc.boolean(), cutAfter: bytes }),
    fc.record({ content: fc.constant(other), ignoreIfRange: fc.boolean(), cutAfter: bytes }),
    fc.record({ content: fc.constant(other.subarray(0, half)), ignoreIfRange: fc.boolean() }),
    fc.record({ etag: fc.constantFrom('"x"', '"y"', 'W/"z"', null), cutAfter: bytes }),
    fc.record({ append: fc.constant(Buffer.from('more')) }),
    fc.record({ rangeTotal: bytes }),
    fc.constant(undefined),
  );

  it('ends with the right bytes, or with nothing and a sentence, and then goes on', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (faults, noDigest) => {
          const storage = at(`run-${run++}`);
          hub().arrived = arrivedIn(storage);
          let before = 0;
          hub().fault = ({ where, file }) => {
            if (file !== WEIGHTS) return undefined;
            return where === 'hub' ? { noDigest } : faults[before++];
          };
          const here = library({ storage });
          const outcome = await here.download(REPO).catch((error: unknown) => error);
          if (outcome instanceof LibraryError) {
            await expectNothing(here, Promise.reject(outcome), outcome.code, /\.$/);
            hub().fault = () => undefined;
            expectRight(await library({ storage }).download(REPO));
          } else expectRight(outcome as LibraryEntry);
        },
      ),
      { numRuns: depth(20, 60) },
    );
  });
});

describe('a download that is paused', () => {
  it('goes on where it stopped, in the next session', async () => {
    onStore({ stallAfter: half });
    const first = library();
    const attempt = first.download(REPO, {
      onProgress: ({ phase, receivedBytes }) =>
        phase === 'downloading' && receivedBytes > half && first.pause(REPO),
    });
    await expectNothing(first, attempt, 'stopped', /paused; what has arrived is kept/);
    const next = library();
    const [unfinished, ...more] = await next.unfinished();
    expect(more).toEqual([]);
    expect(unfinished).toMatchObject({ id: REPO, repo: REPO, active: false });
    expect(unfinished!.receivedBytes).toBeGreaterThanOrEqual(half);
    expect(unfinished!.receivedBytes).toBeLessThan(unfinished!.totalBytes);
    // No catalog has it, and yet it must be found to go on with or to discard.
    expect(await next.catalog()).toMatchObject([
      { id: REPO, repo: REPO, state: 'paused', receivedBytes: unfinished!.receivedBytes },
    ]);
    const listed = hub().seen.filter(({ where }) => where === 'api').length;
    expectRight(await next.download(REPO));
    expect(hub().requestsFor(WEIGHTS)[1]!.range).toBe(`bytes=${half}-`);
    expect(hub().seen.filter(({ where }) => where === 'api')).toHaveLength(listed);
    expect(await next.unfinished()).toEqual([]);
    expect(await next.catalog()).toEqual([]);
  });

  it('by an earlier version, which did not keep the address of the hub, goes on', async () => {
    onStore({ cutAfter: half }, ...new Array<Fault>(4).fill({ cutAfter: 0 }));
    const first = library();
    await expectNothing(first, first.download(REPO), 'network');
    const staging = at('storage', '.downloads', 'tester--tiny');
    const plan = JSON.parse(readFileSync(join(staging, 'download.json'), 'utf8')) as Record<string, unknown>;
    delete plan['endpoint'];
    writeFileSync(join(staging, 'download.json'), JSON.stringify(plan));
    const part = join(staging, `${WEIGHTS}.part.json`);
    const { identity } = JSON.parse(readFileSync(part, 'utf8')) as { identity: string };
    writeFileSync(part, JSON.stringify({ identity, etag: '"of another time"' }));
    hub().fault = () => undefined;
    hub().seen.length = 0;
    const next = library();
    expect(await next.unfinished()).toMatchObject([
      { id: REPO, receivedBytes: expect.any(Number) as number },
    ]);
    expectRight(await next.download(REPO));
    expect(hub().requestsFor(WEIGHTS)[0]!.range).toBe(`bytes=${half}-`);
    expect(hub().seen.filter(({ where }) => where === 'api')).toEqual([]);
  });

  it('is found by its id and by the name of the hub, also where the catalog calls it otherwise', async () => {
    onStore({ stallAfter: half });
    const here = library({ catalog: [{ id: 'tiny', repo: REPO, revision: 'main', sha256: {} }] });
    const attempt = here.download(REPO, {
      onProgress: ({ phase, receivedBytes }) =>
        phase === 'downloading' && receivedBytes > half && here.pause('tiny'),
    });
    await expectNothing(here, attempt, 'stopped');
    for (const name of [REPO, 'tiny', `${hub().endpoint}/${REPO}`]) {
      expect(await here.unfinishedOf(name)).toMatchObject({ id: 'tiny', repo: REPO });
    }
    expect(await here.unfinishedOf('tester/other')).toBeUndefined();
    await expect(here.unfinishedOf('no name')).rejects.toThrow(/There is no model "no name"/);
  });

  it('ends by a signal, too, even before it begins', async () => {
    const here = library();
    await expectNothing(here, here.download(REPO, { signal: AbortSignal.abort() }), 'stopped');
  });

  it('is not continued with bytes that were changed on the disk', async () => {
    onStore({ cutAfter: half }, { cutAfter: 0 }, { cutAfter: 0 }, { cutAfter: 0 }, { cutAfter: 0 });
    const first = library();
    await expectNothing(first, first.download(REPO), 'network');
    const part = at('storage', '.downloads', 'tester--tiny', `${WEIGHTS}.part`);
    const bytes = readFileSync(part);
    bytes[17]! ^= 1;
    writeFileSync(part, bytes);
    hub().fault = () => undefined;
    expectRight(await library().download(REPO));
  });

  it('begins anew when the branch has moved on and no plan is left', async () => {
    onStore({ cutAfter: half }, ...new Array<Fault>(4).fill({ cutAfter: 0 }));
    const first = library();
    await expectNothing(first, first.download(REPO), 'network');
    const { rmSync } = await import('node:fs');
    rmSync(at('storage', '.downloads', 'tester--tiny', 'download.json'));
    const changed = { ...FILES, [WEIGHTS]: Buffer.from(weights) };
    changed[WEIGHTS][weights.length - 1]! ^= 1;
    hub().fault = () => undefined;
    hub().add(REPO, changed, 'b'.repeat(40));
    const entry = await library().download(REPO);
    expectRight(entry, changed);
    expect(entry.commit).toBe('b'.repeat(40));
  });

  it('is removed when it is cancelled', async () => {
    onStore({ stallAfter: half });
    const here = library();
    let started: () => void;
    const begun = new Promise<void>((resolve) => (started = resolve));
    const attempt = here.download(REPO, {
      onProgress: ({ phase, receivedBytes }) => {
        if (phase === 'downloading' && receivedBytes > half) started();
      },
    });
    const failure = expectNothing(here, attempt, 'stopped');
    await begun;
    await here.cancel(REPO);
    await failure;
    expect(await here.unfinished()).toEqual([]);
    hub().fault = () => undefined;
    expectRight(await here.download(REPO));
    expect(hub().requestsFor(WEIGHTS).at(-1)!.range).toBeUndefined();
  });
});

describe('several addresses', () => {
  const files = temporaryFolder();

  it('are asked in turn when one fails, and the file goes on there', async () => {
    const mirror = await HubServer.start();
    try {
      mirror.add(REPO, FILES);
      hub().arrived = arrivedIn(files('x'));
      onStore({ cutAfter: half }, ...new Array<Fault>(10).fill({ status: 500 }));
      const here = library({ storage: files('x'), endpoints: [hub().endpoint, mirror.endpoint] });
      expectRight(await here.download(REPO));
      expect(mirror.requestsFor(WEIGHTS).map(({ range }) => range)).toEqual([`bytes=${half}-`]);
      expect(hub().requestsFor(WEIGHTS)).toHaveLength(QUICK.tries);
    } finally {
      await mirror.stop();
    }
  });

  it('are all named when all fail', async () => {
    const dead = await HubServer.start();
    const address = dead.endpoint;
    await dead.stop();
    hub().fault = () => ({ status: 404 });
    const here = library({ endpoints: [address, hub().endpoint] });
    await expectNothing(
      here,
      here.download(REPO),
      'network',
      /cannot be reached.*The next address: .*status 404/s,
    );
  });

  it.each([
    'ftp://example.org',
    'huggingface',
    'https://user:secret@example.org',
    'https://example.org/?a=b',
  ])('are refused like %s, once a model is to be fetched', async (address) => {
    const here = library({ endpoints: [address] });
    await expect(here.download(REPO)).rejects.toThrow(/expected an address like https:\/\/huggingface.co/);
    expect(await here.list()).toEqual([]);
  });
});

describe('an access token', () => {
  it('goes to the hub and nowhere else', async () => {
    expectRight(await library({ token: () => 'hf_secret' }).download(REPO));
    for (const { where, authorization } of hub().seen) {
      expect(authorization).toBe(where === 'store' ? undefined : 'Bearer hf_secret');
    }
  });

  it('is asked for by the address it is for, as it was written, and may be missing', async () => {
    const asked: string[] = [];
    const endpoints = [`${hub().endpoint}/`];
    await library({ endpoints, token: (endpoint) => void asked.push(endpoint) }).download(REPO);
    expect(new Set(asked)).toEqual(new Set(endpoints));
    expect(hub().seen.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('with characters that no token has is refused', async () => {
    const here = library({ token: () => 'hf_a\nb' });
    await expectNothing(here, here.download(REPO), 'access', /characters that no token has/);
  });
});

describe('a redirect', () => {
  it.each([
    ['in circles', () => `${hub().endpoint}/${REPO}/resolve/main/x`, /redirects more than 8 times/],
    ['to an unencrypted address elsewhere', () => 'http://example.invalid/x', /is not encrypted/],
    ['to a file', () => 'file:///etc/passwd', /is not encrypted/],
    ['to nonsense', () => 'http://[', /an address that is none/],
  ])('%s is not followed', async (_, target, sentence) => {
    hub().fault = ({ where }) => (where === 'hub' ? { redirect: target() } : undefined);
    const here = library();
    await expectNothing(here, here.download(REPO), 'network', sentence);
  });
});
