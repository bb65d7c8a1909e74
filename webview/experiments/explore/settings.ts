/** The controls of Explore as values: what was typed, what it means, and what is wrong with it. */
import { definitionOf } from '../../../src/core/samplers/catalog';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import { checkParameter, rangeInWords } from '../../../src/core/samplers/parameters';
import { thousands } from '../../format/numbers';
import {
  chainOfSteps,
  controlsOf,
  mainOf,
  START_STEPS,
  valueOf,
  type ControlledParameter,
  type SamplerStep,
  type StepValue,
} from '../../form/samplerSteps';

export interface Settings {
  /** The sampler chain, in the order in which it acts. */
  readonly steps: readonly SamplerStep[];
  readonly maxNewTokens: number;
  readonly samples: number;
  readonly seed: number;
  readonly greedy: boolean;
}

export type NumberSetting = 'maxNewTokens' | 'samples' | 'seed';

/** A setting with a field: a number of its own, or a parameter of a step as `key.parameter`. */
export type FieldName = NumberSetting | `${string}.${string}`;

export const DEFAULT_SETTINGS: Settings = {
  steps: START_STEPS,
  maxNewTokens: 40,
  samples: 5,
  seed: 42,
  greedy: false,
};

/** Limits that come from the model; null while it is not known. */
export interface Limits {
  readonly contextLength: number | null;
  readonly vocabularySize?: number | null;
}

/** Settings with their fields' texts: a field keeps what was typed, the setting its last good value. */
export interface SettingsForm {
  readonly settings: Settings;
  readonly texts: Readonly<Partial<Record<FieldName, string>>>;
  readonly errors: Readonly<Partial<Record<FieldName, string | undefined>>>;
}

export const MAX_SEED = 0xffff_ffff;

/** Words for people, which are also the fields' labels. */
export const SETTING_NAMES: Readonly<Record<NumberSetting, string>> = {
  maxNewTokens: 'max new tokens',
  samples: 'samples',
  seed: 'seed',
};

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
export function fieldText(value: StepValue): string {
  return value === null ? 'off' : String(value);
}

/** The name of the field of a step's parameter. */
export function fieldName({ key }: SamplerStep, { name }: Pick<ControlledParameter, 'name'>): FieldName {
  return `${key}.${name}`;
}

/** All fields, in the order in which they stand. */
export function fieldsOf({ steps }: Settings): readonly FieldName[] {
  return [
    ...steps.flatMap((step) => controlsOf(step.sampler).map((parameter) => fieldName(step, parameter))),
    ...(Object.keys(SETTING_NAMES) as NumberSetting[]),
  ];
}

/** Takes what was typed into a field. A good value becomes the setting; a bad one only marks the field. */
export function editSetting(form: SettingsForm, name: FieldName, text: string, limits: Limits): SettingsForm {
  const read = readField(form.settings, name, text, limits);
  const texts = { ...form.texts, [name]: text };
  if (typeof read === 'string') return { ...form, texts, errors: { ...form.errors, [name]: read } };
  return { settings: read.settings, texts, errors: { ...form.errors, [name]: undefined } };
}

/** The first thing that is wrong, in the order of the fields. */
export function firstError(form: SettingsForm): { name: FieldName; sentence: string } | null {
  for (const name of fieldsOf(form.settings)) {
    const sentence = form.errors[name];
    if (sentence !== undefined) return { name, sentence };
  }
  return null;
}

/** Sets a value that is known to be good, from a slider or the dice. */
export function setSetting(form: SettingsForm, name: FieldName, value: StepValue): SettingsForm {
  return editSetting(form, name, fieldText(value), { contextLength: null });
}

/** Reads every field again, because the limits changed. */
export function checkAgain(form: SettingsForm, limits: Limits): SettingsForm {
  return fieldsOf(form.settings).reduce(
    (checked, name) => editSetting(checked, name, textOf(form, name), limits),
    form,
  );
}

/** What a field shows: what was typed, or else its setting. */
export function textOf({ settings, texts }: SettingsForm, name: FieldName): string {
  const typed = texts[name];
  if (typed !== undefined) return typed;
  const target = targetOf(settings, name);
  if (!target) return '';
  return fieldText('setting' in target ? settings[target.setting] : valueOf(target.step, target.parameter));
}

/** Replaces the chain. What was typed is forgotten, but for the steps that stay as they were. */
export function withSteps(form: SettingsForm, steps: readonly SamplerStep[]): SettingsForm {
  const kept = new Set<string>(Object.keys(SETTING_NAMES));
  for (const step of steps) {
    const before = form.settings.steps.find(({ key }) => key === step.key);
    if (JSON.stringify(before) !== JSON.stringify(step)) continue;
    for (const parameter of controlsOf(step.sampler)) kept.add(fieldName(step, parameter));
  }
  const keep = <T>(of: Readonly<Partial<Record<FieldName, T>>>): Partial<Record<FieldName, T>> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => kept.has(name)));
  return { settings: { ...form.settings, steps }, texts: keep(form.texts), errors: keep(form.errors) };
}

