import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRANCH_STARTS, branchesParameters } from '../../../../src/experiments/branches/parameters';
import { determinismParameters } from '../../../../src/experiments/determinism/parameters';
import { exploreParameters } from '../../../../src/experiments/explore/parameters';
import { gridParameters } from '../../../../src/experiments/grid/parameters';
import { lossParameters } from '../../../../src/experiments/loss/parameters';
import { methodNumbers } from '../../../../src/experiments/methods/list';
import { methodsParameters } from '../../../../src/experiments/methods/parameters';
import { modelSamplers, modelsParameters } from '../../../../src/experiments/models/parameters';
import { nucleusParameters } from '../../../../src/experiments/nucleus/parameters';
import { surprisalParameters } from '../../../../src/experiments/surprisal/parameters';
import { temperatureParameters } from '../../../../src/experiments/temperature/parameters';
import { checkpointSettings, trainingSettings } from '../../../../src/experiments/training/parameters';
import {
  declare,
  type Declared,
  type Parameter,
  type Parameters,
} from '../../../../src/experiments/kit/declaration';
import {
  choice,
  choices,
  custom,
  flag,
  numbers,
  real,
  text,
  whole,
  wholeOrOff,
} from '../../../../src/experiments/kit/parameters';
import { fieldsOf, formOf, typedOf, valuesOf } from '../../../../webview/form/declared';
import { Form } from '../../../../webview/form/form';
import { depth } from '../../depth';

const OPTIONS = [
  { value: 'a', label: 'first' },
  { value: 'b', label: 'second' },
] as const;

const prompt = text({ name: 'The prompt', default: '' });
const declared = declare('Things', {
  prompt,
  word: text({ name: 'The word', label: 'word', term: 'word', default: 'yes', most: 20 }),
  count: whole({ name: 'The count', label: 'how many', least: 0, most: 9999, default: 3, dice: true }),
  limit: wholeOrOff({ name: 'The limit', label: 'limit', least: 1, most: 9, default: null }),
  rate: real({ name: 'The rate', label: 'rate', least: 0, most: 1, default: 4e-4, initial: '4e-4' }),
  shares: numbers({
    name: 'The shares',
    each: (place) => `Share ${place}`,
    label: 'shares',
    entries: 3,
    least: 0,
    default: [0.5, 1],
    short: (typed) => `shares ${typed}`,
  }),
  loud: flag({ name: 'Loud', label: 'loudly', default: true }),
  way: choice({ name: 'The way', label: 'way', options: OPTIONS, default: 'b' }),
  ways: choices({ name: 'The ways', label: 'ways', options: OPTIONS, default: ['a'] }),
  tree: custom<readonly number[]>({ name: 'The tree', default: [], read: () => [] }),
});

const form = formOf(declared, [
  { title: 'One', fields: ['word', { parameter: 'count', note: () => 'Noted.' }, 'limit', 'rate', 'shares'] },
  {
    title: 'Two',
    fields: [
      { parameter: 'loud', applies: ({ word }) => word === 'yes' },
      'way',
      'ways',
      { kind: 'kept', name: 'own', label: 'own', initial: '' },
      'tree',
    ],
  },
]);

/** Good values of each kind. */
const good: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  word: fc.string({ maxLength: 20 }),
  count: fc.integer({ min: 0, max: 9999 }),
  limit: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
  rate: fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0),
  shares: fc.uniqueArray(
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  loud: fc.boolean(),
  way: fc.constantFrom('a', 'b'),
  ways: fc.subarray(['a', 'b'], { minLength: 1 }),
};

