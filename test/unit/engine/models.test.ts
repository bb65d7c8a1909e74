import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ToyModel } from '../../../src/core/toyModel';
import { Models, type LoadTools } from '../../../src/engine/models';
import { EngineError, type HeldModel, type ModelSource } from '../../../src/engine/protocol';
import { RemoteError, type RemoteErrorCode } from '../../../src/remote/remoteError';
import { PROCESS_BYTES } from '../../../src/library/memory';

const source = (id: string, precision?: 'int8'): ModelSource => ({
  kind: 'gpt2',
  id,
  name: id.toUpperCase(),
  directory: id,
  ...(precision && { precision }),
});

/** Bytes of a model, by its id. */
const sizes: Readonly<Record<string, number>> = { small: 10e6, middle: 20e6, large: 40e6 };

let loads: [string, LoadTools][];
let disposed: string[];
let models: Models;
let held: (readonly HeldModel[])[];

beforeEach(() => {
  loads = [];
  disposed = [];
  held = [];
  models = new Models({
    limit: 3,
    onHeld: (now) => held.push(now),
    memory: (from) => Promise.resolve(from.kind === 'gpt2' ? sizes[from.id]! : 0),
    load: (from, tools) => {
      const id = from.kind === 'gpt2' ? from.id : 'toy';
      loads.push([id, tools]);
      const model = new ToyModel({ words: [id], logits: [0] });
      vi.spyOn(model, 'dispose').mockImplementation(() => {
        disposed.push(id);
        return Promise.resolve();
      });
      return Promise.resolve(model);
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const touch = (id: string): Promise<void> => models.use(source(id), () => undefined);
const configure = (settings: object): Promise<void> => models.configure({ prioritize: true, ...settings });

describe('a served model', () => {
  const served: ModelSource = {
    ...{ kind: 'remote', id: 'r', name: 'R', model: 'r', tokenizer: { kind: 'gpt2' } },
    server: { name: 'Box', address: 'http://localhost:1' },
  };
  const fail = (code: RemoteErrorCode): Promise<unknown> =>
    models
      .use(served, () => {
        throw new RemoteError(code, 'It failed.');
      })
      .catch((error: unknown) => error);

  it('is loaded anew after its server could not be reached, which may have been started anew', async () => {
    expect(await fail('refused')).toBeInstanceOf(RemoteError);
    await models.use(served, () => undefined);
    expect(loads).toHaveLength(1);
    expect(await fail('network')).toBeInstanceOf(RemoteError);
    expect(disposed).toHaveLength(1);
    await models.use(served, () => undefined);
    expect(loads).toHaveLength(2);
  });
});

describe('what is in memory', () => {
  const ids = (): string[][] => held.map((now) => now.map(({ id }) => id));

  it('is told when a checkpoint has come or gone, and not for every use', async () => {
    await touch('small');
    expect(held.at(-1)).toEqual([{ id: 'small', bytes: expect.any(Number) as number, measured: true }]);
    const told = held.length;
    await touch('small');
    await models.use({ kind: 'toy', words: ['a'], logits: [0] }, () => undefined);
    expect(held.length).toBe(told);
    await touch('large');
    await models.unload(source('small'));
    expect(ids().at(-1)).toEqual(['large']);
    await models.unload(source('large'));
    expect(ids().at(-1)).toEqual([]);
  });
});

describe('a memory limit', () => {
  it('refuses a model before it is loaded, with what it needs and what to do', async () => {
    await configure({ memoryLimit: PROCESS_BYTES + 30e6 });
    const error: unknown = await touch('large').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe('model');
    expect((error as EngineError).message).toMatch(
      /^LARGE needs 40(\.0)? MB of memory, .*decodingLab\.engine\.memoryLimit allows 330 MB in all\. Raise that limit, choose the model's 8-bit or 4-bit weights, or choose a smaller model\.$/,
    );
    expect(loads).toEqual([]);
    expect(models.ids).toEqual([]);
    await touch('small');
    expect(models.ids).toEqual(['small']);
  });

  it('lets a model take the place of those that nobody uses, the least recent first', async () => {
    await configure({ memoryLimit: PROCESS_BYTES + 50e6 });
    await touch('small');
    await touch('middle');
    await touch('small');
    await touch('large');
    expect(disposed).toEqual(['middle']);
    expect(models.ids).toEqual(['small', 'large']);
  });

  it('never takes a model that is in use', async () => {
    await configure({ memoryLimit: PROCESS_BYTES + 50e6 });
    await models.use(source('middle'), async () => {
      await expect(touch('large')).rejects.toThrow('LARGE needs');
    });
    expect(disposed).toEqual([]);
    await touch('large');
    expect(disposed).toEqual(['middle']);
  });
});

describe('what is known of the memory', () => {
  it('is why a model had to leave, until it is loaded again', async () => {
    await configure({ memoryLimit: PROCESS_BYTES + 50e6 });
    await touch('middle');
    expect(models.displaced(source('middle'))).toBeUndefined();
    await touch('large');
    expect(models.displaced(source('middle'))).toBe('memory');
    expect(models.displaced(source('large'))).toBeUndefined();
    await touch('middle');
    expect(models.displaced(source('middle'))).toBeUndefined();
  });

  it('is that only so many are kept', async () => {
    for (const precision of [undefined, 'int8'] as const) {
      for (const id of ['small', 'middle']) await models.use(source(id, precision), () => undefined);
    }
    expect(models.displaced(source('small'))).toBe('number');
    // Unloaded on purpose, not for another.
    await models.unload(source('middle'));
    expect(models.displaced(source('middle'))).toBeUndefined();
  });

  it('is nothing for the toy, of which every edit makes another', async () => {
    const toy = (word: string): ModelSource => ({ kind: 'toy', words: [word], logits: [0] });
    for (const word of ['a', 'b', 'c', 'd']) await models.use(toy(word), () => undefined);
    expect(models.ids).toHaveLength(3);
    expect(models.displaced(toy('a'))).toBeUndefined();
  });

  it('is what a model needs, and what the process grew by while it alone came', async () => {
    expect(models.memoryOf(source('small'))).toBeUndefined();
    let held = Buffer.alloc(0);
    await models.use(source('small'), () => {
      // As much as this only counts once it is written to.
      held = Buffer.alloc(64e6, 1);
    });
    const { needed, grown } = models.memoryOf(source('small'))!;
    expect(needed).toBe(10e6);
    expect(grown).toBeGreaterThan(60e6);
    expect(held.length).toBe(64e6);
    await touch('middle');
    held = Buffer.alloc(200e6, 1);
    // Nobody knows whose that is.
    expect(models.memoryOf(source('small'))!.grown).toBeLessThan(grown! + 100e6);
    expect(held.length).toBe(200e6);
  });

  it('is not told of a model whose measure another disturbed', async () => {
    await models.use(source('small'), () => touch('middle'));
    expect(models.memoryOf(source('small'))).toEqual({ needed: 10e6, grown: null });
  });
});

describe('an idle model', () => {
  it('is freed after the time that is set, counted from its last use', async () => {
    vi.useFakeTimers();
    await configure({ unloadAfter: 1000 });
    await touch('small');
    await vi.advanceTimersByTimeAsync(900);
    await touch('small');
    await vi.advanceTimersByTimeAsync(900);
    expect(disposed).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(disposed).toEqual(['small']);
    expect(models.ids).toEqual([]);
  });

  it('is not freed while it is used', async () => {
    vi.useFakeTimers();
    await configure({ unloadAfter: 1000 });
    await models.use(source('small'), () => vi.advanceTimersByTimeAsync(5000));
    expect(disposed).toEqual([]);
  });

  it('is not among those that are busy', async () => {
    await touch('small');
    await models.use(source('middle', 'int8'), () => {
      expect(models.busy).toEqual(['middle']);
    });
    expect(models.busy).toEqual([]);
  });

  it('is busy for whoever still uses it after it was taken out', async () => {
    await models.use(source('small'), async () => {
      await models.unload(source('small'));
      expect(models.ids).toEqual([]);
      expect(models.busy).toEqual(['small']);
    });
    expect(models.busy).toEqual([]);
    expect(disposed).toEqual(['small']);
  });

  it('stays where no time is set, and goes when one is set later', async () => {
    vi.useFakeTimers();
    await touch('small');
    await vi.advanceTimersByTimeAsync(1e9);
    expect(models.ids).toEqual(['small']);
    await configure({ unloadAfter: 1000 });
    await vi.advanceTimersByTimeAsync(1001);
    expect(models.ids).toEqual([]);
  });
});

describe('the loader', () => {
  it('gets the threads, and again when they are others', async () => {
    await configure({ threads: 2 });
    await touch('small');
    await configure({ threads: 2, unloadAfter: 5000 });
    await touch('small');
    await configure({ threads: 3 });
    await touch('small');
    expect(loads.map(([, { threads }]) => threads)).toEqual([2, 3]);
    expect(disposed).toEqual(['small']);
  });

  it('is asked for each kind of weights', async () => {
    await touch('small');
    await models.use(source('small', 'int8'), () => undefined);
    expect(loads).toHaveLength(2);
  });

  it('is told to stop when a model is unloaded', async () => {
    await touch('small');
    expect(loads[0]![1].signal.aborted).toBe(false);
    await models.unload(source('small'));
    expect(loads[0]![1].signal.aborted).toBe(true);
  });
});
