/** The names of methods in French: orders and results have the same ones in all languages. */
import '../../l10n/inFrench';
import { expect, it } from 'vitest';
import {
  METHOD_CHOICES,
  METHOD_NUMBERS,
  presetName,
  shownName,
} from '../../../../src/experiments/methods/list';
import { methodsParameters } from '../../../../src/experiments/methods/parameters';

it('a method is ordered in English and shown in French', () => {
  const [greedy] = METHOD_CHOICES;
  const { name } = greedy!.spec(METHOD_NUMBERS);
  expect(name).toBe('Greedy');
  expect(shownName(name)).toBe(greedy!.label);
  expect(shownName('mine')).toBe('mine');
});

it('a preset that is called as a method, in either language, is told apart', () => {
  expect(shownName(presetName('Greedy'))).toBe('Glouton (préréglage)');
  expect(shownName(presetName('Glouton'))).toBe('Glouton (préréglage)');
  expect(presetName('mine')).toBe('mine');
});

it('a refusal names the method as it is shown', () => {
  const methods = [{ name: 'Greedy', kind: 'beam', beams: 65, lengthPenalty: 1 }];
  const order = {
    prompt: '',
    methods,
    form: 'continuations',
    samples: 1,
    trials: 1,
    maxNewTokens: 1,
    seed: 1,
  };
  expect(() => methodsParameters.parse(order)).toThrow(/^Glouton\u00A0: faisceaux/);
});
