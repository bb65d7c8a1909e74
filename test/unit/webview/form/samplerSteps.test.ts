import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/core/samplers/catalog';
import { parseChain, type ChainSpec } from '../../../../src/core/samplers/chain';
import type { ParameterDescription } from '../../../../src/core/samplers/parameters';
import { builtInPresets, type Preset } from '../../../../src/core/samplers/presets';
import { Distribution } from '../../../../src/experiments/explore/distribution';
import {
  addStep,
  chainOfSteps,
  deedLine,
  deedsOf,
  inOrder,
  moveStep,
  offOf,
  ORDERS,
  presetOf,
  shortStep,
  START_STEPS,
  stepsOf,
  stepsOfPreset,
} from '../../../../webview/form/samplerSteps';
import { MENU, MENU_GROUPS } from '../../../../webview/form/samplerMenu';
import { readSteps, stepsText } from '../../../../webview/form/chainEditor';
import type { ListedPreset } from '../../../../src/protocol/presets';
import { editField, firstError, withSteps, type ChainForm } from '../../../../webview/form/chainForm';

const BUILT_IN: readonly ListedPreset[] = Object.entries<Preset>(builtInPresets).map(([id, preset]) => ({
  id,
  ...preset,
  off: [...preset.off],
}));
const FORM: ChainForm = { steps: START_STEPS, texts: {}, errors: {} };
/** Tokens of the model's vocabulary. */
const LIMITS = 100;
const keys = (steps: readonly { key: string }[]): string[] => steps.map(({ key }) => key);

/** Values that a parameter may have, but none that says what is the case without it. */
function valuesOf(parameter: ParameterDescription): fc.Arbitrary<unknown> {
  const lists: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    ids: fc.nat(9),
    texts: fc.string(),
    bias: fc.tuple(fc.nat(9), fc.double({ noNaN: true, noDefaultInfinity: true })),
    phrases: fc.string({ minLength: 1 }),
    breakers: fc.array(fc.nat(9), { minLength: 1 }),
  };
  switch (parameter.kind) {
    case 'list':
      return fc.array(lists[parameter.name]!, { minLength: 1, maxLength: 3 });
    case 'text':
      return parameter.name === 'schema'
        ? fc.constantFrom('{"type":"integer"}', '{"enum":[1, 2]}')
        : fc.constantFrom('[a-z]+', ' ?no', 'x');
    case 'choice':
      return fc.constantFrom(...parameter.choices.filter((choice) => choice !== parameter.default));
    default: {
      const { slider, kind, default: standard } = parameter;
      const { min, max } = slider;
      const numbers =
        kind === 'integer'
          ? fc.integer({ min, max })
          : fc.integer({ min: 1, max: 99 }).map((n) => min + ((max - min) * n) / 100);
      return numbers.filter((value) => value !== standard && value !== parameter.main?.off);
    }
  }
}

/** Specs of a sampler, with all that it can be set by. */
function specs({ name, about }: (typeof catalog)[number]): fc.Arbitrary<object> {
  const parameters = about.parameters.map((parameter) => [parameter.name, valuesOf(parameter)] as const);
  return fc.record({ sampler: fc.constant(name), ...Object.fromEntries(parameters) });
}

