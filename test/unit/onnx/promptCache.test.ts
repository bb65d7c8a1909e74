import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LanguageModel } from '../../../src/core/languageModel';
import { KeyValueRows } from '../../../src/onnx/keyValueRows';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { PromptCache } from '../../../src/onnx/promptCache';
import { StepRunner } from '../../../src/onnx/stepRunner';

const FIRESIDE = { id: 'fireside', name: 'fireside', directory: 'models/fireside' };

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a prompt read again', () => {
  /** Texts of different keys have no beginning in common, so that the cases can share a model. */
  const text = (key: number, changes: Record<number, number> = {}, length = 200): number[] =>
    Array.from({ length }, (_, i) => changes[i] ?? (1000 * key + i * 7919) % 50000);

  let model: LanguageModel;
  let forgetful: LanguageModel;
  beforeAll(async () => {
    model = await loadGpt2(FIRESIDE);
    forgetful = await loadGpt2(FIRESIDE, { promptCacheBytes: 0 });
  });
  afterAll(async () => {
    await model.dispose();
    await forgetful.dispose();
  });

  it.each<[string, number, Record<number, number>, number, number]>([
    ['unchanged', 1, {}, 200, 0],
    // Pieces of 64 tokens: what follows the last whole piece before the change is read anew.
    ['with another last token', 2, { 199: 5 }, 200, 200 - 192],
    ['with a change in the middle', 3, { 100: 5 }, 200, 200 - 64],
    ['with a change at the start', 4, { 0: 5 }, 200, 200],
    ['with tokens added', 5, {}, 240, 240 - 192],
    ['cut short', 6, {}, 130, 130 - 128],
    ['cut where a piece ends', 7, {}, 128, 64],
  ])('%s costs what is new, and gives the bits of reading it anew', async (_, key, changes, length, cost) => {
    const tokens = text(key, changes, length);
    await model.next([{ tokens: text(key) }]);
    const run = vi.spyOn(StepRunner.prototype, 'run');
    const [again] = await model.next([{ tokens }]);
    expect(run.mock.calls.reduce((sum, [step]) => sum + step.ids.length, 0)).toBe(cost);
    const [anew] = await forgetful.next([{ tokens }]);
    expect(Buffer.from(again!.logits.buffer).equals(Buffer.from(anew!.logits.buffer))).toBe(true);
  });
});

describe('PromptCache', () => {
  const add = (cache: PromptCache, tokens: number[]): void => {
    const rows = new KeyValueRows(2, 4, tokens.length);
    cache.add(
      tokens,
      { rows, length: tokens.length },
      { logits: new Float32Array(10), cache: { length: tokens.length } },
    );
  };
  const known = (cache: PromptCache, tokens: number[]): boolean => cache.find(tokens).answer !== null;
  // Each text of 8 tokens: 2 arrays of 8 x 4 floats, 10 logits, 8 ids.
  const SIZE = 4 * (2 * 8 * 4 + 10 + 8);
  const text = (first: number): number[] => Array.from({ length: 8 }, (_, i) => first + i);

  it('forgets the least recently used when it is full', () => {
    const cache = new PromptCache(4, 2 * SIZE);
    add(cache, text(100));
    add(cache, text(200));
    expect(cache.byteLength).toBe(2 * SIZE);
    expect(known(cache, text(100))).toBe(true);
    add(cache, text(300));
    expect([100, 200, 300].map((first) => known(cache, text(first)))).toEqual([true, false, true]);
    expect(cache.byteLength).toBe(2 * SIZE);
  });

  it('keeps what it has when a text is too large for it', () => {
    const cache = new PromptCache(4, SIZE);
    add(cache, text(100));
    add(cache, [...text(200), 1]);
    expect(known(cache, text(100))).toBe(true);
  });

  it('finds the longest beginning in whole pieces', () => {
    const cache = new PromptCache(4, 10 * SIZE);
    add(cache, text(100));
    add(cache, [...text(100).slice(0, 5), 9, 9, 9]);
    expect(cache.find([...text(100), 7])).toMatchObject({ view: { length: 8 } });
    expect(cache.find([...text(100).slice(0, 7), 7])).toMatchObject({ view: { length: 4 } });
    expect(cache.find([1, 2, 3, 4, 5])).toEqual({ answer: null, view: null });
    cache.clear();
    expect(cache.byteLength).toBe(0);
  });
});
