/** What ends a text and what stands before it, from a model's files to what experiments make of it. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { beamSearch } from '../../../../src/core/search/beam';
import { enumerate } from '../../../../src/core/search/enumeration';
import { branches } from '../../../../src/experiments/branches';
import { surprisalParameters } from '../../../../src/experiments/surprisal/parameters';
import { explore } from '../../../../src/experiments/explore';
import { surprisal } from '../../../../src/experiments/surprisal';
import type { SurprisalEvent } from '../../../../src/experiments/surprisal/result';
import { inspectModelFolder } from '../../../../src/gpt2/checkpoint/modelFolder';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';

/** A GPT-2 of 365 tokens with random weights; transformers 5.18 gave the expected values. */
const FIXTURE = 'test/fixtures/oracles/reports/text-ends';
const CONFIG = JSON.parse(readFileSync(`${FIXTURE}/config.json`, 'utf8')) as Record<string, unknown>;

let folder: string;
let model: LanguageModel | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
  for (const name of ['model.safetensors', 'tokenizer.json'])
    copyFileSync(`${FIXTURE}/${name}`, join(folder, name));
});
afterEach(async () => {
  await model?.dispose();
  model = undefined;
  rmSync(folder, { recursive: true });
});

/** The model with these ids in config.json (none of its own are left), and in generation_config.json. */
async function load(config: object, generation?: object): Promise<LanguageModel> {
  // JSON has no undefined: these keys are absent unless they are given.
  const rest = { ...CONFIG, bos_token_id: undefined, eos_token_id: undefined };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...rest, ...config }));
  if (generation) writeFileSync(join(folder, 'generation_config.json'), JSON.stringify(generation));
  model = await loadGpt2({ id: 'ends', name: 'ends', directory: folder });
  return model;
}

const quiet = { emit: () => undefined, pause: () => Promise.resolve(), signal: new AbortController().signal };

async function greedy(from: LanguageModel): Promise<{ ids: readonly number[]; end: string }> {
  const result = await explore.run(
    from,
    { prompt: 'the king', chain: [], greedy: true, seed: 0, samples: 1, maxNewTokens: 16 },
    quiet,
  );
  return result.completions[0]!;
}

async function scored(
  from: LanguageModel,
  text: string,
): Promise<{ starts: number[]; logProbabilities: number[]; notes: readonly string[]; bits: number }> {
  const starts: number[] = [];
  const logProbabilities: number[] = [];
  const result = await surprisal.run(from, surprisalParameters.parse({ text, from: 0, alternatives: 1 }), {
    ...quiet,
    emit: (event: SurprisalEvent) => {
      if (event.type !== 'tokens') return;
      starts.push(...event.tokens.starts);
      logProbabilities.push(...event.tokens.logProbabilities);
    },
  });
  return { starts, logProbabilities, notes: result.notes, bits: result.bitsPerCharacter };
}

describe('what ends a text', () => {
  it.each([
    ['a list in config.json', { eos_token_id: [0, 102] }, undefined, [0, 102]],
    ['one id in generation_config.json', { eos_token_id: 0 }, { eos_token_id: 102 }, [102]],
    ['a list in generation_config.json', { eos_token_id: 0 }, { eos_token_id: [7, 102] }, [7, 102]],
  ])('is %s', async (_, config, generation, ids) => {
    const loaded = await load(config, generation);
    expect(loaded.info.endOfText).toEqual(ids);
    expect(loaded.info.remarks).toEqual([]);
    expect(await greedy(loaded)).toMatchObject({ ids: [162, 102], end: 'end of text' });
  });

  it.each([
    ['no id', { eos_token_id: null }, undefined],
    ['an empty list', { eos_token_id: [] }, undefined],
    ['a generation_config.json without one', { eos_token_id: 102 }, {}],
  ])('is nothing with %s', async (_, config, generation) => {
    const loaded = await load(config, generation);
    expect(loaded.info.endOfText).toEqual([]);
    expect(loaded.info.remarks).toEqual([]);
    const { ids, end } = await greedy(loaded);
    expect(ids).toHaveLength(16);
    expect(ids.slice(0, 2)).toEqual([162, 102]);
    expect(end).toBe('length');
  });

  it('leaves out what the vocabulary does not have, and says so with every prompt', async () => {
    const loaded = await load({ eos_token_id: [102, 365, -1, '</s>'] });
    expect(loaded.info.endOfText).toEqual([102]);
    const sentence =
      'eos_token_id in config.json is 365, -1, "</s>", which is no token of the vocabulary (ids 0 to 364), and is left out.';
    // GPT-2's own bos_token_id, 50256, goes without saying: nothing named it.
    expect(loaded.info.remarks).toEqual([sentence]);
    const notes: string[] = [];
    await explore.run(
      loaded,
      { prompt: 'the king', chain: [], greedy: true, seed: 0, samples: 0, maxNewTokens: 1 },
      { ...quiet, emit: (event) => event.type === 'prompt' && notes.push(...event.prompt.notes) },
    );
    expect(notes).toEqual([sentence]);
  });

  it('ends what searches find, at each of several ids', async () => {
    const loaded = await load({ eos_token_id: [102, 162] });
    const prompt = await loaded.encode('the king');
    const beams = await beamSearch(loaded, prompt, { beams: 3, returned: 3, maxNewTokens: 4 });
    const { continuations } = await enumerate(loaded, prompt, {
      ...{ length: 3, count: 5, budget: 2000 },
      endOfText: loaded.info.endOfText,
    });
    const grown = await branches.run(
      loaded,
      branches.parse({
        prompt: 'the king',
        start: { kind: 'beam', length: 3, beams: 3, lengthPenalty: 1 },
        ...{ edits: [], alternatives: 3 },
      }),
      quiet,
    );
    const all = [...beams, ...continuations].map(({ tokens }) => tokens);
    for (const ids of [...all, ...grown.beam!.results.map((result) => result.ids)]) {
      expect(ids.slice(0, -1)).not.toContain(102);
      expect(ids.slice(0, -1)).not.toContain(162);
    }
    expect(all.some((ids) => [102, 162].includes(ids.at(-1)!))).toBe(true);
    for (const node of grown.nodes) expect(node.end).toBe([102, 162].includes(node.token.id));
  });
});

