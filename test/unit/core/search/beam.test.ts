import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beamSearch, type BeamOptions } from '../../../../src/core/search/beam';
import { diverseBeamSearch } from '../../../../src/core/search/diverseBeam';
import { greedySearch } from '../../../../src/core/search/greedy';
import { PROPERTY } from '../generators';
import { FunctionModel, hashLogits, LETTERS, listAll, models } from './models';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('beamSearch', () => {
  it('with room for every beginning finds what listing everything finds', async () => {
    await fc.assert(
      fc.asyncProperty(models(4), fc.integer({ min: 1, max: 3 }), async (model, length) => {
        const beams = model.tokens.length ** length;
        const found = await beamSearch(model, [0], { maxNewTokens: length, beams, returned: beams });
        const expected = listAll(model, [0], length, null);
        expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
        found.forEach(({ score, logProbabilities, end }, i) => {
          expect(score).toBeCloseTo(expected[i]!.logProbability / length, 10);
          expect(sum(logProbabilities)).toBeCloseTo(expected[i]!.logProbability, 10);
          expect(end).toBe('length');
        });
      }),
      { ...PROPERTY, numRuns: 40 },
    );
  });

  it('with an end of text and every beginning kept ranks by the penalised score', async () => {
    await fc.assert(
      fc.asyncProperty(models(3, true), fc.constantFrom(0, 0.7, 1, 2), async (model, lengthPenalty) => {
        const endOfText = model.tokens.length - 1;
        const options: BeamOptions = {
          maxNewTokens: 3,
          beams: 40,
          returned: 5,
          lengthPenalty,
          earlyStopping: 'never',
        };
        const found = await beamSearch(model, [0], options);
        const expected = listAll(model, [0], 3, endOfText)
          .map(({ tokens, logProbability }) => ({
            tokens,
            score: logProbability / tokens.length ** lengthPenalty,
          }))
          .sort((a, b) => b.score - a.score)
          .slice(0, 5);
        expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
        found.forEach(({ score }, i) => {
          expect(score).toBeCloseTo(expected[i]!.score, 10);
        });
      }),
      { ...PROPERTY, numRuns: 40 },
    );
  });

  it('with one beam and no penalty is greedy', async () => {
    await fc.assert(
      fc.asyncProperty(models(6), async (model) => {
        const [beam] = await beamSearch(model, [0], { maxNewTokens: 6, beams: 1 });
        const greedy = await greedySearch(model, [0], { maxNewTokens: 6 });
        expect(beam!.tokens).toEqual(greedy.tokens);
        expect(beam!.text).toBe(greedy.text);
      }),
      { ...PROPERTY, numRuns: 40 },
    );
  });

  it('reads all beams of a step in one call', async () => {
    const model = new FunctionModel(LETTERS, hashLogits(1, 8));
    await beamSearch(model, [0], { maxNewTokens: 5, beams: 4 });
    expect(model.calls).toBe(5);
    expect(model.read).toBe(1 + 4 * 4);
  });

  it('ends a sequence at a stop string and cuts its text there', async () => {
    const model = new FunctionModel(LETTERS, hashLogits(2, 8));
    const [plain] = await beamSearch(model, [0], { maxNewTokens: 6, beams: 2 });
    const stop = plain!.text.slice(2, 4);
    const [found] = await beamSearch(model, [0], { maxNewTokens: 6, beams: 1, stopStrings: [stop] });
    expect(found!.text).not.toContain(stop);
  });

  it('returns what it has when it is stopped', async () => {
    const model = new FunctionModel(LETTERS, hashLogits(1, 8));
    const controller = new AbortController();
    const found = await beamSearch(model, [0], {
      maxNewTokens: 20,
      beams: 3,
      returned: 3,
      signal: controller.signal,
      onStep: ({ step, sequences }) => {
        expect(sequences).toHaveLength(3);
        if (step === 4) controller.abort();
      },
    });
    expect(found.map(({ tokens, end }) => [tokens.length, end])).toEqual(new Array(3).fill([4, 'stopped']));
  });

  it.each([
    [{ beams: 0 }, /beams is 0/],
    [{ beams: 2, returned: 3 }, /returned is 3; it must be from 1 to the number of beams, 2/],
    [{ beams: 2, lengthPenalty: NaN }, /lengthPenalty is NaN; it must be a finite number/],
    [{ beams: 2, maxNewTokens: 0 }, /maxNewTokens is 0/],
    [{ beams: 2, maxNewTokens: 64 }, /maxNewTokens is 64; .* at most 63, because the context holds 64/],
    [{ beams: 2, stopStrings: [''] }, /A stop string is empty/],
  ])('%j is refused', async (options, message) => {
    const model = new FunctionModel(['a', 'b'], () => [0, 0]);
    await expect(beamSearch(model, [0], { maxNewTokens: 3, ...options })).rejects.toThrow(message);
  });
});

describe('diverseBeamSearch', () => {
  it('without a penalty finds in every group what a plain search of its width finds', async () => {
    await fc.assert(
      fc.asyncProperty(models(6), async (model) => {
        const found = await diverseBeamSearch(model, [0], {
          maxNewTokens: 4,
          beams: 6,
          groups: 3,
          diversity: 0,
        });
        const plain = await beamSearch(model, [0], { maxNewTokens: 4, beams: 2, returned: 2 });
        expect(found).toEqual([plain, plain, plain]);
      }),
      { ...PROPERTY, numRuns: 30 },
    );
  });

  it('does what the paper says, group by group, for one beam per group', async () => {
    await fc.assert(
      fc.asyncProperty(models(6), fc.double({ min: 0.1, max: 3, noNaN: true }), async (model, diversity) => {
        const groups = 3;
        const steps = 4;
        const found = await diverseBeamSearch(model, [0], {
          maxNewTokens: steps,
          beams: groups,
          groups,
          diversity,
        });
        const own: number[][] = Array.from({ length: groups }, () => []);
        for (let step = 0; step < steps; step++) {
          const taken: number[] = [];
          for (const tokens of own) {
            const logits = model.logits([0, ...tokens]);
            const augmented = logits.map(
              (logit, id) => logit - diversity * taken.filter((t) => t === id).length,
            );
            const best = augmented.indexOf(Math.max(...augmented));
            tokens.push(best);
            taken.push(best);
          }
        }
        expect(found.map(([sequence]) => sequence!.tokens)).toEqual(own);
      }),
      { ...PROPERTY, numRuns: 60 },
    );
  });

  it('with a strong penalty starts every group with another token', async () => {
    const model = new FunctionModel(LETTERS, hashLogits(7, 8));
    const found = await diverseBeamSearch(model, [0], {
      maxNewTokens: 3,
      beams: 4,
      groups: 4,
      diversity: 100,
    });
    expect(new Set(found.map(([best]) => best!.tokens[0])).size).toBe(4);
    // The score is the model's own, without the penalty.
    for (const [best] of found) expect(best!.score).toBeCloseTo(sum(best!.logProbabilities) / 3, 10);
  });

  it.each([
    [{ beams: 4, groups: 3, diversity: 1 }, /groups is 3; it must divide the number of beams, 4/],
    [{ beams: 4, groups: 2, diversity: -1 }, /diversity is -1; it must be a finite number of at least 0/],
  ])('%j is refused', async (options, message) => {
    const model = new FunctionModel(['a', 'b'], () => [0, 0]);
    await expect(diverseBeamSearch(model, [0], { maxNewTokens: 3, ...options })).rejects.toThrow(message);
  });
});
