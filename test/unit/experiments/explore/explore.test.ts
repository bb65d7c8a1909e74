import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { chiSquareTest } from '../../../../src/core/statistics/chiSquare';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { explore } from '../../../../src/experiments/explore';
import {
  exploreResultSchema,
  type ExploreEvent,
  type ExploreResult,
} from '../../../../src/experiments/explore/result';
import type { Completion } from '../../../../src/experiments/kit/decodingLoop';
import type { TokenStep } from '../../../../src/experiments/kit/tokenSelection';
import { exploreParameters } from '../../../../src/experiments/explore/parameters';
import { listAll } from '../../core/search/models';
import { letters } from '../letterModel';
import { TableModel, type Table } from '../tableModel';

interface Distribution {
  readonly probs: readonly number[];
}
interface SeedFile {
  readonly temperature: readonly ({ readonly T: number } & Distribution)[];
  readonly nucleus: readonly {
    readonly p: number;
    readonly T: number;
    readonly renormalised: Distribution;
  }[];
  readonly hybrid: readonly {
    readonly p: number;
    readonly k: number;
    readonly T: number;
    readonly renormalised: Distribution;
  }[];
}
interface BeamFile {
  readonly models: readonly (Table & {
    readonly runs: readonly {
      readonly params: Readonly<Record<string, number | null>>;
      readonly results: readonly { readonly tokens: readonly number[] }[];
    }[];
    readonly exhaustive_top10: Readonly<
      Record<string, readonly { readonly tokens: readonly number[]; readonly logprob: number }[]>
    >;
  })[];
}

