/** A library on a temporary folder, and a hub with a tiny model to fill it from. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { LibraryError, type LibraryErrorCode } from '../../../src/library/libraryError';
import { ModelLibrary } from '../../../src/library/modelLibrary';
import type { RetryPolicy } from '../../../src/library/retryPolicy';
import type { LibraryEntry } from '../../../src/library/installedModels';
import type { ModelLibraryOptions } from '../../../src/library/types';
import { HubServer } from './hubServer';
import { temporaryFolder } from './temporaryFolder';
import { TINY } from './tinyGpt2';

export const REPO = 'tester/tiny';
export const WEIGHTS = 'model.safetensors';
export const FILES = {
  'config.json': readFileSync(`${TINY}/plain-names/config.json`),
  'generation_config.json': Buffer.from('{}'),
  'README.md': Buffer.from('# A tiny model'),
  [WEIGHTS]: readFileSync(`${TINY}/plain-names/model.safetensors`),
};
/** The files of the model that are of use here. */
export const WANTED = ['config.json', 'generation_config.json', WEIGHTS] as const;

/** Short enough for a test, long enough for a busy machine. */
export const QUICK: RetryPolicy = {
  tries: 4,
  firstWaitMs: 1,
  longestWaitMs: 4,
  longestRetryAfterMs: 10_000,
  stallMs: 2_000,
  longestListingMs: 60_000,
  staleLockMs: 15_000,
};

export interface Fixture {
  readonly at: (...parts: string[]) => string;
  readonly hub: () => HubServer;
  /** A library on the same folder each time, as another window or the next session has it. */
  readonly library: (options?: Partial<ModelLibraryOptions>) => ModelLibrary;
}

/** A new hub with the tiny model, and a new folder, for every test of the file. */
export function libraryFixture(): Fixture {
  const at = temporaryFolder();
  let hub: HubServer;
  beforeEach(async () => {
    hub = await HubServer.start();
    hub.add(REPO, FILES);
    hub.arrived = arrivedIn(at('storage'));
  });
  afterEach(async () => {
    await hub.stop();
  });
  return {
    at,
    hub: () => hub,
    library: (options) =>
      new ModelLibrary({
        storage: at('storage'),
        catalog: [],
        endpoints: [hub.endpoint],
        retryPolicy: QUICK,
        ...options,
      }),
  };
}

/** Bytes of a file of the tiny model that a library on that folder has so far, for `HubServer.arrived`. */
export function arrivedIn(storage: string): (file: string) => number {
  return (file) => {
    const part = join(storage, '.downloads', REPO.replace('/', '--'), `${file}.part`);
    return existsSync(part) ? statSync(part).size : 0;
  };
}

/** The model is there, byte for byte. */
export function expectRight(
  entry: LibraryEntry,
  files: Record<string, Buffer> = FILES,
  wanted: readonly string[] = WANTED,
): void {
  expect(entry.problem).toBeUndefined();
  for (const name of wanted) {
    expect(Buffer.compare(readFileSync(`${entry.directory}/${name}`), files[name]!)).toBe(0);
  }
  expect(readdirSync(entry.directory).sort()).toEqual(['decoding-lab.json', ...wanted].sort());
}

/** The promise fails with a sentence, and nothing that looks like a model is there. */
export async function expectNothing(
  library: ModelLibrary,
  attempt: Promise<unknown>,
  code: LibraryErrorCode,
  ...sentences: RegExp[]
): Promise<void> {
  const error: unknown = await attempt.then(
    () => 'succeeded',
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LibraryError);
  const { message } = error as LibraryError;
  for (const sentence of sentences) expect(message).toMatch(sentence);
  expect({ code: (error as LibraryError).code, message }).toEqual({ code, message });
  expect(await library.list()).toEqual([]);
  if (existsSync(library.storage)) {
    expect(readdirSync(library.storage).filter((name) => !name.startsWith('.'))).toEqual([]);
  }
}