/** The samplers that the settings stand for, in the order in which they act; what is off takes no step. */
export function chainOf(settings: Settings): ChainSpec {
  return chainOfSteps(settings.steps);
}

type Target =
  | { readonly setting: NumberSetting }
  | { readonly step: SamplerStep; readonly parameter: ControlledParameter };

function targetOf({ steps }: Settings, name: FieldName): Target | null {
  if (name in SETTING_NAMES) return { setting: name as NumberSetting };
  for (const step of steps) {
    const parameter = controlsOf(step.sampler).find((candidate) => fieldName(step, candidate) === name);
    if (parameter) return { step, parameter };
  }
  return null;
}

/** The settings with the field's value in them, or the sentence that says what is wrong. */
function readField(
  settings: Settings,
  name: FieldName,
  text: string,
  limits: Limits,
): { readonly settings: Settings } | string {
  const target = targetOf(settings, name);
  if (!target) return { settings };
  if ('setting' in target) {
    const value = readNumber(target.setting, text, limits);
    return typeof value === 'string' ? value : { settings: { ...settings, [target.setting]: value } };
  }
  const { step, parameter } = target;
  const read = readParameter(step, parameter, text.trim(), limits);
  if (typeof read === 'string') return read;
  const changed = { ...step, values: { ...step.values, [parameter.name]: read.value } };
  return { settings: { ...settings, steps: settings.steps.map((one) => (one === step ? changed : one)) } };
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A parameter has the range that the sampler itself declares, and its sentence when a value lies outside. */
function readParameter(
  step: SamplerStep,
  parameter: ControlledParameter,
  typed: string,
  { vocabularySize }: Limits,
): { readonly value: StepValue } | string {
  const main = mainOf(parameter);
  if (main?.off !== undefined && (typed === '' || typed.toLowerCase() === 'off')) return { value: main.off };
  if (parameter.optional && typed === '') return { value: parameter.default };
  const value = parameter.kind !== 'choice' && DECIMAL.test(typed) ? Number(typed) : typed;
  try {
    checkParameter(step.sampler, parameter, value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (!main || parameter.kind === 'choice') return error.message;
    const words = rangeInWords(parameter);
    return `${step.sampler} is ${shown(typed)}; it must be ${main.off === undefined ? words : `${words}, or off`}.`;
  }
  const namesToken = parameter.kind === 'integer' && parameter.token !== undefined;
  if (namesToken && vocabularySize && Number(value) >= vocabularySize) {
    return `${step.sampler}: ${parameter.name} is ${value}; the model’s token ids go from 0 to ${thousands(vocabularySize - 1)}.`;
  }
  return { value };
}

/** The number, or the sentence that says what is wrong with it. */
function readNumber(name: NumberSetting, text: string, { contextLength }: Limits): number | string {
  const [least, most] = {
    maxNewTokens: [1, (contextLength ?? 1_000_001) - 1] as const,
    samples: [0, 64] as const,
    seed: [0, MAX_SEED] as const,
  }[name];
  const typed = text.trim();
  const value = DECIMAL.test(typed) ? Number(typed) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  return `${SETTING_NAMES[name]} is ${shown(typed)}; it must be a whole number from ${least} to ${thousands(most)}.`;
}

function shown(typed: string): string {
  if (typed === '') return 'empty';
  const short = typed.length > 20 ? `${typed.slice(0, 20)}…` : typed;
  return DECIMAL.test(typed) ? short : `"${short}"`;
}

/** Where a parameter's slider stands, and what its places mean. */
export interface Slider {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly place: number;
  readonly valueAt: (place: number) => number | null;
}

/** The slider of a numeric parameter; null for one of a few words. */
export function sliderOf(step: SamplerStep, parameter: ControlledParameter): Slider | null {
  if (parameter.kind === 'choice') return null;
  const value = valueOf(step, parameter);
  const main = mainOf(parameter);
  if (!main) {
    // A native range keeps to its ends by itself.
    return { ...parameter.slider, place: Number(value), valueAt: (place) => place };
  }
  const { stops } = main;
  const number = typeof value === 'string' ? Number(value) : value;
  return {
    ...{ min: 0, max: stops.length - 1, step: 1 },
    place: nearestStop(stops, number),
    valueAt: (place) => stops[place] ?? null,
  };
}

/** The sampler's name, as sentences and fields write it. */
export function labelOf(step: SamplerStep): string {
  return controlsOf(step.sampler).some(mainOf) ? step.sampler : definitionOf(step.sampler).about.label;
}
