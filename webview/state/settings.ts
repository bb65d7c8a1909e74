/** The controls of Explore as values: what was typed, what it means, and what is wrong with it. */
import { definitionOf } from '../../src/core/samplers/catalog';
import type { ChainSpec, SamplerName, SamplerSpec } from '../../src/core/samplers/chain';
import { rangeInWords } from '../../src/core/samplers/parameters';
import { thousands } from '../format/numbers';

export interface Settings {
  readonly temperature: number;
  /** null means off. */
  readonly topK: number | null;
  /** 1 means off. */
  readonly topP: number;
  readonly maxNewTokens: number;
  readonly samples: number;
  readonly seed: number;
  readonly greedy: boolean;
}

export type NumberSetting = Exclude<keyof Settings, 'greedy'>;

export const DEFAULT_SETTINGS: Settings = {
  temperature: 1,
  topK: 40,
  topP: 1,
  maxNewTokens: 40,
  samples: 5,
  seed: 42,
  greedy: false,
};

/** Limits that come from the model; null while it is not known. */
export interface Limits {
  readonly contextLength: number | null;
}

/** Settings with their fields' texts: a field keeps what was typed, the setting its last good value. */
export interface SettingsForm {
  readonly settings: Settings;
  readonly texts: Readonly<Partial<Record<NumberSetting, string>>>;
  readonly errors: Readonly<Partial<Record<NumberSetting, string | undefined>>>;
}

export const MAX_SEED = 0xffff_ffff;

/** Words for people; the first is also the field's label. */
export const SETTING_NAMES: Readonly<Record<NumberSetting, string>> = {
  temperature: 'temperature',
  topK: 'top-k',
  topP: 'top-p',
  maxNewTokens: 'max new tokens',
  samples: 'samples',
  seed: 'seed',
};

const steps = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) => Number((from + i * by).toFixed(6)));

/** The values a slider can stand on; the field beside it takes any other. `null` is off. */
export const SLIDER_STOPS = {
  temperature: [...steps(0, 2, 0.05), ...steps(2.2, 5, 0.2), ...steps(5.5, 10, 0.5)],
  topK: [
    ...steps(1, 20, 1),
    ...[25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 150, 200, 300, 500, 700],
    ...[1000, 2000, 3000, 5000, 7000, 10_000, 20_000, 30_000, 50_000, null],
  ],
  topP: [...steps(0.01, 0.99, 0.01), 0.995, 1],
} as const satisfies Record<string, readonly (number | null)[]>;

export type SliderSetting = keyof typeof SLIDER_STOPS;

/** The stop nearest to a value; off is the last. */
export function nearestStop(stops: readonly (number | null)[], value: number | null): number {
  if (value === null) return stops.indexOf(null);
  let best = 0;
  stops.forEach((stop, index) => {
    const nearest = stops[best] ?? Number.POSITIVE_INFINITY;
    if (stop !== null && Math.abs(stop - value) < Math.abs(nearest - value)) best = index;
  });
  return best;
}

/** A setting's value as its field shows it. */
export function fieldText(value: number | null): string {
  return value === null ? 'off' : String(value);
}

/** Takes what was typed into a field. A good value becomes the setting; a bad one only marks the field. */
export function editSetting(
  form: SettingsForm,
  name: NumberSetting,
  text: string,
  limits: Limits,
): SettingsForm {
  const read = readSetting(name, text, limits);
  const texts = { ...form.texts, [name]: text };
  if (typeof read === 'string') return { ...form, texts, errors: { ...form.errors, [name]: read } };
  const errors = { ...form.errors, [name]: undefined };
  return { settings: { ...form.settings, [name]: read.value }, texts, errors };
}

/** The first thing that is wrong, in the order of the fields. */
export function firstError(form: SettingsForm): { name: NumberSetting; sentence: string } | null {
  for (const name of Object.keys(SETTING_NAMES) as NumberSetting[]) {
    const sentence = form.errors[name];
    if (sentence !== undefined) return { name, sentence };
  }
  return null;
}

