/** The controls of a sampler chain as values: what was typed, what it means, and what is wrong with it. */
import { definitionOf } from '../../src/core/samplers/catalog';
import type { SamplerName } from '../../src/core/samplers/chain';
import { checkParameter, rangeInWords } from '../../src/core/samplers/parameters';
import { thousands } from '../format/numbers';
import { typedNumber, typingHint, type NumberKind, typingOf } from '../format/typedNumber';
import {
  controlsOf,
  mainOf,
  valueOf,
  type ControlledParameter,
  type NumericParameter,
  type SamplerStep,
  type StepValue,
} from './samplerSteps';
import { t } from '../../src/l10n/language';

/** What stands in a field, and is typed, for no value. */
export const OFF = t('off');

/** Whether that was typed: in the panel's language, or in English as in settings. */
export function isOff(typed: string): boolean {
  return [OFF, 'off'].includes(typed.trim().toLowerCase());
}

/** The field of a step's parameter, as `key.parameter`. */
export type FieldName = `${string}.${string}`;

/** A chain with its fields' texts: a field keeps what was typed, the step its last good value. */
export interface ChainForm {
  /** In the order in which they act. */
  readonly steps: readonly SamplerStep[];
  readonly texts: Readonly<Partial<Record<FieldName, string>>>;
  readonly errors: Readonly<Partial<Record<FieldName, string | undefined>>>;
}

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

/** A value as its field shows it. */
export function fieldText(value: StepValue): string {
  if (value === null) return OFF;
  return typeof value === 'number' ? typingOf(value) : value;
}

/** The name of the field of a step's parameter. */
export function fieldName({ key }: SamplerStep, { name }: { readonly name: string }): FieldName {
  return `${key}.${name}`;
}

/** All fields, in the order in which they stand. */
export function fieldsOf(steps: readonly SamplerStep[]): readonly FieldName[] {
  return steps.flatMap((step) => controlsOf(step.sampler).map((parameter) => fieldName(step, parameter)));
}

/**
 * Takes what was typed into a field. A good value becomes the step's; a bad one only marks the field.
 * @param vocabularySize of the model; null while it is not known
 */
export function editField(
  form: ChainForm,
  name: FieldName,
  text: string,
  vocabularySize: number | null,
): ChainForm {
  const read = readField(form.steps, name, text, vocabularySize);
  const texts = { ...form.texts, [name]: text };
  if (typeof read === 'string') return { ...form, texts, errors: { ...form.errors, [name]: read } };
  return { steps: read.steps, texts, errors: { ...form.errors, [name]: undefined } };
}

/** The first thing that is wrong, in the order of the fields. */
export function firstError(form: ChainForm): { readonly field: string; readonly sentence: string } | null {
  for (const field of fieldsOf(form.steps)) {
    const sentence = form.errors[field];
    if (sentence !== undefined) return { field, sentence };
  }
  return null;
}

/** Sets a value that is known to be good, from a slider. */
export function setField(form: ChainForm, name: FieldName, value: StepValue): ChainForm {
  return editField(form, name, fieldText(value), null);
}

/** Takes a list as a step's; what is typed into its other fields stays. */
export function setList(form: ChainForm, name: FieldName, list: readonly unknown[]): ChainForm {
  const steps = form.steps.map((step) => {
    const { parameters } = definitionOf(step.sampler).about;
    const parameter = parameters.find((one) => one.kind === 'list' && fieldName(step, one) === name);
    return parameter ? { ...step, lists: { ...step.lists, [parameter.name]: list } } : step;
  });
  return { ...form, steps };
}

/** Reads every field again, because the model is another one. */
export function checkAgain(form: ChainForm, vocabularySize: number | null): ChainForm {
  return fieldsOf(form.steps).reduce(
    (checked, name) => editField(checked, name, textOf(form, name), vocabularySize),
    form,
  );
}

/** What a field shows: what was typed, or else its value. */
export function textOf({ steps, texts }: ChainForm, name: FieldName): string {
  const typed = texts[name];
  if (typed !== undefined) return typed;
  const target = targetOf(steps, name);
  return target ? fieldText(valueOf(target.step, target.parameter)) : '';
}

