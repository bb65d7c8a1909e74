import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { randomStream } from '../../../../src/core/random';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { METHOD_CHOICES, METHOD_NUMBERS, type MethodNumbers } from '../../../../src/experiments/methods/list';
import { methods } from '../../../../src/experiments/methods';
import { methodsParameters } from '../../../../src/experiments/methods/parameters';
import { methodsReport } from '../../../../src/experiments/methods/report';
import {
  growMethods,
  methodsEventSchema,
  methodsResultSchema,
  namesToCome,
  type MethodResult,
  type MethodsEvent,
  type MethodSpec,
  type MethodsResult,
} from '../../../../src/experiments/methods/result';
import { fixture, loadFireside, runExperiment } from '../running';
import {
  distribution,
  inversion,
  nucleus,
  restricted,
  slowDistinct,
  slowSample,
  type SlowText,
} from '../slowPath';
import { TableModel, type Table } from '../tableModel';

interface Reference {
  readonly T: number;
  readonly p?: number;
  readonly k?: number;
  readonly expected_distinct_10: number;
  readonly p_greedy_is_mode_10: Readonly<Record<string, number>>;
  readonly entropy_nats?: number;
  readonly probs?: readonly number[];
  readonly renormalised?: { readonly probs: readonly number[]; readonly entropy_nats: number };
}
const seedFile = fixture('seed/seed-exercises.json') as Readonly<Record<string, readonly Reference[]>>;

const choice = (id: string, numbers: Partial<MethodNumbers> = {}): MethodSpec =>
  METHOD_CHOICES.find((method) => method.id === id)!.spec({ ...METHOD_NUMBERS, ...numbers });

const CHAPTER = ['greedy', 'stochastic', 'nucleus', 'hybrid'];

const defaults = {
  prompt: '',
  methods: CHAPTER.map((id) => choice(id)) as readonly MethodSpec[],
  form: 'tokens',
  samples: 10,
  trials: 5,
  maxNewTokens: 8,
  seed: 42,
};

const run = async (model: LanguageModel, change: Partial<typeof defaults>): Promise<MethodsResult> =>
  (await runExperiment(methods, model, { ...defaults, ...change })).result;

const toy = () => new ToyModel(TOY_DEFAULT);

const measure = ({ measures }: MethodResult, id: string) => measures.find((one) => one.id === id)!;

const near = (found: number, expected: number, tolerance = 1e-12): void => {
  expect(Math.abs(found - expected)).toBeLessThan(tolerance);
};