describe('the steps of a chain', () => {
  it('are the chain again, for every preset, and name it', () => {
    for (const preset of BUILT_IN) {
      const steps = stepsOfPreset(preset);
      // Ties that all stay are the default, which may be left out.
      const told = (chain: ChainSpec): ChainSpec =>
        chain.map((spec) => (spec.sampler === 'top-k' ? { ties: 'all', ...spec } : spec));
      expect(told(chainOfSteps(steps))).toEqual(told(preset.chain));
      expect(offOf(steps)).toEqual(preset.off);
      expect(presetOf(steps, BUILT_IN, null)?.id).toBe(preset.id);
    }
    expect(keys(START_STEPS)).toEqual(['temperature', 'top-k', 'top-p']);
  });

  it('name the preset that is meant, of several with the same chain', () => {
    const twice = [...BUILT_IN, { ...BUILT_IN[3]!, id: 'mine' }];
    const steps = stepsOfPreset(BUILT_IN[3]!);
    expect(presetOf(steps, twice, 'mine')?.id).toBe('mine');
    expect(presetOf(steps, twice, 'precise')?.id).toBe(BUILT_IN[3]!.id);
  });

  it('keep lists, and what is off, with its place', () => {
    const chain = parseChain([
      { sampler: 'logit-bias', bias: [[3, -1.5]] },
      { sampler: 'banned-tokens', ids: [7], texts: [' x'], pattern: '^y' },
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'dry', multiplier: 0.8, base: 1.75, allowedLength: 2, breakers: [[198]] },
    ]);
    const off = [
      { sampler: 'top-k', at: 0 },
      { sampler: 'top-p', at: 4 },
    ] as const;
    const steps = stepsOf(chain, off);
    expect(keys(steps)).toEqual(['top-k', 'logit-bias', 'banned-tokens', 'temperature', 'top-p', 'dry']);
    expect(offOf(steps)).toEqual(off);
    const again = readSteps(stepsText(steps));
    expect(again).toEqual(steps);
    expect(chainOfSteps(again!)).toEqual(chain);
  });

  it('are the chain again, whatever it holds, also over what is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...catalog).chain(specs), { maxLength: 5 }), (given) => {
        const chain = parseChain(given);
        const steps = stepsOf(chain);
        expect(chainOfSteps(steps)).toEqual(chain);
        expect(readSteps(stepsText(steps))).toEqual(steps);
        for (const step of steps) expect(shortStep(step)).not.toBe('');
      }),
    );
  });

  it('read what an earlier version has kept without controls', () => {
    const kept = [
      { key: 'banned-tokens', sampler: 'banned-tokens', values: {}, kept: { ids: [7], pattern: '^y' } },
      { key: 'logit-bias', sampler: 'logit-bias', values: {}, kept: { bias: [[3, -1.5]] } },
    ];
    expect(chainOfSteps(readSteps(JSON.stringify(kept))!)).toEqual([
      { sampler: 'banned-tokens', ids: [7], pattern: '^y' },
      { sampler: 'logit-bias', bias: [[3, -1.5]] },
    ]);
  });

  it('can be any sampler of the menu, each with its defaults', () => {
    for (const name of MENU) {
      const [step] = addStep([], name, [2]);
      // Of tokens that are allowed alone none is named yet: it waits.
      expect(parseChain(chainOfSteps([step!]))).toHaveLength(name === 'allowed-tokens' ? 0 : 1);
      expect(shortStep(step!)).not.toBe('');
    }
    expect(addStep([], 'min-length', [2])[0]!.values).toMatchObject({ endOfText: 2 });
    expect(addStep([], 'min-length', [2, 3])).toHaveLength(2);
    expect(addStep([], 'regex', [2, 3]).map(({ values }) => values)).toEqual([
      { expression: '[^]+', endOfText: 2 },
    ]);
  });

  it('are offered under headings, each sampler once', () => {
    expect(MENU_GROUPS.flatMap(({ samplers }) => samplers.map(({ name }) => name))).toEqual(MENU);
    expect(MENU).toEqual(catalog.map(({ name }) => name));
    const under = (heading: string): readonly string[] =>
      MENU_GROUPS.find((group) => group.heading === heading)!.samplers.map(({ name }) => name);
    expect(under('Reshape')).toContain('temperature');
    expect(under('Cut')).toEqual(expect.arrayContaining(['top-p', 'mirostat-2']));
    expect(under('Repeat less')).toContain('dry');
    expect(under('Tokens and phrases')).toEqual(expect.arrayContaining(['banned-phrases', 'min-length']));
    expect(under('Shapes')).toEqual(['regex', 'json-schema']);
  });

  it('have keys of their own, also twice the same sampler', () => {
    expect(keys(addStep(addStep(START_STEPS, 'top-k', []), 'top-k', []))).toEqual([
      ...['temperature', 'top-k', 'top-p', 'top-k-2', 'top-k-3'],
    ]);
  });

  it('move by one place, and stay at the ends', () => {
    expect(keys(moveStep(START_STEPS, 'top-p', -1))).toEqual(['temperature', 'top-p', 'top-k']);
    expect(keys(moveStep(START_STEPS, 'temperature', -1))).toEqual(keys(START_STEPS));
    expect(keys(moveStep(START_STEPS, 'top-p', 1))).toEqual(keys(START_STEPS));
  });

  it('are called a user’s own when they have no name', () => {
    expect(presetOf(addStep(START_STEPS, 'min-p', []), BUILT_IN, 'start')).toBeUndefined();
  });
});

