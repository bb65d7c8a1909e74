import { expect, it, vi } from 'vitest';
import { RecentUse } from '../../../src/library/recentUse';
import { FILES, libraryFixture, REPO } from './fixture';

const { hub, library } = libraryFixture();
const OTHER = 'tester/other';
const THIRD = 'tester/third';

it('marks what is used, for other windows too, until it is released', async () => {
  const recent = new RecentUse(2);
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
  const recent = new RecentUse(2);
  for (const id of [REPO, OTHER, THIRD]) {
    hub().add(id, FILES);
    await library().download(id);
  }
  for (const id of [REPO, OTHER, REPO, THIRD]) await recent.note(library(), id);
  const inUse = async (): Promise<boolean[]> =>
    Promise.all([REPO, OTHER, THIRD].map(async (id) => (await library().find(id)).inUse));
  expect(await inUse()).toEqual([true, false, true]);
  await recent.releaseAll();
  expect(await inUse()).toEqual([false, false, false]);
});

it('writes a later use down again, and is marked all the while', async () => {
  const recent = new RecentUse(2);
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
  const recent = new RecentUse(2);
  await recent.note({ use: () => Promise.reject(new Error('read-only')) }, REPO);
  await recent.release(REPO);
});
