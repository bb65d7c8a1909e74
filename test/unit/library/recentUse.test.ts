import { expect, it, vi } from 'vitest';
import { RecentUse } from '../../../src/library/recentUse';
import { FILES, libraryFixture, REPO } from './fixture';

const { at, hub, library } = libraryFixture();
const OTHER = 'tester/other';
const THIRD = 'tester/third';

const nothing = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set());

/** Downloads three models. @returns tells which of them are marked as used. */
async function three(): Promise<() => Promise<boolean[]>> {
  for (const id of [REPO, OTHER, THIRD]) {
    hub().add(id, FILES);
    await library().download(id);
  }
  return async () => Promise.all([REPO, OTHER, THIRD].map(async (id) => (await library().find(id)).inUse));
}

it('marks what is used, for other windows too, until it is released', async () => {
  const recent = new RecentUse(2, nothing);
  await library().download(REPO);
  expect((await library().find(REPO)).lastUsed).toBeUndefined();
  await recent.note(library(), REPO);
  await recent.note(library(), REPO);
  const found = await library().find(REPO);
  expect(found.inUse).toBe(true);
  expect(found.lastUsed).toBeInstanceOf(Date);
  await expect(library().remove(REPO)).rejects.toThrow(/in use, here or in another window/);
  await recent.release(REPO);
  await library().remove(REPO);
});

it('lets the ones go that were used longest ago', async () => {
  const recent = new RecentUse(2, nothing);
  const inUse = await three();
  for (const id of [REPO, OTHER, REPO, THIRD]) await recent.note(library(), id);
  await vi.waitFor(async () => {
    expect(await inUse()).toEqual([true, false, true]);
  });
  await recent.releaseAll();
  expect(await inUse()).toEqual([false, false, false]);
});

it('lets none go that is still in memory or at work, until it is not', async () => {
  let held = new Set([REPO]);
  const asked = vi.fn(() => Promise.resolve(held));
  const recent = new RecentUse(1, asked);
  const inUse = await three();
  for (const id of [REPO, OTHER, THIRD]) await recent.note(library(), id);
  await vi.waitFor(async () => {
    expect(await inUse()).toEqual([true, false, true]);
  });
  await expect(library().remove(REPO)).rejects.toThrow(/in use, here or in another window/);
  held = new Set();
  await recent.note(library(), OTHER);
  await vi.waitFor(async () => {
    expect(await inUse()).toEqual([false, true, false]);
  });
});

it('lets none go while it cannot be told what is held', async () => {
  const asked = vi.fn(() => Promise.reject(new Error('the model process is gone')));
  const recent = new RecentUse(1, asked);
  const inUse = await three();
  for (const id of [REPO, OTHER, THIRD]) await recent.note(library(), id);
  expect(asked).toHaveBeenCalledTimes(2);
  await new Promise(setImmediate);
  expect(await inUse()).toEqual([true, true, true]);
  await recent.releaseAll();
});

it('keeps its marks when the settings change, and writes the next use down in the library of then', async () => {
  const recent = new RecentUse(2, nothing);
  const before = library();
  await before.download(REPO);
  await recent.note(before, REPO);
  recent.renew();
  expect((await before.find(REPO)).inUse).toBe(true);
  const after = library({ storage: at('other') });
  await after.download(REPO);
  await recent.note(after, REPO);
  expect((await after.find(REPO)).inUse).toBe(true);
  expect((await before.find(REPO)).inUse).toBe(false);
  await recent.release(REPO);
  expect((await after.find(REPO)).inUse).toBe(false);
});

it('writes a later use down again, and is marked all the while', async () => {
  const recent = new RecentUse(2, nothing);
  const here = library();
  await here.download(REPO);
  const used = vi.spyOn(here, 'use');
  const clock = vi.spyOn(Date, 'now').mockReturnValue(1_000_000);
  await recent.note(here, REPO);
  clock.mockReturnValue(1_059_000);
  await recent.note(here, REPO);
  clock.mockReturnValue(1_061_000);
  await recent.note(here, REPO);
  clock.mockRestore();
  // At once, not after a minute less a second, and after a minute.
  expect(used.mock.results).toHaveLength(2);
  expect((await here.find(REPO)).inUse).toBe(true);
  await recent.releaseAll();
  expect((await here.find(REPO)).inUse).toBe(false);
});

it('keeps nobody from a model that cannot be marked', async () => {
  const recent = new RecentUse(2, nothing);
  await recent.note({ use: () => Promise.reject(new Error('read-only')) }, REPO);
  await recent.release(REPO);
});