describe('Methods in single tokens', () => {
  const references: [string, Reference, MethodSpec][] = [
    ...seedFile['hybrid']!.map((reference): [string, Reference, MethodSpec] => {
      const { T, p, k } = reference;
      return [`hybrid T ${T} p ${p} k ${k}`, reference, choice('hybrid', { temperature: T, p: p!, k: k! })];
    }),
    ...seedFile['nucleus']!.map((reference): [string, Reference, MethodSpec] => {
      const { T, p } = reference;
      return [`nucleus T ${T} p ${p}`, reference, choice('nucleus', { temperature: T, p: p! })];
    }),
    ...seedFile['temperature']!.map((reference): [string, Reference, MethodSpec] => {
      return [`stochastic T ${reference.T}`, reference, choice('stochastic', { temperature: reference.T })];
    }),
    ...seedFile['temperature_top_k_grid']!.map((reference): [string, Reference, MethodSpec] => {
      const { T, k } = reference;
      return [`top-k ${k} T ${T}`, reference, choice('top-k', { temperature: T, k: k! })];
    }),
  ];

  it.each(references)('agrees with the reference: %s', async (_, reference, method) => {
    const result = await run(toy(), { methods: [method] });
    const [found] = result.methods;
    const probabilities = reference.probs ?? reference.renormalised!.probs;
    near(found!.next!.entropy, reference.entropy_nats ?? reference.renormalised!.entropy_nats);
    for (const { token, processed } of found!.next!.top) near(processed, probabilities[token.id]!);
    near(measure(found!, 'diversity').exact!, reference.expected_distinct_10 / 10);
    const { unique_mode, among_modes, ties_broken_uniformly } = reference.p_greedy_is_mode_10;
    near(found!.next!.greedyIsMode!.uniqueMode, unique_mode!);
    near(found!.next!.greedyIsMode!.amongModes, among_modes!);
    near(found!.next!.greedyIsMode!.tiesBrokenUniformly, ties_broken_uniformly!);
  });

  it('keeps three tokens where the chapter does, and two the other way round', async () => {
    const model = new ToyModel({
      words: ['a', 'b', 'c', 'd', 'e'],
      logits: [0.4, 0.3, 0.15, 0.1, 0.05].map(Math.log),
    });
    const numbers = { temperature: 1, p: 0.8, k: 3 };
    const result = await run(model, {
      methods: [choice('hybrid', numbers), choice('top-k-nucleus', numbers)],
    });
    expect(result.methods.map(({ next }) => next!.kept)).toEqual([3, 2]);
  });

  it('draws what inversion draws from its streams, the same numbers for every method', async () => {
    const result = await run(toy(), { trials: 20 });
    for (const method of result.methods) {
      const probabilities: number[] = [];
      for (const { token, processed } of method.next!.top) probabilities[token.id] = processed;
      const raw = distribution(TOY_DEFAULT.logits);
      const counts = probabilities.map(() => 0);
      for (let trial = 0; trial < 20; trial++) {
        const stream = randomStream(42, 'trial', trial);
        const ids = Array.from({ length: 10 }, () => inversion(probabilities, stream.next()));
        ids.forEach((id) => (counts[id]! += 1));
        const own = probabilities.map((_, id) => ids.filter((other) => other === id).length);
        near(measure(method, 'diversity').values[trial]!, own.filter((n) => n > 0).length / 10);
        near(measure(method, 'coherence').values[trial]!, Math.max(...own) / 10);
        const logs = ids.reduce((sum, id) => sum + Math.log(raw[id]!), 0) / 10;
        near(measure(method, 'log-probability').values[trial]!, logs);
      }
      for (const { token, count } of method.next!.top) expect(count).toBe(counts[token.id]);
      expect(method.next!.others.count).toBe(0);
    }
  });

  it('comes close to what is exact, in as many trials as it should', async () => {
    const { methods: found } = await run(toy(), { trials: 1000 });
    for (const method of found) {
      for (const id of ['diversity', 'coherence', 'log-probability']) {
        const { exact, mean, low, high, values } = measure(method, id);
        // Five standard errors are a bound on the code, not on luck.
        const five = Math.max(1e-12, (high! - low!) * (5 / (2 * 1.962)));
        expect(Math.abs(mean - exact!)).toBeLessThanOrEqual(five);
        expect(values).toHaveLength(1000);
      }
    }
    // Greedy: ten times the same token.
    near(measure(found[0]!, 'diversity').mean, 0.1);
    near(measure(found[0]!, 'coherence').mean, 1);
    expect(measure(found[0]!, 'coherence')).toMatchObject({ low: 1, high: 1, exact: 1 });
  });

  it('has no interval for a single trial, and survives JSON and its own schema', async () => {
    const result = await run(toy(), { trials: 1 });
    expect(measure(result.methods[1]!, 'diversity')).toMatchObject({ low: null, high: null });
    const back: unknown = JSON.parse(JSON.stringify(result));
    expect(back).toEqual(result);
    expect(v.parse(methodsResultSchema, back)).toEqual(result);
  });

  it('stops between trials and keeps what is whole', async () => {
    let seen = 0;
    const { result } = await runExperiment(
      methods,
      toy(),
      { ...defaults, trials: 10 },
      (event) => event.type === 'progress' && ++seen === 14,
    );
    expect(result.stopped).toBe(true);
    expect(result.methods.map((method) => measure(method, 'diversity').values.length)).toEqual([10, 4]);
  });
});