/** Replaces the chain. What was typed is forgotten, but for the steps that stay as they were. */
export function withSteps(form: ChainForm, steps: readonly SamplerStep[]): ChainForm {
  const kept = new Set<string>();
  for (const step of steps) {
    const before = form.steps.find(({ key }) => key === step.key);
    if (JSON.stringify(before) !== JSON.stringify(step)) continue;
    for (const parameter of controlsOf(step.sampler)) kept.add(fieldName(step, parameter));
  }
  const keep = <T>(of: Readonly<Partial<Record<FieldName, T>>>): Partial<Record<FieldName, T>> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => kept.has(name)));
  return { steps, texts: keep(form.texts), errors: keep(form.errors) };
}

interface Target {
  readonly step: SamplerStep;
  readonly parameter: ControlledParameter;
}

/** The step and the parameter that a field is for. */
export function targetOf(steps: readonly SamplerStep[], name: FieldName): Target | null {
  for (const step of steps) {
    const parameter = controlsOf(step.sampler).find((candidate) => fieldName(step, candidate) === name);
    if (parameter) return { step, parameter };
  }
  return null;
}

/** The steps with the field's value in them, or the sentence that says what is wrong. */
function readField(
  steps: readonly SamplerStep[],
  name: FieldName,
  text: string,
  vocabularySize: number | null,
): { readonly steps: readonly SamplerStep[] } | string {
  const target = targetOf(steps, name);
  if (!target) return { steps };
  const { step, parameter } = target;
  // Spaces belong to a text.
  const typed = parameter.kind === 'text' ? text : text.trim();
  const read = readParameter(step, parameter, typed, vocabularySize);
  if (typeof read === 'string') return read;
  const changed = { ...step, values: { ...step.values, [parameter.name]: read.value } };
  return { steps: steps.map((one) => (one === step ? changed : one)) };
}

/** What the numbers of a parameter are. */
function kindOf({ kind, min, max }: NumericParameter): NumberKind {
  if (kind === 'integer') return 'whole';
  return min >= 0 && max <= 1 ? 'share' : 'real';
}

/** A parameter has the range that the sampler itself declares, and its sentence when a value lies outside. */
function readParameter(
  step: SamplerStep,
  parameter: ControlledParameter,
  typed: string,
  vocabularySize: number | null,
): { readonly value: StepValue } | string {
  const main = mainOf(parameter);
  if (main?.off !== undefined && (typed === '' || isOff(typed))) return { value: main.off };
  if (parameter.optional && typed === '') return { value: parameter.default };
  const isText = parameter.kind === 'choice' || parameter.kind === 'text';
  const value = isText ? typed : typedNumber(typed, kindOf(parameter));
  try {
    checkParameter(step.sampler, parameter, value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // A text stands in full in its field, and may be long.
    if (parameter.kind === 'text')
      return t('{0}: {1} must be {2}.', step.sampler, parameter.name, parameter.check(typed) ?? '');
    if (!main || isText) return error.message;
    const words = rangeInWords(parameter);
    const hint = typingHint(typed, kindOf(parameter));
    const sentence = t(
      '{0} is {1}; it must be {2}.',
      nameOf(step.sampler),
      shown(typed, value),
      main.off === undefined ? words : t('{0}, or off', words),
    );
    return hint === null ? sentence : `${sentence} ${hint}`;
  }
  // A shape that may end by a token which the model does not have ends without one.
  const namesToken = parameter.kind === 'integer' && parameter.token !== undefined && !parameter.optional;
  if (namesToken && vocabularySize && Number(value) >= vocabularySize) {
    return t(
      '{0}: {1} is {2}; the model’s token ids go from 0 to {3}.',
      step.sampler,
      parameter.name,
      String(value),
      thousands(vocabularySize - 1),
    );
  }
  return { value };
}

function shown(typed: string, value: number | string): string {
  if (typed === '') return t('empty');
  const short = typed.length > 20 ? `${typed.slice(0, 20)}…` : typed;
  return typeof value === 'number' ? short : t('"{0}"', short);
}

/** Where a parameter's slider stands, and what its places mean. */
export interface Slider {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly place: number;
  readonly valueAt: (place: number) => number | null;
}

/** The slider of a numeric parameter. */
export function sliderOf(step: SamplerStep, parameter: NumericParameter): Slider {
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

/** A sampler as its control is named: by what users write it as, but for the one that has a word in every language. */
export const nameOf = (sampler: SamplerName): string =>
  sampler === 'temperature' ? t('temperature') : sampler;

/** The sampler's name, as sentences and fields write it. */
export function labelOf(step: SamplerStep): string {
  return controlsOf(step.sampler).some(mainOf)
    ? nameOf(step.sampler)
    : definitionOf(step.sampler).about.label;
}