describe('A form of declared parameters', () => {
  it('has a control of the right kind for each, with its default', () => {
    const shown = form.groups.map(({ fields }) =>
      fields.map(({ kind, name, label, initial }) => [kind, name, label, initial]),
    );
    expect(shown).toEqual([
      [
        ['text', 'word', 'word', 'yes'],
        ['text', 'count', 'how many', '3'],
        ['text', 'limit', 'limit', 'off'],
        ['text', 'rate', 'rate', '4e-4'],
        ['text', 'shares', 'shares', '0.5, 1'],
      ],
      [
        ['check', 'loud', 'loudly', true],
        ['choice', 'way', 'way', 'b'],
        ['check', 'use-a', 'first', true],
        ['check', 'use-b', 'second', false],
        ['kept', 'own', 'own', ''],
      ],
    ]);
    const [word, count] = form.groups[0]!.fields;
    expect(word).toMatchObject({ term: 'word', wide: true, dice: false });
    expect(count).toMatchObject({ wide: false, dice: true });
    expect(count!.note?.({})).toBe('Noted.');
    const typed = new Form(form.groups);
    expect(typed.shown(form.groups[1]!).map(({ name }) => name)).toEqual(['loud', 'way', 'use-a', 'use-b']);
    typed.set('word', 'no');
    expect(typed.shown(form.groups[1]!).map(({ name }) => name)).toEqual(['way', 'use-a', 'use-b']);
  });

  it('reads what stands in it at first as the defaults', () => {
    expect(form.parameters(new Form(form.groups).values, 'So')).toEqual({
      prompt: 'So',
      word: 'yes',
      count: 3,
      limit: null,
      rate: 4e-4,
      shares: [0.5, 1],
      loud: true,
      way: 'b',
      ways: ['a'],
      tree: [],
    });
  });

  it('shows any good values, and reads the same again', () => {
    fc.assert(
      fc.property(fc.record(good), (values) => {
        const filled = new Form(form.groups);
        filled.fill(form.values(values));
        expect(filled.firstError()).toBeNull();
        expect(form.parameters(filled.values, '')).toEqual({ prompt: '', ...values, tree: [] });
      }),
      { numRuns: depth(200, 2000) },
    );
  });

  it('leaves a control as it is where the value is missing or of another kind', () => {
    fc.assert(
      fc.property(fc.record(good), fc.constantFrom(...Object.keys(good)), (values, name) => {
        for (const without of [undefined, {}, Symbol.iterator]) {
          const shown = form.values({ ...values, [name]: without });
          expect(shown).not.toHaveProperty(name === 'ways' ? 'use-a' : name);
        }
      }),
    );
  });

  it('says what is wrong with a control in the parameter’s own words', () => {
    const typed = new Form(form.groups);
    for (const [name, value, sentence] of [
      ['word', 'x'.repeat(21), 'The word has 21 characters; the limit is 20.'],
      ['count', '1.5', 'The count is 1.5; it must be a whole number from 0 to 9,999.'],
      ['count', 'off', 'The count is "off"; it must be a whole number from 0 to 9,999.'],
      ['limit', '10', 'The limit is 10; it must be a whole number from 1 to 9.'],
      ['rate', 'fast', 'The rate is "fast"; it must be a number, 0 or more, at most 1.'],
      ['shares', '1, -2', 'Share 2 is -2; it must be a number, 0 or more.'],
      ['shares', ' ', 'The shares are empty; give at least one.'],
    ] as const) {
      typed.set(name, value);
      expect(typed.error(name)).toBe(sentence);
      expect(typed.firstError()).toEqual({ field: name, sentence });
      typed.fill(form.values({ word: 'a', count: 1, limit: 1, rate: 1, shares: [1] }));
      expect(typed.firstError()).toBeNull();
    }
    typed.set('limit', ' off ');
    expect(typed.error('limit')).toBeNull();
    expect(form.parameters(typed.values, '').limit).toBeNull();
    typed.set('use-a', false);
    expect(() => form.parameters(typed.values, '')).toThrow('The ways are empty; give at least one.');
  });

  it('has a line of what stands for each, or of its own', () => {
    const { values } = new Form(form.groups);
    expect(form.line(values)).toBe('yes; 3; off; 4e-4; shares 0.5, 1; loudly; second; 1');
    expect(form.line({ ...values, loud: false, 'use-b': true })).toBe(
      'yes; 3; off; 4e-4; shares 0.5, 1; second; 2',
    );
    const own = formOf(declared, [], { line: (short, { word }) => `${String(word)} ${short('shares')}` });
    expect(own.line(values)).toBe('yes shares 0.5, 1');
  });
});

describe('Every experiment’s declaration', () => {
  const all: Readonly<Record<string, Declared<Parameters, unknown>>> = {
    branches: branchesParameters,
    determinism: determinismParameters,
    explore: exploreParameters,
    grid: gridParameters,
    loss: lossParameters,
    methods: methodsParameters,
    models: modelsParameters,
    nucleus: nucleusParameters,
    surprisal: surprisalParameters,
    temperature: temperatureParameters,
    checkpoints: checkpointSettings,
    training: trainingSettings,
    ...Object.fromEntries(BRANCH_STARTS.map((start) => [start.kind, start])),
    numbers: methodNumbers,
    samplers: modelSamplers,
  };

  it.each(Object.entries(all))('%s takes its own defaults', (_, { parameters, parse }) => {
    const defaults = Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [name, parameter.default]),
    );
    expect(parse(defaults)).toMatchObject(defaults);
  });

  const each = Object.entries(all).flatMap(([experiment, { parameters }]) =>
    Object.entries(parameters).map(([name, parameter]) => [experiment, name, parameter] as const),
  );

  it.each(each)('%s %s: what its control shows is read as its default', (_, name, parameter) => {
    const fields = fieldsOf(name, parameter);
    expect(fields.length > 0).toBe(parameter.control.kind !== 'none');
    if (fields.length === 0) return;
    const values = Object.fromEntries(fields.map((field) => [field.name, field.initial]));
    // What need not be there is left out where nothing is typed.
    const typed = typedOf(name, parameter, values);
    const isLeftOut = typed === undefined && 'optional' in parameter;
    expect(isLeftOut ? [] : parameter.read(typed, {})).toEqual(parameter.default);
    expect({ ...valuesOf(name, parameter, parameter.default), ...values }).toEqual(values);
  });

  it.each(each)(
    '%s %s: what cannot be read is refused by its name',
    (_, __, parameter: Parameter<unknown>) => {
      // What JSON can bring, and what it cannot.
      fc.assert(
        fc.property(fc.oneof(fc.anything(), fc.string()), (value) => {
          try {
            parameter.read(value, {});
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            expect((error as Error).message).toMatch(/^\p{L}[^]* \S[^]*\.$/u);
          }
        }),
        { numRuns: depth(50, 1000) },
      );
    },
  );
});
