import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { randomStream } from '../../../../src/core/random';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { ab } from '../../../../src/experiments/ab';
import { abParameters, exchanged, type AbParameters } from '../../../../src/experiments/ab/parameters';
import {
  abResultSchema,
  growAb,
  partingOf,
  swapped,
  type AbEvent,
  type AbResult,
} from '../../../../src/experiments/ab/result';
import { explore } from '../../../../src/experiments/explore';
import { firstDifference } from '../../../../src/experiments/report/compare';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { depth } from '../../depth';
import { letters } from '../letterModel';
import { runExperiment } from '../running';

const topK = (k: number): ChainSpec => [{ sampler: 'top-k', k }];
const at = (temperature: number): ChainSpec => [{ sampler: 'temperature', temperature }];

const USUAL = {
  prompt: '',
  chain: topK(2),
  otherChain: topK(3),
  seed: 7,
  samples: 1,
  maxNewTokens: 12,
} satisfies AbParameters;

const toy = (): LanguageModel => new ToyModel(TOY_DEFAULT);

async function runAb(model: LanguageModel, parameters: Partial<AbParameters>): Promise<AbResult> {
  const { result } = await runExperiment(ab, model, { ...USUAL, ...parameters });
  return result;
}

/** The result that the page has from what is sent while it runs. */
const grown = (events: readonly AbEvent[]): AbResult =>
  events.reduce<AbResult | null>((so, event) => (event.type === 'progress' ? so : growAb(so, event)), null)!;

/** The ids of the texts that Explore draws. */
async function explored(model: LanguageModel, parameters: object): Promise<readonly number[][]> {
  const { result } = await runExperiment(explore, model, { ...USUAL, greedy: false, ...parameters });
  return result.completions.map(({ ids }) => ids);
}