describe('Methods in whole texts', () => {
  const { models } = fixture('beam/beam-search.json') as { models: readonly Table[] };

  it('says which method the model cannot do, and does the others', async () => {
    const model = new TableModel(models[0]!, null);
    const result = await run(model, {
      prompt: 'a',
      form: 'continuations',
      methods: [choice('contrastive'), choice('greedy')],
      maxNewTokens: 4,
    });
    expect(result.stopped).toBe(false);
    expect(result.methods[0]).toMatchObject({
      unavailable:
        'Table does not show its hidden states, which contrastive search compares. Where it is an ONNX export, get the same model as config.json and model.safetensors.',
      measures: [],
      texts: [],
    });
    // Ten times the same text.
    const greedy = result.methods[1]!;
    near(measure(greedy, 'diversity').mean, 0.1);
    near(measure(greedy, 'coherence').mean, 1);
    near(measure(greedy, 'self-bleu').mean, 1);
  });

  it('stops before the next token', async () => {
    const model = new TableModel(models[0]!, null);
    let seen = 0;
    const { result } = await runExperiment(
      methods,
      model,
      { ...defaults, prompt: 'a', form: 'continuations', trials: 1 },
      (event) => event.type === 'progress' && ++seen === 11,
    );
    expect(result.stopped).toBe(true);
    expect(result.methods).toHaveLength(2);
    expect(measure(result.methods[0]!, 'diversity').values).toHaveLength(1);
    expect(result.methods[1]!.measures).toEqual([]);
    expect(result.methods[1]!.texts.every(({ end, ids }) => end === 'stopped' && ids.length === 3)).toBe(
      true,
    );
  });

  it('says in the table of texts what a preset’s shape and phrases have cost', async () => {
    const model = new ToyModel({ words: ['one', 'two'], logits: [0, 0] });
    const named = (name: string, chain: ChainSpec): MethodSpec => ({ name, kind: 'sampling', chain });
    const result = await run(model, {
      form: 'continuations',
      methods: [
        named('shape', [{ sampler: 'regex', expression: '( one){3}', endOfText: 2 }]),
        named('phrase', [{ sampler: 'banned-phrases', phrases: ['one two'] }]),
        named('free', []),
      ],
      ...{ samples: 8, trials: 1, maxNewTokens: 4 },
    });
    const { rows } = methodsReport.tables(result).find(({ id }) => id === 'texts')!;
    const ends = rows.map((row) => row.at(-1));
    expect(ends.slice(0, 8)).toEqual(Array(8).fill('complete; the shape left 12.5 % of the probability'));
    // Where a text goes back once, half of the probability was taken away there.
    const once = result.methods[1]!.texts.findIndex(({ turns = [] }) => turns.length === 1);
    expect(ends[8 + once]).toBe('full length; went back once, which cost 0.693 nats');
    expect(ends.slice(16)).toEqual(Array(8).fill('full length'));
  });

  it('tells how far it is', async () => {
    const { events } = await runExperiment(methods, new TableModel(models[0]!, null), {
      ...defaults,
      prompt: 'a',
      form: 'continuations',
      methods: [choice('beam'), choice('stochastic'), choice('diverse-beam')],
    });
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    expect(progress.at(-1)).toEqual({ type: 'progress', done: 1200, total: 1200, what: 'tokens' });
    const done = progress.map((event) => event.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });
});

describe('What the events of methods grow into', () => {
  const growth = (events: readonly MethodsEvent[]): (MethodsResult | null)[] =>
    events
      .flatMap((event) =>
        event.type === 'progress' ? [] : [v.parse(methodsEventSchema, JSON.parse(JSON.stringify(event)))],
      )
      .reduce<(MethodsResult | null)[]>((all, event) => [...all, growMethods(all.at(-1) ?? null, event)], []);
  const names = CHAPTER.map((id) => choice(id).name);

  it.each(['tokens', 'continuations'])('is the result, method by method (%s)', async (form) => {
    const { result, events } = await runExperiment(methods, toy(), { ...defaults, form });
    const stages = growth(events).map((stage) => stage!);
    expect(stages.map(namesToCome)).toEqual(names.map((_, i) => names.slice(i)).concat([[]]));
    stages.forEach((stage, done) => {
      expect(stage.methods.slice(0, done)).toEqual(result.methods.slice(0, done));
      expect(stage.methods.map(({ name }) => name)).toEqual(names);
      const rows = methodsReport.tables(stage).find(({ id }) => id === 'measures')!.rows;
      expect(rows.flatMap(([name, measured]) => (measured === 'still to come' ? [name] : []))).toEqual(
        names.slice(done),
      );
    });
    const { milliseconds, ...whole } = result;
    expect(milliseconds).toBeGreaterThan(0);
    expect(stages.at(-1)).toMatchObject(whole);
  });

  it('leaves open what a stop did not let come, which a stopped result does not have', async () => {
    const { result, events } = await runExperiment(
      methods,
      toy(),
      defaults,
      (event) => event.type === 'method',
    );
    expect(result.methods.map(({ name }) => name)).toEqual(names.slice(0, 1));
    expect(namesToCome(result)).toEqual([]);
    expect(namesToCome(growth(events).at(-1)!)).toEqual(names.slice(1));
  });
});

describe('Methods on the bundled model', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadFireside();
  });
  afterAll(() => model.dispose());

  const [reference] = (
    fixture('bundled/fireside.json') as {
      readonly cases: readonly {
        readonly prompt: string;
        readonly input_ids: readonly number[];
        readonly greedy_40: readonly number[];
        readonly beam4_12: readonly { readonly tokens: readonly number[]; readonly score: number }[];
      }[];
    }
  ).cases;

  it('finds the reference texts of greedy and beam search', async () => {
    const { prompt, input_ids, greedy_40, beam4_12 } = reference!;
    const continuations = { prompt, form: 'continuations', samples: 1, trials: 1 };
    const greedy = await run(model, { ...continuations, methods: [choice('greedy')], maxNewTokens: 40 });
    expect(greedy.methods[0]!.texts[0]!.ids).toEqual(greedy_40.slice(input_ids.length));
    const beam = await run(model, { ...continuations, methods: [choice('beam')], maxNewTokens: 12 });
    const { texts, deterministic, next } = beam.methods[0]!;
    expect({ deterministic, next }).toEqual({ deterministic: true, next: null });
    expect(texts.map(({ ids }) => ids)).toEqual(beam4_12.map(({ tokens }) => tokens.slice(input_ids.length)));
    texts.forEach(({ logProbability }, i) => {
      near(logProbability / 12, beam4_12[i]!.score, 1e-3);
    });
  }, 60_000);

  it('is what the raw logits say, computed the slow way', async () => {
    const prompt = 'The best pizza';
    const [temperature, p] = [0.9, 0.7];
    const result = await run(model, {
      prompt,
      form: 'continuations',
      methods: [choice('nucleus', { temperature, p })],
      samples: 2,
      trials: 2,
      maxNewTokens: 6,
      seed: 3,
    });
    const [method] = result.methods;
    const filter = (logits: readonly number[]): number[] => {
      const hot = distribution(logits, temperature);
      return restricted(hot, nucleus(hot, p));
    };
    const ids = await model.encode(prompt);
    const slow: SlowText[] = [];
    for (let sample = 0; sample < 4; sample++) {
      slow.push(await slowSample(model, ids, 6, [3, sample], filter));
    }
    expect(method!.texts.map((text) => text.ids)).toEqual(slow.slice(0, 2).map((text) => text.ids));
    method!.texts.forEach(({ raw }, i) => {
      raw.forEach((probability, at) => {
        near(probability, slow[i]!.raw[at]!, 1e-5);
      });
    });
    [0, 1].forEach((trial) => {
      const texts = slow.slice(2 * trial, 2 * trial + 2);
      const own = texts.map((text) => text.ids);
      near(measure(method!, 'distinct-1').values[trial]!, slowDistinct(own, 1));
      near(measure(method!, 'distinct-2').values[trial]!, slowDistinct(own, 2));
      near(
        measure(method!, 'rep-2').values[trial]!,
        (2 - slowDistinct([own[0]!], 2) - slowDistinct([own[1]!], 2)) / 2,
      );
      const logs = texts.map(({ raw }) => raw.reduce((sum, q) => sum + Math.log(q), 0) / raw.length);
      near(measure(method!, 'log-probability').values[trial]!, (logs[0]! + logs[1]!) / 2, 1e-4);
    });
  }, 60_000);

  it('repeats itself less by contrastive search than greedily, and says what each token was held against', async () => {
    const result = await run(model, {
      prompt: 'Once upon a time there was a king who',
      form: 'continuations',
      methods: [choice('greedy'), choice('contrastive', { candidates: 5, alpha: 0.6 })],
      samples: 1,
      trials: 1,
      maxNewTokens: 40,
    });
    expect(v.parse(methodsResultSchema, JSON.parse(JSON.stringify(result)))).toEqual(result);
    const [greedy, contrastive] = result.methods;
    expect(contrastive).toMatchObject({ unavailable: null, deterministic: true, next: null });
    expect(measure(contrastive!, 'rep-2').mean).toBeLessThanOrEqual(measure(greedy!, 'rep-2').mean);
    const penalties = contrastive!.texts[0]!.penalties!;
    expect(penalties).toHaveLength(40);
    near(measure(contrastive!, 'likeness').mean, penalties.reduce((sum, cosine) => sum + cosine, 0) / 40);
    expect(Math.max(...penalties)).toBeLessThanOrEqual(1 + 1e-6);
    expect(greedy!.texts[0]!.penalties).toBeUndefined();
    const columns = (of: MethodsResult): string =>
      String(methodsReport.tables(of).find(({ id }) => id === 'trials')!.columns);
    expect(columns(result)).toContain('Likeness to what came before');
    expect(columns({ ...result, methods: [greedy!] })).not.toContain('Likeness');
  }, 60_000);

  it('does every method that the tab offers', async () => {
    const result = await run(model, {
      prompt: 'I',
      form: 'continuations',
      methods: METHOD_CHOICES.map((method) => method.spec(METHOD_NUMBERS)),
      samples: 2,
      trials: 1,
      maxNewTokens: 3,
    });
    expect(result.stopped).toBe(false);
    for (const method of result.methods) {
      expect(method.unavailable).toBeNull();
      expect(measure(method, 'log-probability').mean).toBeLessThan(0);
    }
    const single = await run(model, {
      prompt: 'I',
      methods: METHOD_CHOICES.filter(({ search }) => !search).map((method) => method.spec(METHOD_NUMBERS)),
    });
    for (const method of single.methods) {
      const { exact, mean } = measure(method, 'coherence');
      expect(Math.abs(exact! - mean)).toBeLessThan(0.5);
      const { top, others } = method.next!;
      near(
        top.reduce((sum, { processed }) => sum + processed, others.processed),
        1,
        1e-9,
      );
      expect(top.reduce((sum, { count }) => sum + count!, others.count!)).toBe(50);
    }
  }, 120_000);
});

