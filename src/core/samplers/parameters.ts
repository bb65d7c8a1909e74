/** Descriptions of sampler parameters as data: what a settings panel shows, and what a value is checked against. */
import { shownJson } from '../shownJson';
import { t } from '../../l10n/language';
import { eitherOf, asGiven } from '../../l10n/numbers';

interface Described {
  /** Key in the sampler's spec. */
  readonly name: string;
  /** Short name for people. */
  readonly label: string;
  /** One sentence: what a larger or smaller value does. */
  readonly explanation: string;
}

/** A real or a whole number. */
export interface NumberParameter extends Described {
  readonly kind: 'number' | 'integer';
  readonly min: number;
  readonly max: number;
  /** True where `min` (or `max`) itself is not allowed. */
  readonly minExcluded?: true;
  readonly maxExcluded?: true;
  /** Range and step of a slider; the allowed range may be wider. */
  readonly slider: { readonly min: number; readonly max: number; readonly step: number };
  readonly default: number;
  /** True where the spec may leave it out, which means `default`. */
  readonly optional?: true;
  /** Says which of the model's tokens the value is the id of; the default knows no model. */
  readonly token?: 'end of text';
  /** Where it stands for the whole sampler: its control bears the sampler's name. */
  readonly main?: MainControl;
}

/** The control of a parameter that stands for its whole sampler. */
export interface MainControl {
  /** The values on which the slider can stand; the field beside it takes any other. */
  readonly stops: readonly (number | null)[];
  /** The stop, and then the last, at which the sampler takes no part in the chain; without it, it always does. */
  readonly off?: number | null;
}

/** One of a few words. */
export interface ChoiceParameter extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
  readonly optional?: true;
}

/** A list that is edited as a list. */
export interface ListParameter extends Described {
  readonly kind: 'list';
  /** What it must be, for people: a list of what. */
  readonly entries: string;
  readonly isEntry: (value: unknown) => value is unknown;
  readonly default: readonly [];
  readonly optional?: true;
}

/** A text, for example a regular expression. */
export interface TextParameter extends Described {
  readonly kind: 'text';
  readonly default: string;
  readonly optional?: true;
  /** @returns what is wrong with the text, or null. */
  readonly check: (value: string) => string | null;
}

export type ParameterDescription = NumberParameter | ChoiceParameter | ListParameter | TextParameter;

type ValueOf<Parameter extends ParameterDescription> = Parameter extends NumberParameter
  ? number
  : Parameter extends ChoiceParameter
    ? Parameter['choices'][number]
    : Parameter extends TextParameter
      ? string
      : Parameter extends { readonly isEntry: (value: unknown) => value is infer Entry }
        ? readonly Entry[]
        : never;

type Optional = { readonly optional: true };

/** The values of declared parameters by name, those that may be left out optional, together with `More`. */
export type ValuesOf<Parameters extends readonly ParameterDescription[], More = unknown> = Flat<
  More & {
    readonly [One in Exclude<Parameters[number], Optional> as One['name']]: ValueOf<One>;
  } & {
    readonly [One in Extract<Parameters[number], Optional> as One['name']]?: ValueOf<One>;
  }
>;

/** An intersection as the one object type that it is. */
type Flat<T> = { [Key in keyof T]: T[Key] };

/** The parameter that every filter has: how many tokens it must leave. */
export const MIN_KEEP = {
  name: 'minKeep',
  label: t('Keep at least'),
  explanation: t('The sampler keeps at least this many tokens, whatever its cutoff.'),
  kind: 'integer',
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  slider: { min: 1, max: 20, step: 1 },
  default: 1,
  optional: true,
} as const satisfies NumberParameter;

/** The parameter of samplers that look back: how far. */
export const WINDOW = {
  name: 'window',
  label: t('Window'),
  explanation: t('How many of the last tokens count; 0 means all of them, prompt included.'),
  kind: 'integer',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  slider: { min: 0, max: 512, step: 1 },
  default: 0,
  optional: true,
} as const satisfies NumberParameter;

/** The numbers from one to another, both included, at equal distances. */
export function evenly(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) =>
    Number((from + i * by).toFixed(6)),
  );
}

/** The allowed range of a number in words, for example `a number above 0 and at most 1`. */
export function rangeInWords(parameter: NumberParameter): string {
  const { kind, minExcluded, maxExcluded } = parameter;
  const [min, max] = [asGiven(parameter.min), asGiven(parameter.max)];
  // The largest numbers that can be are no limit that one would meet.
  const isOpen = parameter.max >= Number.MAX_SAFE_INTEGER;
  if (kind === 'integer')
    return isOpen ? t('a whole number of at least {0}', min) : t('a whole number from {0} to {1}', min, max);
  if (minExcluded) {
    if (isOpen) return t('a number above {0}', min);
    return maxExcluded
      ? t('a number above {0} and below {1}', min, max)
      : t('a number above {0} and at most {1}', min, max);
  }
  if (isOpen) return t('a number of at least {0}', min);
  return maxExcluded
    ? t('a number of at least {0} and below {1}', min, max)
    : t('a number from {0} to {1}', min, max);
}

/**
 * Checks one value against its description.
 * @param owner what the parameter belongs to, named in the error, for example `top-k`.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function checkParameter(owner: string, parameter: ParameterDescription, value: unknown): void {
  if (value === undefined && parameter.optional) return;
  const wrong = whatIsWrong(parameter, value);
  if (wrong !== null)
    throw new RangeError(
      t('{0}: {1} is {2}; it must be {3}.', owner, parameter.name, shownJson(value), wrong),
    );
}

function whatIsWrong(parameter: ParameterDescription, value: unknown): string | null {
  switch (parameter.kind) {
    case 'number':
    case 'integer':
      return isInRange(parameter, value) ? null : rangeInWords(parameter);
    case 'choice':
      return parameter.choices.includes(value as string)
        ? null
        : eitherOf(parameter.choices.map((choice) => `'${choice}'`));
    case 'text':
      return typeof value === 'string' ? parameter.check(value) : t('a text');
    case 'list':
      return Array.isArray(value) && value.every(parameter.isEntry) ? null : parameter.entries;
  }
}

function isInRange(parameter: NumberParameter, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (parameter.kind === 'integer' && !Number.isInteger(value)) return false;
  const { min, max, minExcluded, maxExcluded } = parameter;
  return (minExcluded ? value > min : value >= min) && (maxExcluded ? value < max : value <= max);
}

/** Whether a value can be a token id; whether the vocabulary has it is another question. */
export function isTokenId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
