import { expect, it } from 'vitest';
import { ToyModel, TOY_DEFAULT } from '../../../src/core/toyModel';
import { registry, type ExperimentName } from '../../../src/experiments/registry';
import type { ModelAccess, RunContext } from '../../../src/experiments/kit/experiment';
import type { LanguageModel } from '../../../src/core/languageModel';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { Dice, record, scaled, SEED, settles } from './figures';

/** Parameters that are right, for each experiment. */
const RIGHT: Readonly<Record<string, () => object>> = {
  explore: () => ({
    prompt: 'pizza',
    chain: [
      { sampler: 'temperature', temperature: 0.7 },
      { sampler: 'top-k', k: 5 },
      { sampler: 'top-p', p: 0.9 },
    ],
    greedy: false,
    seed: 1,
    samples: 2,
    maxNewTokens: 5,
  }),
  ab: () => ({
    prompt: 'a',
    other: 'b',
    chain: [{ sampler: 'top-k', k: 2 }],
    otherChain: [{ sampler: 'top-p', p: 0.9 }],
    seed: 1,
    samples: 2,
    maxNewTokens: 5,
  }),
  surprisal: () => ({ text: 'pizza and bread', from: 0, alternatives: 3 }),
  temperature: () => ({
    prompt: 'a',
    target: 'pizza',
    leadingSpace: true,
    temperatures: [0.1, 1, 5],
    draws: 100,
    seed: 1,
  }),
  determinism: () => ({ prompt: 'a', configurations: ['greedy'], repeats: 2, maxNewTokens: 4, seed: 1 }),
  nucleus: () => ({ prompt: 'a', temperatures: [0.5, 1], ps: [0.5, 0.9] }),
  grid: () => ({
    prompt: 'a',
    rows: { sampler: 'temperature', parameter: 'temperature', values: [0.5, 1] },
    columns: { sampler: 'top-k', parameter: 'k', values: [1, 3] },
    samples: 2,
    maxNewTokens: 3,
    seed: 1,
  }),
  methods: () => ({
    prompt: 'a',
    form: 'continuations',
    methods: [
      { name: 'draws', kind: 'sampling', chain: [] },
      { name: 'beam', kind: 'beam', beams: 3, lengthPenalty: 1 },
      { name: 'diverse', kind: 'diverse-beam', beams: 4, groups: 2, diversity: 1 },
      { name: 'contrastive', kind: 'contrastive', k: 3, alpha: 0.5 },
    ],
    samples: 2,
    trials: 1,
    maxNewTokens: 4,
    seed: 1,
  }),
  branches: () => ({
    prompt: 'a',
    start: { kind: 'exact', length: 2, count: 3, budget: 100 },
    alternatives: 3,
    edits: [{ edit: 'expand', path: [] }],
  }),
  loss: () => ({ text: 'pizza and bread '.repeat(9), context: 4, stride: 4, batchSize: 2, trainRatio: 0.5 }),
  fidelity: () => ({ text: 'pizza and bread' }),
  models: () => ({ prompt: 'a', chain: [], trials: 1, samples: 1, maxNewTokens: 3, seed: 1, reference: '' }),
} satisfies Record<Exclude<ExperimentName, 'training'>, () => object>;

const numbers = [
  0,
  -0,
  -1,
  1,
  2,
  0.1,
  1e-9,
  5e-324,
  1e308,
  NaN,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  64,
  100,
  1e6,
];
const others = (dice: Dice): unknown[] => [
  '',
  '\0',
  '\ud800',
  '\u202e',
  'a'.repeat(dice.below(20_000)),
  '🦊'.repeat(50),
  null,
  undefined,
  true,
  [],
  [[]],
  {},
  { kind: 'beam' },
  '__proto__',
  new Array(dice.below(200)).fill(1),
  new Float64Array(3),
  1n,
  () => 1,
  new Map(),
];

type Holder = Record<string, unknown>;

/** All places in a value where something stands. */
function places(value: unknown): [holder: Holder, key: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as [Holder, string], ...places(holder[key])]);
}

/** Another value of the same type, which may well be allowed: runs are to be begun, too. */
function edge(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number')
    return dice.of([0, 1, value / 1000, value / 2, value * 2, value * 10, value * 1000]);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string')
    return dice.of(['', 'a', value + value, `${value}\ud800`, '\0', ' ', '🦊', value.repeat(50)]);
  return value;
}

function extreme(right: object, dice: Dice): unknown {
  const root: Holder = { parameters: structuredClone(right) };
  const mild = dice.next() < 0.6;
  for (let change = 0; change <= dice.below(3); change++) {
    const [holder, key] = dice.of(places(root));
    if (mild) holder[key] = edge(holder[key], dice);
    else if (dice.next() < 0.1) Reflect.deleteProperty(holder, key);
    else holder[key] = dice.next() < 0.6 ? dice.of(numbers) : dice.of(others(dice));
    if (places(root).length === 0) break;
  }
  return root['parameters'];
}

/** Milliseconds after which a run is stopped, and in which it must then end. */
const RUN = 1500;
const STOP = 60_000;

it('extreme parameters get a sentence, or a run that ends', async () => {
  const dice = new Dice(SEED);
  const toy = new ToyModel(TOY_DEFAULT);
  const gpt2 = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
  const use = (model: LanguageModel): ModelAccess => ({ count: 2, use: (_, action) => action(model) });
  const context = (signal: AbortSignal): RunContext<unknown> => ({
    emit: () => undefined,
    pause: () => new Promise(setImmediate),
    signal,
  });
  // A training takes files in place of a model.
  const { training: _, ...onModels } = registry;
  const experiments = Object.entries(onModels);
  for (const [name, { prepare }] of experiments) {
    await prepare(RIGHT[name]!())(use(gpt2), context(new AbortController().signal)).catch(
      (error: unknown) => {
        throw new Error(`${name} with right parameters: ${String(error)}`);
      },
    );
  }
  const figures = { cases: scaled(1600), sentences: 0, 'ran to their end': 0, 'stopped and ended': 0 };
  for (let number = 0; number < figures.cases; number++) {
    const [name, experiment] = experiments[number % experiments.length]!;
    const parameters = extreme(RIGHT[name]!(), dice);
    // The toy reads no texts, which Surprisal and Loss need.
    const model: LanguageModel = dice.next() < 0.3 ? toy : gpt2;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      stop.abort();
    }, RUN);
    const started = async (): Promise<unknown> =>
      experiment.prepare(parameters)(use(model), context(stop.signal));
    const what = `case ${number}, ${name}`;
    try {
      // A result that cannot be sent would be lost on its way to the panel.
      structuredClone(await settles(what, started(), RUN + STOP));
      figures[stop.signal.aborted ? 'stopped and ended' : 'ran to their end']++;
    } catch (error) {
      // One that offers another way out is a RangeError too, by a name of its own.
      const { name: own, message } = error as Error;
      const told = { what, name: error instanceof RangeError ? 'RangeError' : own, message };
      expect(told).toEqual({
        what,
        name: 'RangeError',
        message: expect.stringMatching(/^\S.*\.$/s) as string,
      });
      figures.sentences++;
    } finally {
      clearTimeout(timer);
    }
  }
  await gpt2.dispose();
  record('extreme parameters', figures);
});