describe('what stands before a scored text', () => {
  it('is bos, not eos', async () => {
    const loaded = await load({ bos_token_id: 0, eos_token_id: 2 });
    expect(loaded.info).toMatchObject({ startOfText: 0, endOfText: [2] });
    const { starts, logProbabilities } = await scored(loaded, 'the king');
    expect(starts[0]).toBe(0);
    const mean = -logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length;
    expect(mean).toBeCloseTo(5.880593299865723, 5);
  });

  it.each([
    [
      'bos of generation_config.json',
      { bos_token_id: 0, eos_token_id: 2 },
      { bos_token_id: 5, eos_token_id: 2 },
      5,
    ],
    ['bos of config.json where the other is silent', { bos_token_id: 0 }, { eos_token_id: 2 }, 0],
    ['the first eos where there is no bos', { bos_token_id: null, eos_token_id: [2, 3] }, undefined, 2],
    [
      'the first eos where bos is outside the vocabulary',
      { bos_token_id: 999, eos_token_id: 2 },
      undefined,
      2,
    ],
  ])('is %s', async (_, config, generation, id) => {
    expect((await load(config, generation)).info.startOfText).toBe(id);
  });

  it('is nothing where the vocabulary has neither: the first token has no value then, and the user is told', async () => {
    const loaded = await load({});
    expect(loaded.info).toMatchObject({ startOfText: null, endOfText: [] });
    expect(loaded.info.remarks).toEqual([
      'config.json names no eos_token_id, and that of GPT-2, 50256, is outside the vocabulary (ids 0 to 364). No token ends a text, so it goes on to the length that is asked for.',
    ]);
    const text = 'the king';
    const ids = await loaded.encode(text);
    const { starts, logProbabilities, notes, bits } = await scored(loaded, text);
    const own = await loaded.score!(ids);
    expect(starts).toHaveLength(ids.length - 1);
    expect(starts[0]).toBeGreaterThan(0);
    expect(logProbabilities).toEqual([...own.logProbabilities.slice(1)]);
    const nats = -logProbabilities.reduce((sum, value) => sum + value, 0);
    expect(bits).toBeCloseTo(nats / Math.LN2 / (text.length - starts[0]!), 9);
    expect(notes).toEqual([expect.stringContaining('the first token of the text is predicted by nothing')]);
    expect((await scored(loaded, text)).notes).toEqual(notes);
  });

  it('does not matter to a part of a text that is not its beginning', async () => {
    const loaded = await load({});
    const result = await surprisal.run(
      loaded,
      surprisalParameters.parse({ text: 'the king and the queen', from: 12, alternatives: 0 }),
      quiet,
    );
    expect(result.notes).toEqual([]);
    expect(result.tokens).toBeGreaterThan(0);
  });
});

it.each(['{', '[]', 'version https://git-lfs.github.com/spec/v1\n'])(
  'a generation_config.json that cannot be read is left out with a remark: %#',
  async (content) => {
    writeFileSync(join(folder, 'generation_config.json'), content);
    const { info } = await load({ eos_token_id: 2 });
    expect(info.endOfText).toEqual([2]);
    const note = expect.stringMatching(/from config\.json alone: .*generation_config\.json/s) as string;
    expect(info.remarks).toEqual([note]);
    expect((await inspectModelFolder(folder)).notes).toEqual([note]);
  },
);
