import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { logSoftmax, logSumExp, topIndices } from '../../../../src/core/logits';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { hasReference } from '../referenceServer';
import { serve, type Served } from './served';

const TEXTS = ['Once upon a time there was a', 'The king', ' é東', 'In the year 1999 the'];

describe.skipIf(!hasReference)('a model that vLLM serves, asked for the next token', () => {
  let local: LanguageModel;
  let all: Served;
  let best: Served;
  beforeAll(async () => {
    [local, all, best] = await Promise.all([
      loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' }),
      serve('models/kindling', 'all'),
      serve('models/kindling', 20),
    ]);
  });
  afterAll(async () => {
    await Promise.all([local.dispose(), all.server.stop(), best.server.stop()]);
  });

  it('has the distributions of the model on this machine', async () => {
    const contexts = await Promise.all(TEXTS.map(async (text) => ({ tokens: await all.model.encode(text) })));
    const [here, there] = [await local.next(contexts), await all.model.next(contexts)];
    contexts.forEach((_, i) => {
      const mine = logSoftmax(here[i]!.logits);
      const difference = there[i]!.logits.reduce((most, x, id) => Math.max(most, Math.abs(x - mine[id]!)), 0);
      expect(difference).toBeLessThan(1e-4);
      expect(there[i]!.listed).toBeUndefined();
    });
  });

  it('lists the best tokens with their probabilities and what the others hold together', async () => {
    const tokens = [await best.model.encode(TEXTS[0]!)].flat();
    const [here] = await local.next([{ tokens }]);
    const [there] = await best.model.next([{ tokens }]);
    const mine = logSoftmax(here!.logits);
    const ids = topIndices(mine, 20);
    const mass = ids.reduce((sum, id) => sum + Math.exp(mine[id]!), 0);
    expect([...there!.listed!.ids]).toEqual(ids);
    expect(there!.listed!.mass).toBeCloseTo(mass, 4);
    expect(there!.listed!.bound).toBeCloseTo(mine[ids[19]!]!, 4);
    for (const id of ids) expect(there!.exact![id]).toBeCloseTo(mine[id]!, 4);
    const other = mine.findIndex((_, id) => !ids.includes(id));
    expect(there!.logits[other]).toBeCloseTo(Math.log((1 - mass) / (50_257 - 20)), 3);
    expect(logSumExp(there!.exact!)).toBeCloseTo(0, 9);
  });

  it('asks for any number of contexts in one request, and for none twice', async () => {
    const contexts = Array.from({ length: 32 }, (_, i) => ({ tokens: [40 + i, 50 + i] }));
    best.asked();
    const answers = await best.model.next([...contexts, contexts[3]!]);
    expect(best.asked()).toHaveLength(1);
    expect(answers[32]).toBe(answers[3]);
    const [again] = await best.model.next([{ tokens: [40, 50] }]);
    expect(again!.logits).toEqual(answers[0]!.logits);
    expect(best.asked()).toHaveLength(0);
    await best.model.next([{ tokens: [40, 50] }, { tokens: [40] }]);
    const [request] = best.asked();
    expect(request).toContain('"prompt":[[40]],');
  });

  it('asks again for what is to be answered anew, as often as it stands there', async () => {
    const tokens = [40, 50];
    await best.model.next([{ tokens }]);
    best.asked();
    const contexts = [{ tokens, anew: true }, { tokens }, { tokens, anew: true }];
    const answers = await best.model.next(contexts);
    expect(best.asked()).toEqual([expect.stringContaining('"prompt":[[40,50],[40,50]],')]);
    expect(answers[0]).not.toBe(answers[2]);
    expect(answers[0]!.logits).toEqual(answers[1]!.logits);
  });

  it('says of the model what the server and the tokenizer know', () => {
    expect(all.model.info).toMatchObject({
      kind: 'remote',
      vocabularySize: 50_257,
      // One of the 256 is the token that is asked for.
      contextLength: 255,
      precision: 'as served',
      endOfText: [50_256],
      server: { kind: 'vllm', listed: 50_257, readsTexts: 'at once', chat: false, version: '0.15.0' },
    });
    expect(best.model.info.server?.listed).toBe(20);
    expect(best.model.info.fingerprint).toBe(all.model.info.fingerprint);
    expect(best.model.chat === undefined).toBe(true);
  });

  it('takes contexts as long as it says and refuses others with a sentence', async () => {
    const tokens = Array.from({ length: 255 }, (_, i) => i + 30);
    await expect(best.model.next([{ tokens }])).resolves.toHaveLength(1);
    await expect(best.model.next([{ tokens: [...tokens, 5] }])).rejects.toThrow(
      'Context 0 has 256 tokens, but kindling holds at most 255; shorten the text.',
    );
    await expect(best.model.next([{ tokens: [] }])).rejects.toThrow('Context 0 is empty');
    await expect(best.model.next([{ tokens: [5, 50_257] }])).rejects.toThrow('token id 50257');
  });

  it('stops when it is told to, and so does the server', async () => {
    const slow = await serve('models/kindling', 20, { delay: 20_000 });
    const controller = new AbortController();
    const answer = slow.model.next([{ tokens: [40] }], controller.signal);
    await expect.poll(() => slow.asked()).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    await expect.poll(() => slow.server.log.at(-1)).toEqual({ closed: '/v1/completions' });
    await slow.server.stop();
  });
});
