import { describe, expect, it } from 'vitest';
import { parseChain, type SamplerName } from '../../../../src/core/samplers/chain';
import { chainOfSteps, controlsOf, mainOf, START_STEPS } from '../../../../webview/form/samplerSteps';
import {
  editField,
  firstError,
  nearestStop,
  setField,
  type ChainForm,
  type FieldName,
} from '../../../../webview/form/chainForm';

const FORM: ChainForm = { steps: START_STEPS, texts: {}, errors: {} };
const edit = (name: FieldName, text: string): ChainForm => editField(FORM, name, text, null);

/** Where the slider of a sampler with one main parameter can stand. */
const stopsOf = (name: SamplerName): readonly (number | null)[] =>
  controlsOf(name).flatMap((parameter) => mainOf(parameter)?.stops ?? []);

const valueIn = ({ steps }: ChainForm, name: FieldName): unknown => {
  const [key, parameter = ''] = name.split('.');
  return steps.find((step) => step.key === key)?.values[parameter];
};

describe('a field', () => {
  it.each<[FieldName, string, number | null]>([
    ['temperature.temperature', '0', 0],
    ['temperature.temperature', ' 1.5 ', 1.5],
    ['temperature.temperature', '.5', 0.5],
    ['temperature.temperature', '1.', 1],
    ['temperature.temperature', '1e3', 1000],
    ['top-k.k', '1', 1],
    ['top-k.k', '100000', 100_000],
    ['top-k.k', '1,000', 1000],
    ['top-p.p', '95 %', 0.95],
    ['top-k.k', 'off', null],
    ['top-k.k', '', null],
    ['top-p.p', '1', 1],
    ['top-p.p', 'Off', 1],
    ['top-p.p', '0.0001', 0.0001],
  ])('%s takes %j', (name, text, value) => {
    const form = edit(name, text);
    expect(valueIn(form, name)).toBe(value);
    expect(firstError(form)).toBeNull();
  });

  it.each<[FieldName, string, RegExp]>([
    ['temperature.temperature', '-1', /^temperature is -1; it must be a number of at least 0\.$/],
    ['temperature.temperature', '0,5', /^temperature is "0,5"; .* Type decimals after a point: 0\.5\.$/],
    ['temperature.temperature', '', /^temperature is empty; /],
    ['temperature.temperature', 'Infinity', /at least 0/],
    ['temperature.temperature', '1e999', /at least 0/],
    ['temperature.temperature', '0x10', /"0x10"/],
    ['top-k.k', '0', /^top-k is 0; it must be a whole number of at least 1, or off\.$/],
    ['top-k.k', '2.5', /whole number/],
    ['top-p.p', '0', /^top-p is 0; it must be a number above 0 and at most 1, or off\.$/],
    ['top-p.p', '1.01', /at most 1/],
    ['top-k.k', 'a text that is far too long to repeat', /"a text that is far t…"/],
  ])('%s refuses %j with a sentence and keeps its last good value', (name, text, sentence) => {
    const form = edit(name, text);
    expect(firstError(form)?.sentence).toMatch(sentence);
    expect(form.steps).toEqual(START_STEPS);
    expect(form.texts[name]).toBe(text);
  });

  it('is mended by a good value', () => {
    const wrong = edit('top-k.k', '0');
    expect(firstError(setField(wrong, 'top-k.k', 7))).toBeNull();
  });
});

describe('the chain', () => {
  it('is temperature, top-k, top-p; what is off takes no step', () => {
    expect(chainOfSteps(START_STEPS)).toEqual([
      { sampler: 'temperature', temperature: 1 },
      { sampler: 'top-k', k: 40 },
    ]);
    const other = setField(setField(FORM, 'temperature.temperature', 0.5), 'top-k.k', null);
    expect(chainOfSteps(setField(other, 'top-p.p', 0.9).steps)).toEqual([
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-p', p: 0.9 },
    ]);
  });

  it('is one that the core accepts, at every stop of every slider', () => {
    const at = (name: FieldName, stops: readonly (number | null)[]): void => {
      for (const stop of stops) {
        const form = setField(FORM, name, stop);
        expect(firstError(form)).toBeNull();
        parseChain(chainOfSteps(form.steps));
      }
    };
    at('temperature.temperature', stopsOf('temperature'));
    at('top-k.k', stopsOf('top-k'));
    at('top-p.p', stopsOf('top-p'));
  });
});

describe('a slider', () => {
  it('stands on every one of its values, in rising order', () => {
    for (const stops of [stopsOf('temperature'), stopsOf('top-k'), stopsOf('top-p')]) {
      stops.forEach((stop, index) => {
        expect(nearestStop(stops, stop)).toBe(index);
        const next = stops[index + 1];
        if (stop !== null && next !== undefined && next !== null) expect(next).toBeGreaterThan(stop);
      });
    }
  });

  it('stands near a value between its own', () => {
    const topK = stopsOf('top-k');
    expect(topK[nearestStop(topK, 41)]).toBe(40);
    const temperature = stopsOf('temperature');
    expect(temperature[nearestStop(temperature, 1000)]).toBe(10);
  });
});
