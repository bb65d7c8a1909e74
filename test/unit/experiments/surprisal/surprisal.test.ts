import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { ToyModel, TOY_DEFAULT } from '../../../../src/core/toyModel';
import {
  rankClass,
  type SurprisalEvent,
  type SurprisalResult,
} from '../../../../src/experiments/surprisal/result';
import { tokenSpans } from '../../../../src/experiments/kit/tokenSpans';
import { surprisal } from '../../../../src/experiments/surprisal';
import { surprisalParameters } from '../../../../src/experiments/surprisal/parameters';
import { Gpt2Tokenizer } from '../../../../src/gpt2/tokenizer/tokenizer';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import '../../fixedSeed';
import { depth } from '../../depth';

const tokenizer = new Gpt2Tokenizer();

type SurprisalTokens = Extract<SurprisalEvent, { type: 'tokens' }>['tokens'];

describe('spans of tokens in a text', () => {
  it('are the characters whose UTF-8 bytes the token holds, at least in part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (raw) => {
        const text = Buffer.from(raw, 'utf8').toString('utf8');
        const ids = tokenizer.encode(text);
        const { starts, ends } = tokenSpans(text, ids, tokenizer.vocabulary);
        // Brute force: the character of every byte of the text.
        const owner: { start: number; end: number }[] = [];
        let unit = 0;
        for (const character of text) {
          for (let i = 0; i < Buffer.byteLength(character); i++) {
            owner.push({ start: unit, end: unit + character.length });
          }
          unit += character.length;
        }
        let byte = 0;
        const spans = ids.map((id) => {
          const first = byte;
          byte += tokenizer.vocabulary.offsets[id + 1]! - tokenizer.vocabulary.offsets[id]!;
          return [owner[first]!.start, owner[byte - 1]!.end];
        });
        expect(ids.map((_, i) => [starts[i], ends[i]])).toEqual(spans);
      }),
      { numRuns: depth(100, 500) },
    );
  });
});

describe('parameters of surprisal', () => {
  it.each([
    [{ text: 'a', from: 2, alternatives: 0 }, /start of the reported part/],
    [{ text: 'a', from: 0.5, alternatives: 0 }, /start of the reported part/],
    [{ text: 'a', from: 0, alternatives: 101 }, /alternatives/],
    [{ text: 7, from: 0, alternatives: 0 }, /text/],
    [{ text: 'a', from: 1, to: 0, alternatives: 0 }, /end of the reported part/],
    [{ text: 'a', from: 0, to: 1, alternatives: 0, known: [3] }, /known windows/],
  ])('%j are refused', (parameters, message) => {
    expect(() => surprisalParameters.parse(parameters)).toThrow(message);
  });

  it('are refused with a text that takes too long to read', () => {
    const text = 'a'.repeat(20_000_001);
    expect(() => surprisalParameters.parse({ text, from: 0, alternatives: 0 })).toThrow('20,000,000');
  });
});

describe('classes of ranks', () => {
  it('end at 10, 100 and 1000', () => {
    expect([0, 9, 10, 99, 100, 999, 1000, 50256].map(rankClass)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });
});

describe('surprisal of a text', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
  });
  afterAll(() => model.dispose());

  const run = async (
    text: string,
    from: number,
    signal = new AbortController().signal,
  ): Promise<{ events: { tokens: SurprisalTokens }[]; result: SurprisalResult }> => {
    const events: { tokens: SurprisalTokens }[] = [];
    const result = await surprisal.run(
      model,
      { text, from, to: text.length, alternatives: 3, known: [] },
      {
        emit: (event) => event.type === 'tokens' && events.push(event),
        signal,
        pause: () => Promise.resolve(),
      },
    );
    return { events, result };
  };

  const text = 'Once upon a time there was a king who had a daughter.';

  it('agrees with the logits of every prefix, asked for one by one', async () => {
    const { events, result } = await run(text, 0);
    const ids = await model.encode(text);
    const logProbabilities = events.flatMap((e) => Array.from(e.tokens.logProbabilities));
    const ranks = events.flatMap((e) => Array.from(e.tokens.ranks));
    const best = events.flatMap((e) => Array.from(e.tokens.alternativeIds)).filter((_, i) => i % 3 === 0);
    expect(events.flatMap((e) => Array.from(e.tokens.ids))).toEqual(ids);
    let nats = 0;
    for (const [i, id] of ids.entries()) {
      const [answer] = await model.next([{ tokens: [50256, ...ids.slice(0, i)] }]);
      const { logits } = answer!;
      const largest = logits.reduce((a, b) => Math.max(a, b));
      const sum = logits.reduce((total, l) => total + Math.exp(l - largest), 0);
      const slow = logits[id]! - largest - Math.log(sum);
      nats -= slow;
      expect(logProbabilities[i]).toBeCloseTo(slow, 3);
      expect(ranks[i]).toBe(logits.reduce((n, l) => n + (l > logits[id]! ? 1 : 0), 0));
      expect(best[i]).toBe(logits.indexOf(largest));
    }
    expect(result.tokens).toBe(ids.length);
    expect(result.meanSurprisal).toBeCloseTo(nats / ids.length, 3);
    expect(result.perplexity).toBeCloseTo(Math.exp(nats / ids.length), 1);
    expect(result.bitsPerCharacter).toBeCloseTo(nats / Math.LN2 / text.length, 3);
    expect(result.rankHistogram.reduce((a, b) => a + b)).toBe(ids.length);
  });

  it('reports only what stands behind the start, with the same figures', async () => {
    const whole = (await run(text, 0)).events.flatMap((e) => Array.from(e.tokens.logProbabilities));
    const part = (await run(text, 16)).events.flatMap((e) => Array.from(e.tokens.logProbabilities));
    expect(part.length).toBeLessThan(whole.length);
    expect(part).toEqual(whole.slice(-part.length));
  });

  it('has nothing to say of an empty text', async () => {
    const { events, result } = await run('', 0);
    expect(events).toEqual([]);
    expect(result.tokens).toBe(0);
  });

  it('ends early, with what it has, when it is stopped', async () => {
    const controller = new AbortController();
    controller.abort();
    const { result } = await run(text.repeat(100), 0, controller.signal);
    expect(result.tokens).toBeLessThan((await model.encode(text.repeat(100))).length);
  });

  it('is refused by the toy vocabulary in a sentence', async () => {
    const toy = new ToyModel(TOY_DEFAULT);
    await expect(
      surprisal.run(
        toy,
        { text: 'pizza', from: 0, to: 5, alternatives: 0, known: [] },
        { emit: () => undefined, signal: new AbortController().signal, pause: () => Promise.resolve() },
      ),
    ).rejects.toThrow('Choose a GPT-2 model');
  });
});