/** Probabilities of some of the toy's tokens among themselves. */
function among(ids: readonly number[], temperature = 1): number[] {
  const weights = ids.map((id) => Math.exp(TOY_DEFAULT.logits[id]! / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Kullback-Leibler divergence by its definition, over outcomes that are possible under p. */
const kl = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, share, i) => sum + (share > 0 ? share * Math.log(share / q[i]!) : 0), 0);

describe('A/B of two chains', () => {
  it('gives both distributions at every token, and how far apart they are', async () => {
    const [two, three] = [among([0, 1]), among([0, 1, 2])];
    const mean = [0, 1, 2].map((id) => ((two[id] ?? 0) + three[id]!) / 2);
    const { samples, tokens } = await runAb(toy(), {});
    const { steps } = samples[0]!;
    expect(steps).toHaveLength(12);
    for (const { a, b, rows, before, after } of steps) {
      expect(before).toEqual({ ab: 0, ba: 0, onlyA: 0, onlyB: 0, js: 0 });
      // B keeps a token that A removes.
      expect(after!.ba).toBeNull();
      expect(after!.ab).toBeCloseTo(kl(two, three), 12);
      expect(after!.ab).toBeCloseTo(
        Math.log((Math.exp(2) + Math.exp(1.5) + Math.exp(0.5)) / (Math.exp(2) + Math.exp(1.5))),
        12,
      );
      expect(after!.onlyB).toBeCloseTo(three[2]!, 12);
      expect(after!.onlyA).toBe(0);
      expect(after!.js).toBeCloseTo((kl([...two, 0], mean) + kl(three, mean)) / 2, 12);
      expect(rows.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
      expect(rows.map((row) => row.a!.removedBy)).toEqual([null, null, 'top-k', 'top-k', 'top-k']);
      expect(rows.map((row) => row.b!.removedBy)).toEqual([null, null, null, 'top-k', 'top-k']);
      const raw = among([0, 1, 2, 3, 4]);
      rows.forEach((row) => {
        expect(row.a!.raw).toBeCloseTo(raw[row.id]!, 12);
        expect(row.b!.raw).toBeCloseTo(raw[row.id]!, 12);
        expect(row.a!.processed).toBeCloseTo(two[row.id] ?? 0, 12);
        expect(row.b!.processed).toBeCloseTo(three[row.id] ?? 0, 12);
      });
      expect([a!.kept, b!.kept]).toEqual([2, 3]);
      expect(b!.removals.map(({ sampler, removed }) => [sampler, removed])).toEqual([['top-k', 2]]);
      expect(b!.removals[0]!.mass).toBeCloseTo(raw[3]! + raw[4]!, 12);
    }
    expect(tokens.map(({ text }) => text)).toEqual([' pizza', ' burger', ' pasta', ' salad', ' sushi']);
  });

  it('draws both with the same random numbers', async () => {
    const { samples } = await runAb(toy(), { samples: 3, maxNewTokens: 40 });
    const drawn = (probabilities: readonly number[], u: number): number => {
      let sum = 0;
      return probabilities.findIndex((share) => (sum += share) > u);
    };
    samples.forEach(({ a, b, steps }, sample) => {
      const numbers = randomStream(7, 'sample', sample);
      const us = Array.from({ length: 40 }, () => numbers.next());
      const [idsA, idsB] = [
        us.map((u) => drawn(among([0, 1]), u)),
        us.map((u) => drawn(among([0, 1, 2]), u)),
      ];
      expect(a.ids).toEqual(idsA);
      expect(b.ids).toEqual(idsB);
      expect(partingOf({ steps })).toBe(us.findIndex((_, i) => idsA[i] !== idsB[i]));
    });
  });

  it('gives on either side the texts that Explore gives for its chain', async () => {
    const parameters = { prompt: 'ab', samples: 4, maxNewTokens: 9, chain: at(0.8), otherChain: topK(2) };
    const { samples } = await runAb(letters(3, 6), parameters);
    expect(samples.map(({ a }) => a.ids)).toEqual(await explored(letters(3, 6), parameters));
    expect(samples.map(({ b }) => b.ids)).toEqual(
      await explored(letters(3, 6), { ...parameters, chain: topK(2) }),
    );
    for (const { a, b, steps } of samples) {
      const place = a.ids.findIndex((id, i) => id !== b.ids[i]);
      expect(partingOf({ steps })).toBe(place < 0 ? null : place);
      // Before that both come from one answer of the model.
      steps.forEach(({ before }, i) => {
        if (place < 0 || i <= place) expect(before!.js).toBe(0);
        else expect(before!.js).toBeGreaterThan(0);
      });
    }
  });

  it('reads for equal chains what one text needs, and the texts never part', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(at(0.7), at(1.4), topK(2)),
        async (seed, chain) => {
          const parameters = { prompt: 'ba', chain, otherChain: chain, seed, samples: 2, maxNewTokens: 6 };
          const [both, one] = [letters(seed, 5), letters(seed, 5)];
          const { samples, other } = await runAb(both, parameters);
          await explored(one, parameters);
          expect(other).toBeNull();
          expect(both.read).toBe(one.read);
          for (const { a, b, steps } of samples) {
            expect(partingOf({ steps })).toBeNull();
            expect(a).toEqual(b);
            for (const { after } of steps) expect(after).toEqual({ ab: 0, ba: 0, onlyA: 0, onlyB: 0, js: 0 });
          }
        },
      ),
      { numRuns: depth(20, 300) },
    );
  });

  it('finds a divergence finite however cold a side is', async () => {
    // The logits are 0.5 apart and more: 500 times that at this temperature, and e^-1000 underflows.
    const { samples } = await runAb(toy(), { chain: at(1), otherChain: at(0.001) });
    const share = among([0, 1, 2, 3, 4]);
    const cold = share.reduce(
      (sum, p, id) => sum + p * (Math.log(p) + (2 - TOY_DEFAULT.logits[id]!) / 0.001),
      0,
    );
    const { after } = samples[0]!.steps[0]!;
    expect(after!.ab).toBeCloseTo(cold, 6);
    expect(after!.onlyA).toBe(0);
  });

  it('goes on alone where one text has ended', async () => {
    const model = letters(11, 4, 3);
    const { samples } = await runAb(model, {
      prompt: 'a',
      chain: at(1),
      otherChain: at(3),
      samples: 8,
      maxNewTokens: 20,
    });
    const ended = samples.find(({ a, b }) => a.ids.length < b.ids.length)!;
    const { a, steps } = ended;
    expect(a.end).toBe('end of text');
    expect(steps).toHaveLength(ended.b.ids.length);
    const alone = steps[a.ids.length]!;
    expect([alone.a, alone.before, alone.after]).toEqual([null, null, null]);
    expect(alone.rows.every((row) => row.a === null && row.b !== null)).toBe(true);
  });
});

