/** The kinds of parameters: what each takes, reads and refuses, and the control that sets it. */
import { t, whole as grouped } from '../../l10n/language';
import { eitherOf } from '../../l10n/numbers';
import { listOf, realNumber, show, textValue, trueOrFalse, wholeNumber, type NumberRange } from './checks';
import type { Described, Earlier, NumberKind, Option, OptionalParameter, Parameter } from './declaration';

export interface TextParameter extends Described {
  readonly default: string;
  /** Of characters. */
  readonly most?: number;
  /** Of a longer one a part would do: said where it is refused. */
  readonly partServes?: true;
  /** What an empty one means, shown in its field. */
  readonly placeholder?: string;
}

export function text({
  most = Infinity,
  partServes,
  placeholder,
  ...described
}: TextParameter): Parameter<string> {
  const { name } = described;
  return {
    ...described,
    control: { kind: 'text', ...(placeholder !== undefined && { placeholder }) },
    read: (value) => {
      const given = textValue(name, value);
      if (given.length <= most) return given;
      const values = [name, grouped(given.length), grouped(most)];
      throw new RangeError(
        partServes
          ? t('{0} has {1} characters; the limit is {2}. Use a part of it.', ...values)
          : t('{0} has {1} characters; the limit is {2}.', ...values),
      );
    },
  };
}

export interface WholeParameter extends Described {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly dice?: true;
}

export function whole({ least, most, dice, ...described }: WholeParameter): Parameter<number> {
  return {
    ...described,
    control: { kind: 'number', of: 'whole', ...(dice && { dice }) },
    read: (value) => wholeNumber(described.name, value, least, most),
  };
}

export interface RealParameter extends Described, NumberRange {
  readonly default: number;
  readonly initial?: string;
}

export function real({
  least,
  leastExcluded,
  most,
  mostExcluded,
  ...described
}: RealParameter): Parameter<number> {
  const range = { least, leastExcluded, most, mostExcluded };
  return {
    ...described,
    control: { kind: 'number', of: kindOf(range) },
    read: (value) => realNumber(described.name, value, range),
  };
}

function kindOf({ least, most = Infinity }: NumberRange): NumberKind {
  return least >= 0 && most <= 1 ? 'share' : 'real';
}

export interface NumbersParameter extends Described, NumberRange {
  /** One of them, where a sentence begins: `Temperature 2`. */
  readonly each: (place: string) => string;
  readonly default: readonly number[];
  /** How many there may be. */
  readonly entries: number;
  /** Refuses an entry by a sentence of its own. @throws RangeError */
  readonly refuse?: (entry: unknown, what: string) => void;
}

/** A list of numbers, each there once. */
export function numbers(parameter: NumbersParameter): Parameter<readonly number[]> {
  const { each, entries, refuse, least, leastExcluded, most, mostExcluded, ...described } = parameter;
  const range = { least, leastExcluded, most, mostExcluded };
  return {
    ...described,
    control: { kind: 'list', of: kindOf(range) },
    read: (value) =>
      listOf(described.name, value, entries, (entry, number) => {
        const what = each(grouped(number));
        refuse?.(entry, what);
        return realNumber(what, entry, range);
      }),
  };
}

export interface TextsParameter extends Described {
  /** One of them, where a sentence begins: `Stop string 2`. */
  readonly each: (place: string) => string;
  readonly default: readonly string[];
  /** How many there may be, and of how many characters. */
  readonly entries: number;
  readonly most: number;
}

/** Texts, each there once and none of them empty; there may be none at all. */
export function texts({ each, entries, most, ...described }: TextsParameter): Parameter<readonly string[]> {
  const { name } = described;
  return {
    ...described,
    control: { kind: 'texts' },
    read: (value) => {
      if (Array.isArray(value) && value.length === 0) return [];
      return listOf(name, value, entries, (entry, number) => {
        const what = each(grouped(number));
        const given = textValue(what, entry);
        if (given === '') throw new RangeError(t('{0} is empty; give it at least one character.', what));
        if (given.length <= most) return given;
        throw new RangeError(
          t('{0} has {1} characters; the limit is {2}.', what, grouped(given.length), grouped(most)),
        );
      });
    },
  };
}

export interface FlagParameter extends Described {
  readonly default: boolean;
}

export function flag(described: FlagParameter): Parameter<boolean> {
  return {
    ...described,
    control: { kind: 'flag' },
    read: (value) => trueOrFalse(described.name, value),
  };
}

export interface ChoiceParameter<Value extends string> extends Described {
  readonly options: readonly Option<Value>[];
  readonly default: NoInfer<Value>;
}

export function choice<const Value extends string>({
  options,
  ...described
}: ChoiceParameter<Value>): Parameter<Value> {
  const all = eitherOf(options.map(({ value }) => JSON.stringify(value)));
  return {
    ...described,
    control: { kind: 'choice', options },
    read: (value) => {
      const found = options.find((option) => option.value === value);
      if (found) return found.value;
      throw new RangeError(t('{0} is {1}; it must be {2}.', described.name, show(value), all));
    },
  };
}

export interface ChoicesParameter<Value extends string> extends Described {
  readonly options: readonly Option<Value>[];
  readonly default: readonly NoInfer<Value>[];
}

/** Some of a few, at least one, each once. */
export function choices<const Value extends string>({
  options,
  ...described
}: ChoicesParameter<Value>): Parameter<readonly Value[]> {
  const all = options.map(({ value }) => value).join(', ');
  return {
    ...described,
    control: { kind: 'choices', options },
    read: (value) =>
      listOf(described.name, value, options.length, (entry) => {
        const found = options.find((option) => option.value === entry);
        if (found) return found.value;
        throw new RangeError(t('{0} contain {1}; choose from {2}.', described.name, show(entry), all));
      }),
  };
}

export interface CustomParameter<Value> extends Described {
  readonly default: Value;
  readonly read: (value: unknown, earlier: Earlier) => Value;
}

/** What no control sets by itself. */
export function custom<Value>(described: CustomParameter<Value>): Parameter<Value> {
  return { ...described, control: { kind: 'none' } };
}

/** The same, with its default where it is left out. */
export function orDefault<P extends Parameter<unknown>>(parameter: P): P {
  return { ...parameter, leftOut: () => parameter.default };
}

/** The same, which may be absent. */
export function optional<Value>(parameter: Parameter<Value>): OptionalParameter<Value> {
  return { ...parameter, optional: true };
}

/** A whole number that may be null, typed as `off`. */
export function wholeOrOff({
  default: standard,
  ...described
}: OrOff<WholeParameter>): Parameter<number | null> {
  return orOff(whole({ ...described, default: standard ?? described.least }), 'whole', standard);
}

/** A real number that may be null, typed as `off`. */
export function realOrOff({
  default: standard,
  ...described
}: OrOff<RealParameter>): Parameter<number | null> {
  return orOff(real({ ...described, default: standard ?? described.least }), kindOf(described), standard);
}

type OrOff<P> = Omit<P, 'default'> & { readonly default: number | null };

function orOff(
  parameter: Parameter<number>,
  of: NumberKind,
  standard: number | null,
): Parameter<number | null> {
  return {
    ...parameter,
    default: standard,
    control: { kind: 'number', of, off: true },
    read: (value, earlier) => (value === null ? null : parameter.read(value, earlier)),
  };
}
