/** Hidden states of GPT-2, and contrastive search over them, against PyTorch and transformers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/core/languageModel';
import {
  contrastiveSearch,
  isRepresenting,
  type RepresentingModel,
} from '../../../src/core/search/contrastive';
import { loadGpt2, type LoadOptions } from '../../../src/onnx/loadGpt2';
import { QUANTIZED_VARIANTS } from '../../../src/gpt2/quantized/quantizedLayout';

const ORACLES = 'test/fixtures/oracles';
const WIDTH = 16;

interface Layers {
  readonly cases: readonly { readonly prompt: number[]; readonly final_hidden: readonly number[][] }[];
}

interface Searches {
  readonly cases: readonly {
    readonly prompt: number[];
    readonly k: number;
    readonly alpha: number;
    readonly tokens: number[];
    readonly steps: readonly {
      readonly chosen: number;
      readonly candidates: readonly { readonly id: number; readonly p: number; readonly penalty: number }[];
    }[];
  }[];
}

const layers = JSON.parse(readFileSync(`${ORACLES}/layers/plain-names.json`, 'utf8')) as Layers;
const searches = JSON.parse(
  readFileSync(`${ORACLES}/two-models/contrastive-search-plain-names.json`, 'utf8'),
) as Searches;

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

async function load(options: LoadOptions = {}): Promise<RepresentingModel> {
  const model: LanguageModel = await loadGpt2(
    { id: 'plain-names', name: 'plain-names', directory: `${ORACLES}/gpt2-tiny/plain-names` },
    options,
  );
  if (!isRepresenting(model)) throw new Error('It shows no states.');
  return model;
}

describe('hidden states', () => {
  let model: RepresentingModel;
  beforeAll(async () => {
    model = await load();
  });
  afterAll(async () => {
    await model.dispose();
  });

  it.each(layers.cases.map(({ prompt, final_hidden }) => ({ prompt, expected: final_hidden.flat() })))(
    'of $prompt.length tokens are those of PyTorch, read at once, known before, or piece by piece',
    async ({ prompt, expected }) => {
      await model.next([{ tokens: prompt }]);
      const again = await model.nextWithStates([{ tokens: prompt }, { tokens: prompt }]);
      for (const { states } of again) {
        expect(states).toHaveLength(expected.length);
        expect(largestDifference(states, expected)).toBeLessThan(1e-4);
      }
      for (let first = 1; first < prompt.length; first++) {
        const [begun] = await model.next([{ tokens: prompt.slice(0, first) }]);
        const [rest] = await model.nextWithStates([{ tokens: prompt, cache: begun!.cache }]);
        expect(rest!.states).toHaveLength((prompt.length - first) * WIDTH);
        expect(largestDifference(rest!.states, expected.slice(first * WIDTH))).toBeLessThan(1e-4);
      }
    },
  );

  it('of the last token come even where the cache covers it', async () => {
    const { prompt, final_hidden } = layers.cases[1]!;
    const [known] = await model.next([{ tokens: prompt }]);
    const [again] = await model.nextWithStates([{ tokens: prompt, cache: known!.cache }]);
    expect(again!.states).toHaveLength(WIDTH);
    expect(largestDifference(again!.states, final_hidden.at(-1)!)).toBeLessThan(1e-4);
  });

  it('belong each to its own context, whatever the order', async () => {
    const prompt = layers.cases[1]!.prompt;
    const { cache } = (await model.next([{ tokens: prompt }]))[0]!;
    const contexts = [5, 9, 5, 44].map((id) => ({ tokens: [...prompt, id], cache }));
    const together = await model.nextWithStates([...contexts, { tokens: [7, 8] }]);
    for (const [i, { tokens }] of contexts.entries()) {
      const [alone] = await model.nextWithStates([{ tokens }]);
      const own = alone!.states.slice(-WIDTH);
      expect(largestDifference(together[i]!.states, own)).toBeLessThan(1e-4);
    }
    expect(together[4]!.states).toHaveLength(2 * WIDTH);
  });

  it('change no logit', async () => {
    const tokens = [3, 1, 4, 1, 5];
    const [plain] = await model.next([{ tokens }]);
    const [shown] = await model.nextWithStates([{ tokens }]);
    expect(shown!.logits).toEqual(plain!.logits);
  });

  it('stop being read where the signal says so', async () => {
    const reading = model.nextWithStates([{ tokens: [1, 2, 3] }], AbortSignal.abort(new Error('enough')));
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('hidden states of quantized weights', () => {
  const folder = mkdtempSync(join(tmpdir(), 'states-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.values(QUANTIZED_VARIANTS))('as $name lie near those of PyTorch', async ({ name }) => {
    const model = await load({ precision: name, cacheDirectory: folder });
    const { prompt, final_hidden } = layers.cases[2]!;
    const [answer] = await model.nextWithStates([{ tokens: prompt }]);
    const [plain] = await model.next([{ tokens: prompt }]);
    expect(answer!.logits).toEqual(plain!.logits);
    final_hidden.forEach((expected, row) => {
      const own = answer!.states.slice(row * WIDTH, (row + 1) * WIDTH);
      const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
        Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
      const cosine = dot(own, expected) / Math.sqrt(dot(own, own) * dot(expected, expected));
      expect(cosine).toBeGreaterThan(0.9);
    });
    await model.dispose();
  });
});

describe('contrastive search on GPT-2', () => {
  let model: RepresentingModel;
  beforeAll(async () => {
    model = await load();
  });
  afterAll(async () => {
    await model.dispose();
  });

  it.each(searches.cases)('takes the tokens that transformers takes: k $k, alpha $alpha', async (given) => {
    const { prompt, k, alpha, tokens, steps } = given;
    const maxNewTokens = tokens.length;
    const found = await contrastiveSearch(model, prompt, { maxNewTokens, k, alpha, endOfText: [] });
    expect(found.tokens).toEqual(tokens);
    const chosen = steps.map((step) => step.candidates.find(({ id }) => id === step.chosen)!);
    expect(
      largestDifference(
        found.penalties,
        chosen.map(({ penalty }) => penalty),
      ),
    ).toBeLessThan(1e-4);
    expect(
      largestDifference(
        found.logProbabilities,
        chosen.map(({ p }) => Math.log(p)),
      ),
    ).toBeLessThan(1e-4);
  });
});