describe('A/B with banned phrases and stop strings', () => {
  const phrases: ChainSpec = [...at(1), { sampler: 'banned-phrases', phrases: ['pizza burger', 'a pizza'] }];

  it('goes back on one side, as Explore does, and compares what stands in the end', async () => {
    const parameters = { chain: phrases, otherChain: at(1), samples: 4, maxNewTokens: 30 };
    const { result, events } = await runExperiment(ab, toy(), { ...USUAL, ...parameters });
    const { samples } = result;
    expect(samples.some(({ a }) => (a.turns ?? []).length > 0)).toBe(true);
    expect(samples.map(({ a }) => a.ids)).toEqual(await explored(toy(), parameters));
    expect(samples.map(({ b }) => b.ids)).toEqual(await explored(toy(), { ...parameters, chain: at(1) }));
    const share = among([0, 1, 2, 3, 4]);
    for (const { a, b, steps } of samples) {
      expect(a.text).not.toMatch(/pizza burger|a pizza/);
      expect(steps.map((step) => step.a!.id)).toEqual(a.ids);
      expect(steps.map((step) => step.b!.id)).toEqual(b.ids);
      steps.forEach((step, place) => {
        // The tokens that were taken back where the text now goes on have no probability there.
        const taken = new Set(
          (a.turns ?? []).filter((turn) => turn.place === place).map(({ ids }) => ids[0]),
        );
        const gone = step.rows.filter((row) => row.a!.removedBy === 'banned-phrases').map(({ id }) => id);
        for (const id of gone) expect(taken.has(id)).toBe(true);
        const left = 1 - gone.reduce((sum, id) => sum + share[id]!, 0);
        expect(step.after!.ab).toBeCloseTo(-Math.log(left), 10);
        expect(step.after!.ba === null).toBe(gone.length > 0);
        expect(step.after!.onlyB).toBeCloseTo(1 - left, 10);
      });
    }
    expect(grown(events).samples.map(({ steps }) => steps)).toEqual(samples.map(({ steps }) => steps));
    const again = await runAb(toy(), { ...parameters, chain: at(1), otherChain: phrases });
    expect(firstDifference(swapped(result).samples, again.samples)).toBeNull();
    expect(ab.report!.summary(result).some((sentence) => /^A went back \d+ times? over/.test(sentence))).toBe(
      true,
    );
  });

  it('blames the random number only where both have drawn with the same one', async () => {
    const parameters = { chain: phrases, otherChain: at(0.9), maxNewTokens: 30 };
    const seen = { same: 0, other: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const result = await runAb(toy(), { ...parameters, seed });
      const [sample] = result.samples;
      const place = partingOf(sample!);
      const sentence = ab.report!.summary(result).find((one) => one.startsWith('Both chains keep'));
      if (place === null || sentence === undefined) continue;
      const other = sample!.a.turns?.some((turn) => turn.place <= place) === true;
      seen[other ? 'other' : 'same']++;
      expect(sentence.includes('the same random number')).toBe(!other);
    }
    expect(seen.same).toBeGreaterThan(0);
    expect(seen.other).toBeGreaterThan(0);
  });

  it('goes back on both sides, each in its own time, and compares every place in the end', async () => {
    const chain: ChainSpec = [{ sampler: 'banned-phrases', phrases: ['ab', 'cab', 'ba'] }];
    let turned = 0;
    for (let seed = 0; seed < depth(6, 60); seed++) {
      const parameters = { seed, samples: 3, chain, otherChain: [...chain, ...topK(2)] };
      const { result, events } = await runExperiment(ab, letters(seed, 3), { ...USUAL, ...parameters });
      const ofA = await explored(letters(seed, 3), parameters);
      const ofB = await explored(letters(seed, 3), { ...parameters, chain: parameters.otherChain });
      result.samples.forEach(({ a, b, steps }, sample) => {
        expect([a.ids, b.ids]).toEqual([ofA[sample], ofB[sample]]);
        expect(steps.flatMap((step) => step.a?.id ?? [])).toEqual(a.ids);
        expect(steps.flatMap((step) => step.b?.id ?? [])).toEqual(b.ids);
        for (const step of steps) expect(step.after === null).toBe(step.a === null || step.b === null);
        turned += (a.turns ?? []).length + (b.turns ?? []).length;
      });
      expect(grown(events).samples.map(({ steps }) => steps)).toEqual(
        result.samples.map(({ steps }) => steps),
      );
    }
    expect(turned).toBeGreaterThan(20);
  });

  it('ends each text at a stop string of its own', async () => {
    const { samples } = await runAb(toy(), {
      chain: at(1),
      otherChain: at(3),
      stop: ['pasta'],
      samples: 3,
      maxNewTokens: 60,
    });
    for (const sample of samples) {
      for (const side of [sample.a, sample.b]) {
        expect(side).toMatchObject({ end: 'stop string', stop: 'pasta' });
        expect(side.text).not.toContain('pasta');
        expect(side.ids.at(-1)).toBe(2);
      }
      expect(sample.steps).toHaveLength(Math.max(sample.a.ids.length, sample.b.ids.length));
    }
  });
});

