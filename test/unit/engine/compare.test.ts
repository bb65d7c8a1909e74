/** Models compared in the engine process: whether they fit into memory together, and what each takes. */
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineClient, type EngineSettings, type ModelSource } from '../../../src/engine/client';
import { modelMemory } from '../../../src/engine/loadModel';
import type { ModelsResult } from '../../../src/experiments/models/result';
import { heldSentence } from '../../../src/experiments/models/report';
import { PROCESS_BYTES } from '../../../src/library/memory';
import { builtFile } from '../builtFile';

const bundled = fileURLToPath(new URL('../../../models/fireside', import.meta.url));
const parameters = {
  prompt: 'Once upon a time',
  chain: [],
  trials: 2,
  samples: 1,
  maxNewTokens: 3,
  seed: 1,
  reference: '',
};

let folder: string;
let sources: ModelSource[];
/** Two models where there is room for both, compared first in a process of its own. */
let roomy: ModelsResult;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'engine-'));
  sources = ['one', 'two', 'three'].map((id) => {
    const directory = join(folder, id);
    // The copies differ in their folders alone.
    symlinkSync(bundled, directory, 'junction');
    return { kind: 'gpt2', id, name: id, directory };
  });
  roomy = await compare(2);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function compare(count: number, settings: Partial<EngineSettings> = {}): Promise<ModelsResult> {
  const client = new EngineClient({
    entry: builtFile('main.js'),
    log: () => undefined,
    settings: () => ({ prioritize: true, ...settings }),
  });
  try {
    const others = sources.slice(1, count);
    return (await client.run('models', sources[0]!, parameters, {
      others,
      onEvent: () => undefined,
    })) as ModelsResult;
  } finally {
    await client.dispose();
  }
}

it('two that fit stay together, and it is known what the process grew by with each', async () => {
  const { models, memoryUse } = roomy;
  const needed = await modelMemory(sources[0]!);
  const weights = statSync(join(bundled, 'model.safetensors')).size;
  expect(memoryUse!.turns).toBeNull();
  for (const [index, { needed: told, grown }] of memoryUse!.models.entries()) {
    expect(told).toBe(needed);
    // What the first one grew by has room for a part of the second.
    expect(grown).toBeGreaterThan(weights / 2);
    // All of the file but its header.
    expect(models[index]!.weightBytes).toBeLessThan(weights);
    expect(models[index]!.weightBytes).toBeGreaterThan(0.99 * weights);
  }
});

it('two that do not fit together take turns, give the same, and the result says why', async () => {
  const needed = await modelMemory(sources[0]!);
  const tight = await compare(2, { memoryLimit: PROCESS_BYTES + 1.5 * needed });
  expect(tight.memoryUse!.turns).toBe('memory');
  expect(heldSentence(tight)).toMatch(/one and two do not fit in the free memory together/);
  const texts = ({ models }: ModelsResult) => models.map(({ greedy, trials }) => ({ greedy, trials }));
  expect(texts(tight)).toEqual(texts(roomy));
});

it('three take turns, because two are kept', async () => {
  const { memoryUse, models } = await compare(3);
  expect(models).toHaveLength(3);
  expect(memoryUse!.turns).toBe('number');
});
