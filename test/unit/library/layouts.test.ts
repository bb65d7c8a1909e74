import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectModelFolder } from '../../../src/gpt2/checkpoint/modelFolder';
import { loadGpt2, type Precision } from '../../../src/onnx/loadGpt2';
import { Gpt2Trainer } from '../../../src/onnx/training';
import { temporaryFolder } from './temporaryFolder';
import { safetensors, readTensors } from './tinyGpt2';

const at = temporaryFolder();
const REPORTS = 'test/fixtures/oracles/reports';

type Reference = readonly { readonly ids: readonly number[]; readonly logits: readonly number[] }[];

/** Logits of transformers 5.18 after the last of `ids`. */
const reference = (name: string): Reference =>
  JSON.parse(readFileSync(`${REPORTS}/${name}/reference.json`, 'utf8')) as Reference;

async function differences(
  name: string,
  directory: string,
  precision: Precision = 'fp32',
): Promise<number[]> {
  const model = await loadGpt2({ id: name, name, directory }, { precision, cacheDirectory: at() });
  try {
    const cases = reference(name);
    const answers = await model.next(cases.map(({ ids }) => ({ tokens: ids })));
    return cases.map(({ logits }, i) =>
      Math.max(...logits.map((logit, id) => Math.abs(logit - answers[i]!.logits[id]!))),
    );
  } finally {
    await model.dispose();
  }
}

describe.each(['save-model', 'stale-lm-head'])('a checkpoint like %s', (name) => {
  it("gives transformers' logits", async () => {
    for (const difference of await differences(name, `${REPORTS}/${name}`)) {
      expect(difference).toBeLessThan(2e-5);
    }
  });

  it('gives them with 8-bit weights too, as far as these go', async () => {
    const largest = Math.max(...reference(name).flatMap(({ logits }) => logits.map(Math.abs)));
    for (const difference of await differences(name, `${REPORTS}/${name}`, 'int8')) {
      expect(difference).toBeLessThan(largest / 10);
    }
  });

  it('is trained from the same numbers', async () => {
    const trainer = await Gpt2Trainer.open(`${REPORTS}/${name}`, {
      adamW: { weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      dropout: 0,
      seed: 1,
    });
    for (const { ids, logits } of reference(name)) {
      expect(await trainer.next(ids)).toBe(logits.indexOf(Math.max(...logits)));
    }
    await trainer.release();
  });
});

describe('an output matrix beside a tied embedding', () => {
  it('is told of where it differs, and not where it is the same', async () => {
    expect((await inspectModelFolder(`${REPORTS}/stale-lm-head`)).notes).toEqual([
      expect.stringMatching(/lm_head.weight is used .* differs from wte.weight/),
    ]);
    const tensors = readTensors(`${REPORTS}/stale-lm-head/model.safetensors`);
    mkdirSync(at('same'));
    copyFileSync(`${REPORTS}/stale-lm-head/config.json`, at('same', 'config.json'));
    tensors.set('lm_head.weight', tensors.get('transformer.wte.weight')!);
    writeFileSync(at('same', 'model.safetensors'), safetensors(tensors, 'F32'));
    const same = await inspectModelFolder(at('same'));
    expect(same.notes).toEqual([]);
    expect(same.config.tied).toBe(true);
  });
});

describe('a pointer of Git LFS', () => {
  it('is named as such in place of the weights', async () => {
    await expect(inspectModelFolder(`${REPORTS}/lfs-pointer`)).rejects.toThrow(
      /model\.safetensors is not the file itself but a pointer of Git LFS.*git lfs pull/,
    );
  });

  it.each(['config.json', 'model.safetensors.index.json', 'model.onnx', 'tokenizer.json'])(
    'is named as such in place of %s',
    async (name) => {
      mkdirSync(at('model'));
      for (const file of ['config.json', ...(name === 'tokenizer.json' ? ['model.safetensors'] : [])]) {
        copyFileSync(`${REPORTS}/save-model/${file}`, at('model', file));
      }
      copyFileSync(`${REPORTS}/lfs-pointer/model.safetensors`, at('model', name));
      await expect(loadGpt2({ id: 'm', name: 'm', directory: at('model') })).rejects.toThrow(
        new RegExp(`${name.replaceAll('.', '\\.')} is not the file itself but a pointer of Git LFS`),
      );
    },
  );
});