it('A/B says before a prompt is read whose shape takes more tokens than there may be', async () => {
  const model = toy();
  const read = vi.spyOn(model, 'next');
  const long: ChainSpec = [{ sampler: 'regex', expression: '( pizza){20}' }];
  await expect(runAb(model, { otherChain: long })).rejects.toThrow(
    /^B: regex: a text that fits takes at least 20 tokens, but max new tokens is 12\./,
  );
  await expect(runAb(model, { chain: long })).rejects.toThrow(/^A: regex: /);
  expect(read).not.toHaveBeenCalled();
});

describe('A/B of two prompts', () => {
  const softmax = (logits: readonly number[]): number[] => {
    const weights = logits.map((logit) => Math.exp(logit));
    return weights.map((weight) => weight / weights.reduce((sum, other) => sum + other, 0));
  };

  it('compares what the model says after each, token by token', async () => {
    const model = letters(5, 5);
    const parameters = { prompt: 'abc', other: 'eb', chain: at(1), otherChain: at(1), maxNewTokens: 8 };
    const { samples, other, provenance } = await runAb(model, parameters);
    expect(provenance.promptIds).toEqual([0, 1, 2]);
    expect(other!.promptIds).toEqual([4, 1]);
    const { a, b, steps } = samples[0]!;
    steps.forEach(({ rows, before, after }, i) => {
      const p = softmax(model.logits([0, 1, 2, ...a.ids.slice(0, i)]));
      const q = softmax(model.logits([4, 1, ...b.ids.slice(0, i)]));
      for (const row of rows) {
        expect(row.a!.raw).toBeCloseTo(p[row.id]!, 10);
        expect(row.b!.raw).toBeCloseTo(q[row.id]!, 10);
      }
      expect(before!.ab).toBeCloseTo(kl(p, q), 10);
      expect(before!.ba).toBeCloseTo(kl(q, p), 10);
      expect(after!.ab).toBeCloseTo(kl(p, q), 10);
    });
  });

  it('takes an empty one for the same prompt', async () => {
    const given = { prompt: 'abc', chain: at(1), otherChain: topK(2) };
    const [leftOut, empty, equal] = [
      await runAb(letters(1, 4), given),
      await runAb(letters(1, 4), { ...given, other: '' }),
      await runAb(letters(1, 4), { ...given, other: 'abc' }),
    ];
    for (const result of [empty, equal]) {
      expect(result.other).toBeNull();
      expect(firstDifference(result.samples, leftOut.samples)).toBeNull();
    }
  });
});