/** Sets a value that is known to be good, from a slider or the dice. */
export function setSetting(form: SettingsForm, name: NumberSetting, value: number | null): SettingsForm {
  return editSetting(form, name, fieldText(value), { contextLength: null });
}

/** Reads every field again, because the limits changed. */
export function checkAgain(form: SettingsForm, limits: Limits): SettingsForm {
  return (Object.keys(SETTING_NAMES) as NumberSetting[]).reduce(
    (checked, name) => editSetting(checked, name, form.texts[name] ?? fieldText(form.settings[name]), limits),
    form,
  );
}

/** The samplers that the settings stand for, in the order in which they act; what is off takes no step. */
export function chainOf({ temperature, topK, topP }: Settings): ChainSpec {
  const chain: SamplerSpec[] = [{ sampler: 'temperature', temperature }];
  if (topK !== null) chain.push({ sampler: 'top-k', k: topK });
  if (topP < 1) chain.push({ sampler: 'top-p', p: topP });
  return chain;
}

/** Every sampler the controls have, with its number; null where it is off. */
export function samplersOf({
  temperature,
  topK,
  topP,
}: Settings): { sampler: SamplerName; value: number | null }[] {
  return [
    { sampler: 'temperature', value: temperature },
    { sampler: 'top-k', value: topK },
    { sampler: 'top-p', value: topP < 1 ? topP : null },
  ];
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What a field accepts. */
interface Range {
  readonly least: number;
  readonly most: number;
  readonly leastExcluded: boolean;
  readonly whole: boolean;
  readonly words: string;
  /** What "off" stands for; undefined where there is no off. */
  readonly off?: number | null;
}

function rangeOf(name: NumberSetting, { contextLength }: Limits): Range {
  switch (name) {
    case 'temperature':
      return samplerRange('temperature', 'temperature');
    case 'topK':
      return { ...samplerRange('top-k', 'k'), off: null };
    case 'topP':
      return { ...samplerRange('top-p', 'p'), off: 1 };
    case 'maxNewTokens':
      return wholeRange(1, (contextLength ?? 1_000_001) - 1);
    case 'samples':
      return wholeRange(0, 64);
    case 'seed':
      return wholeRange(0, MAX_SEED);
  }
}

function wholeRange(least: number, most: number): Range {
  const words = `a whole number from ${least} to ${thousands(most)}`;
  return { least, most, leastExcluded: false, whole: true, words };
}

/** A sampler's parameter has the range that the sampler itself declares. */
function samplerRange(sampler: SamplerName, parameter: string): Range {
  const described = definitionOf(sampler).about.parameters.find(({ name }) => name === parameter);
  if (described?.kind !== 'number' && described?.kind !== 'integer') {
    throw new Error(`${sampler} has no number ${parameter}`);
  }
  return {
    least: described.min,
    most: described.max,
    leastExcluded: described.minExcluded ?? false,
    whole: described.kind === 'integer',
    words: rangeInWords(described),
  };
}

/** The value, or the sentence that says what is wrong. */
function readSetting(
  name: NumberSetting,
  text: string,
  limits: Limits,
): { readonly value: number | null } | string {
  const { least, most, leastExcluded, whole, words, off } = rangeOf(name, limits);
  const typed = text.trim();
  if (off !== undefined && (typed === '' || typed.toLowerCase() === 'off')) return { value: off };
  const value = DECIMAL.test(typed) ? Number(typed) : Number.NaN;
  const good =
    Number.isFinite(value) &&
    (!whole || Number.isSafeInteger(value)) &&
    (leastExcluded ? value > least : value >= least) &&
    value <= most;
  if (good) return { value };
  const allowed = off === undefined ? words : `${words}, or off`;
  return `${SETTING_NAMES[name]} is ${shown(typed)}; it must be ${allowed}.`;
}

function shown(typed: string): string {
  if (typed === '') return 'empty';
  const short = typed.length > 20 ? `${typed.slice(0, 20)}…` : typed;
  return DECIMAL.test(typed) ? short : `"${short}"`;
}