describe('methodsParameters', () => {
  const beam = { name: 'b', kind: 'beam', beams: 4, lengthPenalty: 1 };
  const long = { form: 'continuations' };

  it('keeps what it reads', () => {
    expect(methodsParameters.parse({ ...defaults, unknown: 1 })).toEqual(defaults);
    const all = METHOD_CHOICES.map((method) => method.spec(METHOD_NUMBERS));
    expect(methodsParameters.parse({ ...defaults, ...long, methods: all }).methods).toEqual(all);
  });

  it.each([
    [null, 'The parameters of Methods are null; they must be an object.'],
    [{ form: 'words' }, 'The form is "words"; it must be "tokens" or "continuations".'],
    [{ methods: [] }, 'The methods are empty; give at least one.'],
    [{ methods: [{ name: 'x', kind: 'magic' }] }, 'Method 1 has the kind "magic"; it must be sampling, beam'],
    [{ methods: [{ kind: 'beam' }] }, 'The name of method 1 is missing; it must be text.'],
    [
      { methods: [choice('nucleus'), choice('nucleus', { p: 0.5 })] },
      'Two methods are named "Nucleus"; give each a different name.',
    ],
    [{ methods: [choice('nucleus', { p: 2 })] }, 'top-p: p is 2; it must be a number above 0 and at most 1.'],
    [
      { methods: [beam] },
      'b writes whole texts and draws no single tokens; compare by whole texts, or leave it out.',
    ],
    [
      { ...long, methods: [{ ...beam, beams: 65 }] },
      'b: beams is 65; it must be a whole number from 1 to 64.',
    ],
    [
      { ...long, methods: [{ ...beam, lengthPenalty: NaN }] },
      'b: length penalty is NaN; it must be a number',
    ],
    [
      { ...long, methods: [{ ...beam, kind: 'diverse-beam', groups: 3, diversity: 1 }] },
      'b: groups is 3; it must divide the number of beams, 4.',
    ],
    [
      { ...long, methods: [{ name: ' ', kind: 'contrastive', k: 3, alpha: 0 }] },
      'The name of method 1 is " "; give it a visible name, for example beam.',
    ],
    [
      { ...long, methods: [{ name: 'c', kind: 'contrastive', k: 0, alpha: 0 }] },
      'c: k is 0; it must be a whole',
    ],
    [{ samples: 10_001 }, 'The number of samples is 10001; it must be a whole number from 1 to 10,000.'],
    [{ ...long, samples: 65 }, 'The number of samples is 65; it must be a whole number from 1 to 64.'],
    [{ samples: 10_000, trials: 101 }, '101 trials of 10,000 tokens are 1,010,000 draws per method'],
    [
      { ...long, samples: 64, trials: 100, maxNewTokens: 40 },
      '4 methods with 100 trials of 64 texts of 40 tokens are 1,024,000 tokens; the limit is 1,000,000. Use fewer methods, trials, samples or new tokens.',
    ],
  ])('refuses %j', (change, sentence) => {
    const parse = () => methodsParameters.parse(change === null ? null : { ...defaults, ...change });
    expect(parse).toThrow(RangeError);
    expect(parse).toThrow(sentence);
  });
});