describe('a result of A/B', () => {
  it('says where the texts part, what was removed there, and how far apart the sides are', async () => {
    const result = await runAb(toy(), { chain: topK(1), otherChain: topK(2) });
    const [pizza, burger] = among([0, 1]);
    const raw = among([0, 1, 2, 3, 4]);
    const place = result.samples[0]!.b.ids.indexOf(1) + 1;
    const percent = (share: number): string => `${(share * 100).toPrecision(3)} %`;
    const js = (Math.log(2 / (1 + pizza!)) + kl([pizza!, burger!], [(1 + pizza!) / 2, burger! / 2])) / 2;
    const nats = (value: number): string => String(Number(value.toPrecision(3)));
    const [first, second, third, ...others] = ab.report!.summary(result);
    expect(first).toBe(`The texts part at token ${place}: A draws “·pizza”, B draws “·burger”.`);
    expect(second).toBe(`In A, top-k removes “·burger” (${percent(raw[1]!)} before the samplers).`);
    expect(third).toBe(
      `At that place, after the samplers, KL(A ‖ B) is ${nats(-Math.log(pizza!))} nats; KL(B ‖ A) is infinite, because A gives no chance to tokens that have ${percent(burger!)} in B; the Jensen-Shannon divergence is ${nats(js)} nats.`,
    );
    expect(others).toContain(
      `On average per token, the samplers remove ${percent(1 - raw[0]!)} of the probability in A (top-k) and ${percent(1 - raw[0]! - raw[1]!)} of the probability in B (top-k).`,
    );
    const steps = ab.report!.tables(result).find(({ id }) => id === 'steps')!;
    const cells = Object.fromEntries(steps.columns.map((name, i) => [name, steps.rows[place - 1]![i]]));
    expect(cells).toMatchObject({ position: place, A: ' pizza', B: ' burger', 'KL(B ‖ A)': Infinity });
    expect(cells['Jensen-Shannon']).toBeCloseTo(js, 12);
    expect(ab.report!.summary(await runAb(toy(), { chain: topK(3) }))[0]).toBe(
      'Both texts are the same: 12 tokens.',
    );
  });

  const cases: Partial<AbParameters>[] = [
    { prompt: 'ab', chain: at(0.8), otherChain: topK(2), samples: 3 },
    { prompt: 'ab', other: 'cad', chain: topK(2), otherChain: at(1.2), samples: 2 },
  ];

  it.each(cases)(
    'is with its sides exchanged what the run with exchanged sides gives',
    async (parameters) => {
      const given = abParameters.parse({ ...USUAL, ...parameters });
      const result = await runAb(letters(9, 6, 5), given);
      const again = await runAb(letters(9, 6, 5), exchanged(given));
      expect(firstDifference(swapped(result), again)).toBeNull();
      expect(firstDifference(swapped(swapped(result)), result)).toBeNull();
    },
  );

  it.each(cases)('is the same after it was written as JSON, infinities too', async (parameters) => {
    const result = await runAb(letters(9, 6, 5), parameters);
    expect(
      result.samples.some(({ steps }) => steps.some(({ after }) => after?.ab === null || after?.ba === null)),
    ).toBe(true);
    expect(v.parse(abResultSchema, JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('grows from events to what it is in the end, and is left as it is where a user stops it', async () => {
    const whole = await runExperiment(ab, toy(), { ...USUAL, samples: 2 });
    expect(whole.result.stopped).toBe(false);
    expect(grown(whole.events).samples.map(({ steps }) => steps)).toEqual(
      whole.result.samples.map(({ steps }) => steps),
    );
    const { result, events } = await runExperiment(
      ab,
      toy(),
      USUAL,
      (event) => event.type === 'progress' && event.done === 4,
    );
    expect(result.stopped).toBe(true);
    expect(result.samples[0]!.steps).toEqual(whole.result.samples[0]!.steps.slice(0, 4));
    expect(grown(events).samples[0]!.steps).toEqual(result.samples[0]!.steps);
    expect(result.samples[0]!.a.end).toBe('stopped');
  });
});
