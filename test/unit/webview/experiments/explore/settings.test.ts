import { describe, expect, it } from 'vitest';
import { parseChain, type SamplerName } from '../../../../../src/core/samplers/chain';
import { controlsOf, mainOf } from '../../../../../webview/form/samplerSteps';
import {
  chainOf,
  checkAgain,
  DEFAULT_SETTINGS,
  editSetting,
  firstError,
  nearestStop,
  setSetting,
  type FieldName,
  type SettingsForm,
} from '../../../../../webview/experiments/explore/settings';

const FORM: SettingsForm = { settings: DEFAULT_SETTINGS, texts: {}, errors: {} };
const edit = (name: FieldName, text: string, contextLength: number | null = 256): SettingsForm =>
  editSetting(FORM, name, text, { contextLength });

/** Where the slider of a sampler with one main parameter can stand. */
const stopsOf = (name: SamplerName): readonly (number | null)[] =>
  controlsOf(name).flatMap((parameter) => mainOf(parameter)?.stops ?? []);

const settingOf = ({ settings }: SettingsForm, name: FieldName): unknown => {
  const [key, parameter] = name.split('.');
  if (parameter === undefined) return settings[name as 'seed'];
  return settings.steps.find((step) => step.key === key)?.values[parameter];
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
    ['top-k.k', 'off', null],
    ['top-k.k', '', null],
    ['top-p.p', '1', 1],
    ['top-p.p', 'Off', 1],
    ['top-p.p', '0.0001', 0.0001],
    ['maxNewTokens', '255', 255],
    ['samples', '0', 0],
    ['samples', '64', 64],
    ['seed', '4294967295', 4_294_967_295],
  ])('%s takes %j', (name, text, value) => {
    const form = edit(name, text);
    expect(settingOf(form, name)).toBe(value);
    expect(firstError(form)).toBeNull();
  });

  it.each<[FieldName, string, RegExp]>([
    ['temperature.temperature', '-1', /^temperature is -1; it must be a number of at least 0\.$/],
    ['temperature.temperature', '0,5', /^temperature is "0,5"; /],
    ['temperature.temperature', '', /^temperature is empty; /],
    ['temperature.temperature', 'Infinity', /at least 0/],
    ['temperature.temperature', '1e999', /at least 0/],
    ['temperature.temperature', '0x10', /"0x10"/],
    ['top-k.k', '0', /^top-k is 0; it must be a whole number of at least 1, or off\.$/],
    ['top-k.k', '2.5', /whole number/],
    ['top-p.p', '0', /^top-p is 0; it must be a number above 0 and at most 1, or off\.$/],
    ['top-p.p', '1.01', /at most 1/],
    ['maxNewTokens', '256', /from 1 to 255/],
    ['maxNewTokens', '0', /from 1 to 255/],
    ['samples', '65', /from 0 to 64/],
    ['seed', '4294967296', /from 0 to 4,294,967,295/],
    ['seed', 'a text that is far too long to repeat', /"a text that is far t…"/],
  ])('%s refuses %j with a sentence and keeps its last good value', (name, text, sentence) => {
    const form = edit(name, text);
    expect(firstError(form)?.sentence).toMatch(sentence);
    expect(form.settings).toEqual(DEFAULT_SETTINGS);
    expect(form.texts[name]).toBe(text);
  });

  it('is mended by a good value', () => {
    const wrong = edit('top-k.k', '0');
    expect(firstError(setSetting(wrong, 'top-k.k', 7))).toBeNull();
  });

  it('is checked again when the model has a shorter context', () => {
    const form = setSetting(FORM, 'maxNewTokens', 300);
    expect(firstError(checkAgain(form, { contextLength: 1024 }))).toBeNull();
    expect(firstError(checkAgain(form, { contextLength: 256 }))?.name).toBe('maxNewTokens');
  });
});

describe('the chain', () => {
  it('is temperature, top-k, top-p; what is off takes no step', () => {
    expect(chainOf(DEFAULT_SETTINGS)).toEqual([
      { sampler: 'temperature', temperature: 1 },
      { sampler: 'top-k', k: 40 },
    ]);
    const other = setSetting(setSetting(FORM, 'temperature.temperature', 0.5), 'top-k.k', null);
    expect(chainOf(setSetting(other, 'top-p.p', 0.9).settings)).toEqual([
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-p', p: 0.9 },
    ]);
  });

  it('is one that the core accepts, at every stop of every slider', () => {
    const at = (name: FieldName, stops: readonly (number | null)[]): void => {
      for (const stop of stops) {
        const form = setSetting(FORM, name, stop);
        expect(firstError(form)).toBeNull();
        parseChain(chainOf(form.settings));
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
