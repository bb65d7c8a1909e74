/** Texts that go back over a banned phrase, against the process written out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SamplerChain, type ChainSpec } from '../../../../src/core/samplers/chain';
import { chiSquareTest } from '../../../../src/core/statistics/chiSquare';
import { explore } from '../../../../src/experiments/explore';
import type { ExploreEvent, ExploreResult } from '../../../../src/experiments/explore/result';
import { costOf } from '../../../../src/experiments/kit/turnBack';
import { PROPERTY } from '../../core/generators';
import { hashLogits } from '../../core/search/models';
import { depth } from '../../depth';
import { LetterModel } from '../letterModel';
import { runExperiment } from '../running';

const TOKENS = ['a', 'b', 'ab', 'ba', 'c', 'é'];

const model = (seed: number, tokens = TOKENS): LetterModel =>
  new LetterModel(tokens, hashLogits(seed, tokens.length));

async function draw(
  letters: LetterModel,
  chain: ChainSpec,
  more: { seed?: number; samples?: number; maxNewTokens?: number } = {},
): Promise<{ result: ExploreResult; events: readonly ExploreEvent[] }> {
  return runExperiment(explore, letters, {
    ...{ prompt: '', chain, greedy: false, seed: 1, samples: 8, maxNewTokens: 12 },
    ...more,
  });
}

const banning = (...phrases: string[]): ChainSpec[number] => ({ sampler: 'banned-phrases', phrases });

const phrase = fc
  .array(fc.constantFrom('a', 'b', 'c', 'é'), { minLength: 2, maxLength: 4 })
  .map((letters) => letters.join(''));

describe('a text with banned phrases', () => {
  it('holds none of them, whatever tokens they are made of', async () => {
    let turned = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(100_000),
        fc.array(phrase, { minLength: 1, maxLength: 3 }),
        fc.constantFrom<ChainSpec>(
          [],
          [{ sampler: 'top-k', k: 2 }],
          [{ sampler: 'temperature', temperature: 0 }],
        ),
        async (seed, phrases, chain) => {
          const { result } = await draw(model(seed), [banning(...phrases), ...chain], { seed });
          for (const { text, ids, end, turns = [], steps, logProbability } of result.completions) {
            expect(phrases.filter((each) => text.includes(each))).toEqual([]);
            expect(end === 'banned' || ids.length === 12).toBe(true);
            expect(steps.map(({ id }) => id)).toEqual(ids);
            expect(logProbability).toBeCloseTo(
              steps.reduce((sum, { raw }) => sum + Math.log(raw), 0),
              9,
            );
            turned += turns.length;
          }
        },
      ),
      { ...PROPERTY, numRuns: depth(60, 1000) },
    );
    expect(turned).toBeGreaterThan(100);
  });

  it('is drawn with the probabilities of going back and leaving the first token out there', async () => {
    const tokens = ['a', 'b', 'ab', 'c'];
    const logits = hashLogits(5, tokens.length);
    const banned = 'abc';
    const exact = process(tokens, logits, banned, 4);
    const counts = new Map([...exact.keys()].map((text) => [text, 0]));
    const runs = depth(60, 1000);
    for (let seed = 0; seed < runs; seed++) {
      const { result } = await draw(model(5, tokens), [banning(banned)], {
        seed,
        samples: 64,
        maxNewTokens: 4,
      });
      for (const { ids } of result.completions) {
        const key = ids.join();
        expect(counts.has(key)).toBe(true);
        counts.set(key, counts.get(key)! + 1);
      }
    }
    const all = [...exact.keys()];
    expect([...exact.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const { pValue } = chiSquareTest(
      all.map((key) => counts.get(key)!),
      all.map((key) => exact.get(key)!),
    );
    expect(pValue).toBeGreaterThan(1e-4);
  });

  it('says where it went back, what was taken back and what that cost', async () => {
    // "a" and "b" alternate for certain, but for a little chance of "c".
    const [pA, pC] = [0.75, 0.25];
    const letters = new LetterModel(['a', 'b', 'c'], (context) =>
      context.at(-1) === 0 ? [-50, 0, -50] : [Math.log(pA), -50, Math.log(pC)],
    );
    const { result, events } = await draw(letters, [banning('ab')], { samples: 1, maxNewTokens: 3, seed: 3 });
    const [{ text, turns = [], steps }] = result.completions as [ExploreResult['completions'][number]];
    expect(text).toMatch(/^c+a?$/);
    expect(turns.length).toBeGreaterThan(0);
    for (const turn of turns) {
      expect(turn).toMatchObject({ ids: [0, 1], text: 'ab', phrase: 'ab' });
      expect(turn.processed).toBeCloseTo(pA, 6);
      expect(turn.raw).toBeCloseTo(pA, 6);
    }
    expect(costOf(turns)).toBeCloseTo(-turns.length * Math.log(pC), 6);
    // Where it went back only "c" is left.
    for (const { place } of turns) expect(steps[place]!.processed).toBeCloseTo(1, 6);
    expect(steps[0]!.raw).toBeCloseTo(pC, 6);
    // What was sent as it came is the same in the end.
    const shown: number[] = [];
    for (const event of events) {
      if (event.type === 'steps') shown.push(...event.steps.map(({ id }) => id));
      if (event.type === 'settled') for (const { place } of event.turned) shown.length = place;
    }
    expect(shown).toEqual(steps.map(({ id }) => id));
  });

  it('takes the best of the others where the chain leaves one token', async () => {
    const tokens = ['a', 'b', 'c'];
    const logits = hashLogits(9, 3);
    const best = (context: readonly number[], without: readonly number[]): number =>
      [0, 1, 2]
        .filter((id) => !without.includes(id))
        .reduce((a, b) => (logits(context)[b]! > logits(context)[a]! ? b : a));
    // Long enough that the model has to be asked again: what it said there is not kept so long.
    const greedy: number[] = [];
    while (greedy.length < 40) greedy.push(best(greedy, []));
    const banned = greedy.map((id) => tokens[id]).join('');
    const other = [best([], [greedy[0]!])];
    while (other.length < 45) other.push(best(other, []));
    expect(other.map((id) => tokens[id]).join('')).not.toContain(banned);
    const { result } = await draw(
      model(9, tokens),
      [banning(banned), { sampler: 'temperature', temperature: 0 }],
      {
        samples: 1,
        maxNewTokens: 45,
      },
    );
    const [completion] = result.completions;
    expect(completion!.ids).toEqual(other);
    expect(completion!.turns).toMatchObject([{ place: 0, ids: greedy, processed: 1 }]);
    expect(costOf(completion!.turns!)).toBeNull();
  });

  it('ends where all that can come was taken back', async () => {
    const { result } = await draw(model(1, ['a', 'b']), [banning('a', 'b')], { samples: 2 });
    expect(result.completions.map(({ end, text }) => [end, text])).toEqual([
      ['banned', ''],
      ['banned', ''],
    ]);
  });

  it('gives up a place that it went back to too often', async () => {
    const tokens = Array.from({ length: 100 }, (_, i) => String.fromCharCode(0x100 + i));
    const { result } = await draw(
      model(2, tokens),
      [{ sampler: 'banned-phrases', phrases: [], pattern: '[^]{3}' }],
      { samples: 1 },
    );
    const [{ end, text, turns = [] }] = result.completions as [ExploreResult['completions'][number]];
    expect(end).toBe('banned');
    expect(text.length).toBeLessThan(3);
    expect(turns.length).toBeLessThanOrEqual(1000);
  });

  it('is the same again, and the same among others', async () => {
    const chain: ChainSpec = [banning('ab', 'ca'), { sampler: 'xtc', threshold: 0.1, probability: 0.5 }];
    const { result: three } = await draw(model(7), chain, { samples: 3 });
    const { result: again } = await draw(model(7), chain, { samples: 3 });
    const { result: many } = await draw(model(7), chain, { samples: 20 });
    expect(again.completions).toEqual(three.completions);
    expect(many.completions.slice(0, 3)).toEqual(three.completions);
    expect(many.completions.some(({ turns }) => turns)).toBe(true);
  });

  it.each<[string, ChainSpec[number]]>([
    ['mirostat 2', { sampler: 'mirostat-2', tau: 2, eta: 0.3 }],
    ['adaptive-p', { sampler: 'adaptive-p', target: 0.4, decay: 0.8 }],
  ])('leaves what %s remembers as if nothing had been taken back', async (_, sampler) => {
    const chain: ChainSpec = [banning('ab', 'ba', 'ca'), sampler];
    const letters = model(11);
    const { result } = await draw(letters, chain, { samples: 16 });
    expect(result.completions.some(({ turns }) => turns)).toBe(true);
    for (const { ids, steps, turns = [] } of result.completions) {
      const alone = new SamplerChain(chain, TOKENS.length, letters.vocabulary);
      const memory = alone.newMemory();
      ids.forEach((id, place) => {
        const logits = Float32Array.from(letters.logits(ids.slice(0, place)));
        const { probabilities } = alone.apply(logits, {
          tokens: ids.slice(0, place),
          promptLength: 0,
          memory,
        });
        const left = turns.filter((turn) => turn.place === place).map((turn) => turn.ids[0]!);
        const rest = probabilities.reduce((sum, p, each) => (left.includes(each) ? sum : sum + p), 0);
        // Where a later turn went further back, less may have been left out.
        if (left.length === 0) expect(steps[place]!.processed).toBeCloseTo(probabilities[id]!, 9);
        else if (rest > 0) expect(steps[place]!.processed).toBeGreaterThanOrEqual(probabilities[id]! - 1e-9);
        alone.accept(id, memory);
      });
    }
  });
});

/** The exact probability of every text of `length` tokens, by following each choice. */
function process(
  tokens: readonly string[],
  logits: (context: readonly number[]) => readonly number[],
  banned: string,
  length: number,
): Map<string, number> {
  const found = new Map<string, number>();
  const follow = (
    ids: readonly number[],
    out: ReadonlyMap<number, readonly number[]>,
    weight: number,
  ): void => {
    if (ids.length === length) {
      found.set(ids.join(), (found.get(ids.join()) ?? 0) + weight);
      return;
    }
    const here = out.get(ids.length) ?? [];
    const weights = logits(ids).map((logit, id) => (here.includes(id) ? 0 : Math.exp(logit)));
    const total = weights.reduce((sum, each) => sum + each, 0);
    weights.forEach((each, id) => {
      if (each === 0) return;
      const next = [...ids, id];
      const at = next
        .map((one) => tokens[one])
        .join('')
        .indexOf(banned);
      const probability = (weight * each) / total;
      if (at === -1) {
        follow(next, out, probability);
        return;
      }
      let place = 0;
      while (
        next
          .slice(0, place + 1)
          .map((one) => tokens[one])
          .join('').length <= at
      )
        place++;
      const kept = new Map([...out].filter(([where]) => where <= place));
      kept.set(place, [...(kept.get(place) ?? []), next[place]!]);
      follow(next.slice(0, place), kept, probability);
    });
  };
  follow([], new Map(), 1);
  return found;
}