const fixture = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/oracles/${path}`, import.meta.url), 'utf8'));
const seedFile = fixture('seed/seed-exercises.json') as SeedFile;
const beamFile = fixture('beam/beam-search.json') as BeamFile;

const defaults = {
  prompt: '',
  chain: [] as ChainSpec,
  greedy: false,
  seed: 42,
  samples: 4,
  maxNewTokens: 10,
};

interface Outcome {
  readonly result: ExploreResult;
  readonly events: readonly ExploreEvent[];
  readonly steps: readonly TokenStep[];
}

async function runExplore(
  model: LanguageModel,
  parameters: Partial<typeof defaults & { listed: number }>,
  stop?: { controller: AbortController; when: (event: ExploreEvent) => boolean },
): Promise<Outcome> {
  const events: ExploreEvent[] = [];
  const result = await explore.run(model, exploreParameters.parse({ ...defaults, ...parameters }), {
    signal: (stop?.controller ?? new AbortController()).signal,
    pause: async () => undefined,
    emit: (event) => {
      events.push(event);
      if (stop?.when(event)) stop.controller.abort();
    },
  });
  return { result, events, steps: events.flatMap((event) => (event.type === 'steps' ? event.steps : [])) };
}

const toy = () => new ToyModel(TOY_DEFAULT);

/** The toy's probabilities before any sampler. */
const raw = seedFile.temperature.find(({ T }) => T === 1)!.probs;

describe('Explore on the toy vocabulary', () => {
  const cases: [string, ChainSpec, readonly number[]][] = [
    ...seedFile.temperature.map(({ T, probs }): [string, ChainSpec, readonly number[]] => [
      `T ${T}`,
      [{ sampler: 'temperature', temperature: T }],
      probs,
    ]),
    ...seedFile.nucleus.map(({ T, p, renormalised }): [string, ChainSpec, readonly number[]] => [
      `T ${T}, p ${p}`,
      [
        { sampler: 'temperature', temperature: T },
        { sampler: 'top-p', p },
      ],
      renormalised.probs,
    ]),
    ...seedFile.hybrid.map(({ T, p, k, renormalised }): [string, ChainSpec, readonly number[]] => [
      `T ${T}, p ${p}, k ${k}`,
      [
        { sampler: 'temperature', temperature: T },
        { sampler: 'top-p', p },
        { sampler: 'top-k', k },
      ],
      renormalised.probs,
    ]),
  ];

  it.each(cases)('reports and draws the exact probabilities for %s', async (_, chain, expected) => {
    const { steps } = await runExplore(toy(), { chain, samples: 64, maxNewTokens: 100 });
    expect(steps).toHaveLength(6400);
    const drawn = expected.map(() => 0);
    for (const { id } of steps) drawn[id]! += 1;
    // One look at thousands of steps: an assertion of each would take most of the time.
    const wrong = steps.filter(
      (step) =>
        !(Math.abs(step.raw - raw[step.id]!) < 5e-7) ||
        !(Math.abs(step.processed! - expected[step.id]!) < 5e-7),
    );
    expect(wrong).toEqual([]);
    expect(steps[0]!.alternatives.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
    steps[0]!.alternatives.forEach((alternative) => {
      expect(alternative.raw).toBeCloseTo(raw[alternative.id]!, 6);
      expect(alternative.processed).toBeCloseTo(expected[alternative.id]!, 6);
    });
    // The draws are seeded: five standard deviations are a bound on the generator, not on luck.
    expected.forEach((probability, id) => {
      const deviation = Math.sqrt(6400 * probability * (1 - probability));
      expect(Math.abs(drawn[id]! - 6400 * probability)).toBeLessThanOrEqual(5 * deviation + 1e-6);
    });
  });

  it('sends the prompt, the logits and then a step of every completion per token', async () => {
    const { events, result } = await runExplore(toy(), { prompt: 'eat pizza', samples: 2, maxNewTokens: 3 });
    expect(events.map(({ type }) => type)).toEqual(['prompt', 'next', 'steps', 'steps', 'steps']);
    expect(events[0]).toMatchObject({ prompt: { ids: Int32Array.of(0), truncated: false } });
    expect(events[1]).toEqual({ type: 'next', logits: Float32Array.from(TOY_DEFAULT.logits) });
    expect(events[2]).toMatchObject({ steps: [{ sample: 0 }, { sample: 1 }] });
    expect(result).toMatchObject({ stopped: false, newTokens: 6 });
    expect(result.completions.map(({ end }) => end)).toEqual(['length', 'length']);
    expect(result.provenance).toMatchObject({
      model: 'toy',
      promptIds: [0],
      seed: 42,
      parameters: { maxNewTokens: 3 },
    });
  });

  it('has in its result what was told while it ran, as plain JSON that its schema takes', async () => {
    const chain: ChainSpec = [{ sampler: 'top-k', k: 2 }];
    const { result, steps } = await runExplore(toy(), { chain, samples: 3, maxNewTokens: 5, listed: 4 });
    const json: unknown = JSON.parse(JSON.stringify(result));
    expect(json).toEqual(result);
    expect(v.parse(exploreResultSchema, json)).toEqual(result);
    expect(result.completions.map((completion) => completion.steps)).toEqual(
      [0, 1, 2].map((sample) =>
        steps
          .filter((step) => step.sample === sample)
          .map(({ id, raw: before, processed, rank, alternatives }) => ({
            ...{ id, raw: before, processed, rank },
            alternatives,
          })),
      ),
    );
    const { rows, rest, kept, keptMass, steps: removed } = result.next!;
    const two = raw[0]! + raw[1]!;
    rows.forEach((row, id) => {
      expect(row).toMatchObject({ id, removedBy: id < 2 ? null : 'top-k' });
      expect(row.raw).toBeCloseTo(raw[id]!, 6);
      expect(row.processed).toBeCloseTo(id < 2 ? raw[id]! / two : 0, 6);
    });
    expect(rows).toHaveLength(4);
    expect(rest).toMatchObject({ tokens: 1, kept: 0, processed: 0 });
    expect(rest.raw).toBeCloseTo(raw[4]!, 6);
    expect({ kept, removed: removed[0]!.removed }).toEqual({ kept: 2, removed: 3 });
    expect(keptMass).toBeCloseTo(two, 6);
    expect(result.tokens.map(({ text }) => text)).toEqual(TOY_DEFAULT.words.map((word) => ` ${word}`));
  });

  it('lists no next token where none was asked for', async () => {
    expect((await runExplore(toy(), { samples: 1 })).result.next).toBeNull();
  });

  it('gives the distribution alone for no samples', async () => {
    const { events, result } = await runExplore(toy(), { samples: 0 });
    expect(events.map(({ type }) => type)).toEqual(['prompt', 'next']);
    expect(result).toMatchObject({ completions: [], stopped: false, newTokens: 0 });
  });

  it('gives the same completions for the same seed, others for another', async () => {
    const run = async (seed: number) =>
      (await runExplore(toy(), { seed, maxNewTokens: 50 })).result.completions;
    expect(await run(7)).toEqual(await run(7));
    expect(await run(8)).not.toEqual(await run(7));
  });

  it('gives sample i whatever the number of samples, and however they are grouped', async () => {
    // 1,000 positions each: 64 samples do not fit in memory at once and grow in groups.
    const many = (await runExplore(toy(), { samples: 64, maxNewTokens: 1000 })).result.completions;
    expect(many).toHaveLength(64);
    expect(new Set(many.map(({ text }) => text)).size).toBe(64);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (samples) => {
        const few = (await runExplore(toy(), { samples, maxNewTokens: 1000 })).result.completions;
        expect(few.map(({ text }) => text)).toEqual(many.slice(0, samples).map(({ text }) => text));
      }),
      { numRuns: 5 },
    );
  });

  it('records text, ids and log-probability that agree with the steps', async () => {
    const model = toy();
    const { result, steps } = await runExplore(model, { samples: 3, maxNewTokens: 20 });
    result.completions.forEach((completion, sample) => {
      const own = steps.filter((step) => step.sample === sample);
      expect(completion.ids).toEqual(own.map(({ id }) => id));
      expect(completion.text).toBe(own.map(({ id }) => ` ${TOY_DEFAULT.words[id]!}`).join(''));
      const sum = own.reduce((total, { id }) => total + Math.log(raw[id]!), 0);
      expect(completion.logProbability).toBeCloseTo(sum, 5);
    });
  });
});

describe('Explore with samplers that look back', () => {
  it('shows every sample its own tokens and the prompt', async () => {
    const chain: ChainSpec = [{ sampler: 'no-repeat-ngram', n: 1 }];
    const { result } = await runExplore(toy(), { chain, prompt: 'pasta', samples: 20, maxNewTokens: 4 });
    for (const { ids } of result.completions) expect([...ids].sort()).toEqual([0, 1, 3, 4]);
    expect(new Set(result.completions.map(({ text }) => text)).size).toBeGreaterThan(1);
  });

  it('keeps the state of every sample', async () => {
    const [tau, eta] = [1.2, 0.5];
    const { steps } = await runExplore(toy(), {
      chain: [{ sampler: 'mirostat-2', tau, eta }],
      samples: 6,
      maxNewTokens: 30,
    });
    const surprises = raw.map((probability) => -Math.log2(probability));
    const limits = new Set<number>();
    for (let sample = 0; sample < 6; sample++) {
      // Mirostat 2 (Basu et al., 2021): the limit starts at 2 tau and falls by eta (surprise - tau) with every token.
      let mu = 2 * tau;
      for (const { id, processed } of steps.filter((step) => step.sample === sample)) {
        const kept = raw.filter((_, other) => other === 0 || surprises[other]! <= mu);
        expect(processed).toBeCloseTo(raw[id]! / kept.reduce((sum, probability) => sum + probability), 5);
        limits.add(kept.length);
        mu -= eta * (surprises[id]! - tau);
      }
    }
    expect(limits.size).toBeGreaterThan(1);
  });
});

describe('Explore with a model that looks at the whole context', () => {
  it('draws sequences as often as they are probable', async () => {
    const model = letters(9, 3);
    const listed = listAll(model, [0], 2, null);
    const counts = listed.map(() => 0);
    for (let seed = 0; seed < 60; seed++) {
      const { result } = await runExplore(model, { prompt: 'a', seed, samples: 64, maxNewTokens: 2 });
      for (const { ids } of result.completions) {
        counts[listed.findIndex(({ tokens }) => tokens.join() === ids.join())]! += 1;
      }
    }
    const probabilities = listed.map(({ logProbability }) => Math.exp(logProbability));
    expect(chiSquareTest(counts, probabilities).pValue).toBeGreaterThan(0.001);
    // Held to the wrong distribution the same counts fail.
    expect(chiSquareTest(counts, [...probabilities].reverse()).pValue).toBeLessThan(1e-6);
  });

  it('gives sample i whatever the number of samples, with samplers that remember and draw', async () => {
    const chain: ChainSpec = [
      { sampler: 'presence-penalty', penalty: 0.5 },
      { sampler: 'xtc', probability: 0.5, threshold: 0.1 },
      { sampler: 'mirostat-2', tau: 2, eta: 0.5 },
    ];
    const completions = async (samples: number): Promise<readonly Completion[]> =>
      (await runExplore(letters(11, 8), { prompt: 'a', chain, samples })).result.completions;
    const many = await completions(20);
    expect(many.slice(0, 8)).toEqual(await completions(8));
    expect(new Set(many.map(({ text }) => text)).size).toBeGreaterThan(1);
  });
});

describe('Explore, greedy', () => {
  it('takes the lowest id among equal logits', async () => {
    const model = new ToyModel({ words: ['a', 'b', 'c'], logits: [1, 3, 3] });
    const { steps } = await runExplore(model, { greedy: true, samples: 1, maxNewTokens: 3 });
    expect(steps.map(({ id, processed, rank }) => [id, processed, rank])).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [1, 1, 0],
    ]);
  });

  const greedyRuns = beamFile.models.flatMap((table) =>
    table.runs
      .filter(
        ({ params }) =>
          params['num_beams'] === 1 &&
          !('repetition_penalty' in params) &&
          !('no_repeat_ngram_size' in params),
      )
      .map((run) => ({ table, ...run })),
  );

  it('has reference runs', () => {
    expect(greedyRuns.length).toBeGreaterThan(0);
  });

  it.each(greedyRuns)('follows the reference sequence ($params)', async ({ table, params, results }) => {
    const endOfText = params['eos_token_id'] ?? null;
    const model = new TableModel(table, endOfText);
    const { result } = await runExplore(model, {
      prompt: model.decode(table.start),
      greedy: true,
      samples: 2,
      maxNewTokens: params['max_new_tokens']!,
    });
    const { tokens } = results[0]!;
    const ended = endOfText !== null && tokens.at(-1) === endOfText;
    for (const completion of result.completions) {
      expect(completion.ids).toEqual(tokens);
      expect(completion.end).toBe(ended ? 'end of text' : 'length');
      expect(completion.text).toBe(model.decode(ended ? tokens.slice(0, -1) : tokens));
    }
  });

  it('sums log-probabilities as the exhaustive search does', async () => {
    let compared = 0;
    for (const table of beamFile.models) {
      for (const [length, sequences] of Object.entries(table.exhaustive_top10)) {
        const model = new TableModel(table, null);
        const { result } = await runExplore(model, {
          prompt: model.decode(table.start),
          greedy: true,
          samples: 1,
          maxNewTokens: Number(length),
        });
        const { ids, logProbability } = result.completions[0]!;
        const same = sequences.find(({ tokens }) => tokens.join() === ids.join());
        if (!same) continue;
        expect(logProbability).toBeCloseTo(same.logprob, 4);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe('Explore with a model that has caches', () => {
  const table = beamFile.models[0]!;

  it('extends the caches, and asks for all living completions at once and for equal ones once', async () => {
    const model = new TableModel(table, table.eos);
    const { result } = await runExplore(model, { prompt: 'ab', samples: 8, maxNewTokens: 9, seed: 3 });
    const [first, ...later] = model.calls;
    expect(first).toEqual([{ tokens: [0, 1] }]);
    later.forEach((contexts, step) => {
      const living = result.completions.filter(({ ids }) => ids.length > step + 1);
      const sequences = new Set(living.map(({ ids }) => ids.slice(0, step + 1).join()));
      expect(contexts.map(({ tokens }) => tokens.slice(2).join())).toEqual([...sequences]);
      expect(contexts.every(({ cache }) => cache?.length === 2 + step)).toBe(true);
    });
    expect(result.completions.some(({ end }) => end === 'end of text')).toBe(true);
    for (const { ids, end } of result.completions) {
      expect(ids.indexOf(table.eos)).toBe(end === 'end of text' ? ids.length - 1 : -1);
    }
  });

  const long: Table = {
    ...table,
    position_bias: Array.from({ length: 300 }, () => table.table[0]!.map(() => 0)),
  };

  it('reads a long prompt piece by piece, and stops between the pieces', async () => {
    const prompt = 'abcde'.repeat(30);
    const model = new TableModel(long, null);
    await runExplore(model, { prompt, samples: 0 });
    expect(model.calls.map(([one]) => [one!.tokens.length, one!.cache?.length])).toEqual([
      [22, undefined],
      [86, 22],
      [150, 86],
    ]);
    expect(model.calls.at(-1)![0]!.tokens).toEqual(model.encode(prompt));

    const stopped = new TableModel(long, null);
    const controller = new AbortController();
    const result = await explore.run(stopped, exploreParameters.parse({ ...defaults, prompt }), {
      signal: controller.signal,
      emit: () => undefined,
      pause: async () => {
        if (stopped.calls.length === 2) controller.abort();
      },
    });
    expect(stopped.calls).toHaveLength(2);
    expect(result).toMatchObject({ stopped: true, completions: [] });
  });

  it('reads prompts whose length is a multiple of a piece', async () => {
    for (const length of [1, 64, 128]) {
      const model = new TableModel(long, null);
      await runExplore(model, { prompt: 'a'.repeat(length), samples: 0 });
      expect(model.calls.map(([one]) => one!.tokens.length)).toEqual(length === 128 ? [64, 128] : [length]);
    }
  });

  it('draws nothing before it is wanted, where it was begun ahead', async () => {
    const model = new TableModel(table, null);
    const events: ExploreEvent[] = [];
    let want = (): void => undefined;
    let asked = false;
    const running = explore.run(model, exploreParameters.parse({ ...defaults, prompt: 'a' }), {
      signal: new AbortController().signal,
      pause: async () => undefined,
      emit: (event) => events.push(event),
      wanted: () => {
        asked = true;
        return new Promise((resolve) => {
          want = resolve;
        });
      },
    });
    await expect.poll(() => asked).toBe(true);
    expect(events.map(({ type }) => type)).toEqual(['prompt', 'next']);
    expect(model.calls).toHaveLength(1);
    want();
    const { completions } = await running;
    const { result } = await runExplore(new TableModel(table, null), { prompt: 'a' });
    expect(completions).toEqual(result.completions);
  });

  it('stops before the next token', async () => {
    for (const stopAfter of [1, 2, 5]) {
      const model = new TableModel(table, null);
      const controller = new AbortController();
      let seen = 0;
      const { result, events } = await runExplore(
        model,
        { prompt: 'a', samples: 3, maxNewTokens: 9 },
        { controller, when: (event) => event.type === 'steps' && ++seen === stopAfter },
      );
      expect(model.calls).toHaveLength(stopAfter);
      expect(events.filter(({ type }) => type === 'steps')).toHaveLength(stopAfter);
      expect(result.stopped).toBe(true);
      expect(result.completions.map(({ end, ids }) => [end, ids.length])).toEqual(
        result.completions.map(() => ['stopped', stopAfter]),
      );
    }
  });

  it('asks the model for nothing when it is stopped at once, and says so', async () => {
    const model = new TableModel(table, null);
    const controller = new AbortController();
    controller.abort();
    const { result } = await runExplore(model, { prompt: 'a' }, { controller, when: () => false });
    expect(model.calls).toHaveLength(0);
    expect(result).toMatchObject({ stopped: true, completions: [], newTokens: 0 });
  });

  it('is not stopped when the stop came after the last token', async () => {
    const model = new TableModel(table, null);
    const controller = new AbortController();
    const { result } = await runExplore(
      model,
      { prompt: 'a', samples: 1, maxNewTokens: 1 },
      { controller, when: ({ type }) => type === 'steps' },
    );
    expect(result).toMatchObject({ stopped: false, newTokens: 1 });
  });
});

describe('exploreParameters', () => {
  it('keeps what it reads', () => {
    const given = { ...defaults, chain: [{ sampler: 'top-k' as const, k: 3 }], seed: 0xffff_ffff };
    expect(exploreParameters.parse({ ...given, unknown: 1 })).toEqual(given);
  });

  it.each([
    [null, 'The parameters of Explore are null; they must be an object.'],
    [[], 'The parameters of Explore are a list; they must be an object.'],
    [{ prompt: 3 }, 'The prompt is 3; it must be text.'],
    [{ greedy: 'yes' }, 'Greedy is "yes"; it must be true or false.'],
    [{ seed: -1 }, 'The seed is -1; it must be a whole number from 0 to 4,294,967,295.'],
    [{ seed: 2 ** 32 }, 'The seed is 4294967296; it must be a whole number'],
    [{ samples: 65 }, 'The number of samples is 65; it must be a whole number from 0 to 64.'],
    [{ samples: 1.5 }, 'The number of samples is 1.5; it must be a whole number from 0 to 64.'],
    [{ samples: undefined }, 'The number of samples is missing; it must be'],
    [{ maxNewTokens: 0 }, 'Max new tokens is 0; it must be a whole number from 1'],
    [{ maxNewTokens: NaN }, 'Max new tokens is NaN; it must be a whole number from 1'],
  ])('refuses %j', (change, sentence) => {
    const parse = () =>
      exploreParameters.parse(change === null || Array.isArray(change) ? change : { ...defaults, ...change });
    expect(parse).toThrow(RangeError);
    expect(parse).toThrow(sentence);
  });

  it('leaves the model its own limit of new tokens', async () => {
    const running = runExplore(toy(), { maxNewTokens: 1024 });
    await expect(running).rejects.toThrow(RangeError);
    await expect(running).rejects.toThrow(
      'Max new tokens is 1,024; with this model it must be between 1 and 1,023',
    );
  });
});
