import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entropy, logSoftmax, softmax, topIndices } from '../../../src/core/logits';
import type { LanguageModel, ScoreOptions, TextScores } from '../../../src/core/languageModel';
import { THE_VERDICT_PATH } from '../../../src/experiments/kit/theVerdict';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import '../fixedSeed';

const CONTEXT = 24;
let tiny: LanguageModel;
let fireside: LanguageModel;

beforeAll(async () => {
  const folder = 'test/fixtures/oracles/gpt2-tiny/plain-names';
  tiny = await loadGpt2({ id: 'tiny', name: 'tiny', directory: folder });
  fireside = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
});
afterAll(async () => {
  await tiny.dispose();
  await fireside.dispose();
});

const score = (tokens: readonly number[], options?: ScoreOptions): Promise<TextScores> =>
  tiny.score!(tokens, options);

describe('scoring a text', () => {
  it('agrees with asking for each next token, window by window', async () => {
    const text = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 80 });
    const overlap = fc.integer({ min: 0, max: CONTEXT - 1 });
    await fc.assert(
      fc.asyncProperty(text, overlap, async (tokens, overlap) => {
        const scores = await score(tokens, { overlap, alternatives: 3 });
        expect(scores.logProbabilities[0]).toBeNaN();
        expect(scores.ranks[0]).toBe(-1);
        for (let at = 1; at < tokens.length; at++) {
          // The first window that reaches this token: windows begin every CONTEXT - overlap tokens.
          const stride = CONTEXT - overlap;
          const start = Math.max(0, Math.ceil((at - CONTEXT) / stride)) * stride;
          const [answer] = await tiny.next([{ tokens: tokens.slice(start, at) }]);
          const log = logSoftmax(answer!.logits);
          const id = tokens[at]!;
          expect(scores.logProbabilities[at]).toBeCloseTo(log[id]!, 4);
          expect(scores.entropies[at]).toBeCloseTo(entropy(softmax(answer!.logits)), 4);
          // Logits that differ by rounding alone may change places.
          const above = (by: number): number => log.filter((other) => other > log[id]! + by).length;
          expect(scores.ranks[at]).toBeGreaterThanOrEqual(above(1e-4));
          expect(scores.ranks[at]).toBeLessThanOrEqual(above(-1e-4));
          topIndices(log, 3).forEach((best, i) => {
            const alternative = scores.alternatives.ids[3 * at + i]!;
            expect(log[alternative]).toBeCloseTo(log[best]!, 4);
            expect(scores.alternatives.logProbabilities[3 * at + i]).toBeCloseTo(log[best]!, 4);
          });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('gives the same scores from a token on as from the first, and none before it', async () => {
    const ids = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(ids, fc.nat(), async (tokens, place) => {
        const from = 1 + (place % (tokens.length - 1));
        const whole = await score(tokens, { alternatives: 2 });
        const part = await score(tokens, { alternatives: 2, from });
        expect(part.ranks.slice(0, from).every((rank) => rank === -1)).toBe(true);
        for (let at = from; at < tokens.length; at++) {
          expect(part.logProbabilities[at]).toBeCloseTo(whole.logProbabilities[at]!, 5);
          expect(part.entropies[at]).toBeCloseTo(whole.entropies[at]!, 5);
        }
      }),
      { numRuns: 15 },
    );
    await expect(score([1, 2], { from: 3 })).rejects.toThrow(
      'from is 3; it must be a whole number from 0 to 2',
    );
  });

  it('agrees with PyTorch on the bundled model', async () => {
    const { cases } = JSON.parse(readFileSync('test/fixtures/oracles/bundled/fireside.json', 'utf8')) as {
      cases: { input_ids: number[]; token_log_probs: number[]; token_ranks: number[] }[];
    };
    for (const { input_ids, token_log_probs, token_ranks } of cases) {
      const scores = await fireside.score!(input_ids);
      expect([...scores.ranks.subarray(1)]).toEqual(token_ranks);
      token_log_probs.forEach((expected, i) => {
        expect(scores.logProbabilities[i + 1]).toBeCloseTo(expected, 4);
      });
    }
  });

  it('has two sizes of which the larger is less surprised by The Verdict, by as much as in PyTorch', async () => {
    // Mean loss of its first 256 tokens in torch 1.13, float64, by a GPT-2 written for the purpose.
    const expected = { fireside: 6.023734, kindling: 6.626402 };
    const kindling = await loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' });
    try {
      const tokens = (await kindling.encode(readFileSync(THE_VERDICT_PATH, 'utf8'))).slice(0, 256);
      for (const model of [fireside, kindling]) {
        const { logProbabilities } = await model.score!(tokens);
        const loss = -logProbabilities.subarray(1).reduce((sum, one) => sum + one, 0) / 255;
        expect(loss).toBeCloseTo(expected[model.info.id as keyof typeof expected], 4);
      }
    } finally {
      await kindling.dispose();
    }
  });

  it('tells what is scored as it goes, every token once', async () => {
    const tokens = await fireside.encode('The king and the queen went into the wood. '.repeat(40));
    const told: number[] = [];
    const scores = await fireside.score!(tokens, {
      onScored: (so, from, to) => {
        for (let at = from; at < to; at++) {
          told.push(at);
          expect(so.logProbabilities[at]).toBeLessThan(0);
        }
        expect(so.ranks[to] ?? -1).toBe(-1);
      },
    });
    expect(tokens.length).toBeGreaterThan(fireside.info.contextLength);
    expect(told).toEqual(Array.from({ length: tokens.length - 1 }, (_, i) => i + 1));
    expect(scores.alternatives.ids).toHaveLength(0);
  });

  it('stops when asked to', async () => {
    const tokens = await fireside.encode('The king and the queen went into the wood. '.repeat(40));
    const stop = new AbortController();
    let pieces = 0;
    const scoring = fireside.score!(tokens, {
      signal: stop.signal,
      onScored: () => {
        pieces++;
        stop.abort(new Error('stopped here'));
      },
    });
    await expect(scoring).rejects.toThrow('stopped here');
    expect(pieces).toBe(1);
    await expect(fireside.next([{ tokens: [1] }], stop.signal)).rejects.toThrow('stopped here');
    // What was stopped leaves the model usable.
    expect(await fireside.next([{ tokens: [1] }])).toHaveLength(1);
  });

  it('refuses what it cannot score, in a sentence', async () => {
    await expect(score([])).rejects.toThrow(/The text is empty/);
    await expect(score([1, 101])).rejects.toThrow(/token id 101/);
    await expect(score([1, 2], { overlap: CONTEXT })).rejects.toThrow(/overlap is 24.*0 to 23/);
    await expect(score([1, 2], { alternatives: 1.5 })).rejects.toThrow(/alternatives is 1.5/);
  });
});