describe('the order', () => {
  it('decides how many of the logits 3 2 1 stay: one with temperature first, two with it last', () => {
    const steps = stepsOf([
      { sampler: 'top-p', p: 0.8 },
      { sampler: 'temperature', temperature: 0.5 },
    ]);
    const [huggingFace, llamaCpp] = ORDERS.map((order) => inOrder(steps, order));
    const distribution = new Distribution([3, 2, 1]);
    expect(keys(huggingFace!)).toEqual(['temperature', 'top-p']);
    expect(distribution.kept(chainOfSteps(huggingFace!))).toBe(1);
    expect(keys(llamaCpp!)).toEqual(['top-p', 'temperature']);
    expect(distribution.kept(chainOfSteps(llamaCpp!))).toBe(2);
  });

  it('takes what is off along, and sets the rule for ties', () => {
    const steps = inOrder(START_STEPS, ORDERS[1]);
    expect(keys(steps)).toEqual(['top-k', 'top-p', 'temperature']);
    expect(chainOfSteps(steps)).toEqual([
      { sampler: 'top-k', k: 40, ties: 'exact' },
      { sampler: 'temperature', temperature: 1 },
    ]);
    const off = START_STEPS.map((step) =>
      step.sampler === 'top-k' ? { ...step, values: { k: null } } : step,
    );
    expect(inOrder(off, ORDERS[1])[0]!.values['k']).toBeNull();
  });
});

describe('the deeds', () => {
  it('say what each step removed, in words, and which is off', () => {
    const { steps } = new Distribution([0.4, 0.3, 0.2, 0.1].map(Math.log)).through(
      chainOfSteps(
        stepsOf([
          { sampler: 'temperature', temperature: 0.5 },
          { sampler: 'top-k', k: 3 },
        ]),
      ),
      4,
    );
    const form = stepsOf([
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-p', p: 1 },
      { sampler: 'top-k', k: 3 },
    ]);
    expect(deedsOf(form, steps).map((deed) => deed.replaceAll('\u00A0', ' '))).toEqual([
      ...['sharpens', 'is off', 'removed 1 token with 10.0 % of the probability'],
    ]);
    expect(deedLine(form[0]!, 'sharpens')).toBe('T 0.5 sharpens');
    expect(deedLine(form[1]!, 'is off')).toBe('top-p is off');
  });
});

describe('samplers that look back or draw', () => {
  it('see the prompt', () => {
    const chain = chainOfSteps(stepsOf([{ sampler: 'no-repeat-ngram', n: 1 }]));
    const distribution = new Distribution([2, 1, 0]);
    expect(distribution.through(chain, 3).kept).toBe(3);
    expect(distribution.through(chain, 3, { tokens: [0], seed: 1 }).rows[0]!.removedBy).toBe(
      'no-repeat-ngram',
    );
  });

  it('do the same each time for the same seed', () => {
    const chain = chainOfSteps(stepsOf([{ sampler: 'xtc', probability: 0.5, threshold: 0.1 }]));
    const distribution = new Distribution([2, 2, 2]);
    const kept = (seed: number): number => distribution.kept(chain, { tokens: [], seed });
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    expect(new Set(seeds.map(kept)).size).toBe(2);
    expect(seeds.map(kept)).toEqual(seeds.map(kept));
  });
});

describe('a field of a step', () => {
  const form = withSteps(FORM, addStep(addStep(START_STEPS, 'xtc', []), 'min-length', []));

  it('marks a bad value with the sampler’s sentence and keeps its last good one', () => {
    const wrong = editField(form, 'xtc.threshold', '1.5', LIMITS);
    expect(firstError(wrong)).toEqual({
      field: 'xtc.threshold',
      sentence: 'xtc: threshold is 1.5; it must be a number from 0 to 1.',
    });
    expect(wrong.steps).toEqual(form.steps);
  });

  it('takes an empty text for the default where it may be left out', () => {
    expect(firstError(editField(form, 'xtc.minKeep', '', LIMITS))).toBeNull();
    expect(firstError(editField(form, 'xtc.probability', '', LIMITS))?.field).toBe('xtc.probability');
  });

  it('knows the model’s vocabulary', () => {
    expect(firstError(editField(form, 'min-length.endOfText', '100', LIMITS))?.sentence).toMatch(/0 to 99/);
    expect(firstError(editField(form, 'min-length.endOfText', '99', LIMITS))).toBeNull();
  });

  it('forgets what was typed when its step goes, and keeps it when another does', () => {
    const wrong = editField(form, 'xtc.threshold', '2', LIMITS);
    const without = (sampler: string): ChainForm =>
      withSteps(
        wrong,
        wrong.steps.filter((step) => step.sampler !== sampler),
      );
    expect(firstError(without('xtc'))).toBeNull();
    expect(firstError(without('top-p'))?.field).toBe('xtc.threshold');
  });
});
