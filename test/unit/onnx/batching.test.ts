import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CacheHandle, LanguageModel } from '../../../src/core/languageModel';
import { loadGpt2, type Precision } from '../../../src/onnx/loadGpt2';
import { StepRunner } from '../../../src/onnx/stepRunner';
import '../fixedSeed';
import { depth, isDeep } from '../depth';
import { cutFireside } from './checkpointFiles';

const MODELS = {
  tiny: 'test/fixtures/oracles/gpt2-tiny/prefixed-names',
  fireside: 'models/fireside',
};

/** A prompt that has been read, and tokens to continue it with. */
interface Branch {
  readonly prompt: readonly number[];
  readonly tail: readonly number[];
  readonly start: CacheHandle;
}

/** All logits as bytes: comparing them number by number would take far longer than computing them. */
function bits(logits: readonly Float32Array[]): Buffer {
  return Buffer.concat(logits.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength)));
}

/** The logits after each token of each tail, all branches growing together and leaving as they end. */
async function decodeTogether(model: LanguageModel, branches: readonly Branch[]): Promise<Float32Array[][]> {
  const states = branches.map((branch) => ({ ...branch, cache: branch.start, logits: [] as Float32Array[] }));
  for (let length = 1; ; length++) {
    const growing = states.filter(({ tail }) => tail.length >= length);
    if (growing.length === 0) return states.map(({ logits }) => logits);
    const answers = await model.next(
      growing.map(({ prompt, tail, cache }) => ({ tokens: [...prompt, ...tail.slice(0, length)], cache })),
    );
    answers.forEach(({ logits, cache }, i) => {
      growing[i]!.cache = cache;
      growing[i]!.logits.push(logits);
    });
  }
}

describe.each<[keyof typeof MODELS, Precision, number]>([
  ['tiny', 'fp32', 1],
  ['tiny', 'int8', 1],
  ['fireside', 'fp32', 1],
  ['fireside', 'fp32', 2],
  ['fireside', 'int8', 1],
])('%s in %s on %i threads', (name, precision, threads) => {
  let model: LanguageModel;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
    // To quantize the whole vocabulary takes longer than all else here.
    const cut = precision !== 'fp32' && name === 'fireside' && !isDeep;
    if (cut) cutFireside(folder);
    const source = { id: name, name, directory: cut ? folder : MODELS[name] };
    model = await loadGpt2(source, { precision, threads, cacheDirectory: folder });
  });
  afterAll(async () => {
    await model.dispose();
    rmSync(folder, { recursive: true });
  });

  it('gives each sequence the same bits alone and in any batch', async () => {
    const { vocabularySize } = model.info;
    const id = fc.integer({ min: 0, max: vocabularySize - 1 });
    const prompt = fc.array(id, { minLength: 1, maxLength: 18 });
    const tails = fc.array(fc.array(id, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(prompt, tails), { minLength: 1, maxLength: 3 }), async (prompts) => {
        const read = await model.next(prompts.map(([tokens]) => ({ tokens })));
        const branches = prompts.flatMap(([prompt, tails], i) =>
          tails.map((tail) => ({ prompt, tail, start: read[i]!.cache })),
        );
        const together = await decodeTogether(model, branches);
        for (const [i, branch] of branches.entries()) {
          const [alone] = await decodeTogether(model, [branch]);
          expect(bits(together[i]!).equals(bits(alone!))).toBe(true);
        }
      }),
      { numRuns: name === 'tiny' ? depth(10, 30) : depth(2, 5) },
    );
  });

  it('gives 70 sequences the same bits as each alone', async () => {
    const prompt = [5, 3, 8];
    const [read] = await model.next([{ tokens: prompt }]);
    const branches = Array.from({ length: 70 }, (_, i) => ({
      prompt,
      tail: [i, (2 * i) % 101, 7],
      start: read!.cache,
    }));
    const together = await decodeTogether(model, branches);
    for (const i of [0, 31, 63, 64, 69]) {
      const [alone] = await decodeTogether(model, [branches[i]!]);
      expect(bits(together[i]!).equals(bits(alone!))).toBe(true);
    }
  });
});

describe('a batch that sequences leave', () => {
  it('goes on where it stands until too few are left', async () => {
    const model = await loadGpt2({ id: 'tiny', name: 'tiny', directory: MODELS.tiny });
    const prompt = [5, 3, 8];
    const [read] = await model.next([{ tokens: prompt }]);
    const run = vi.spyOn(StepRunner.prototype, 'run');
    // Eight begin, six go on after two tokens, four after three.
    const lengths = [2, 4, 4, 2, 3, 4, 3, 4];
    await decodeTogether(
      model,
      lengths.map((length, i) => ({ prompt, tail: Array<number>(length).fill(i), start: read!.cache })),
    );
    expect(run.mock.calls.map(([step]) => step.groups)).toEqual([8, 8, 8, 4]);
    expect(run.mock.calls.map(([step]) => step.logitsFor.length)).toEqual([8, 8, 6, 4]);
    run.mockRestore();
    await model.dispose();
  });
});
