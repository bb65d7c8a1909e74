/**
 * Parameters of experiments, declared once: a name for sentences, a label, the glossary's term, the kind, its limits
 * and the default. The type of the values, their reading with its errors, the control in the form, its inverse and the
 * words in the folded drawer follow from that.
 */
import { parameterObject } from './checks';

/** How a parameter is set by a user; `none` where no single control can. */
export type Control =
  /** @property placeholder shown where nothing is typed. */
  | { readonly kind: 'text'; readonly placeholder?: string }
  /** @property off `off` may be typed, which is null. @property dice offers another whole number. */
  | { readonly kind: 'number'; readonly of: NumberKind; readonly off?: true; readonly dice?: true }
  /** Numbers, typed with spaces or commas between them. */
  | { readonly kind: 'list'; readonly of: NumberKind }
  /** Texts, one a line; see `textLines.ts` of the page. */
  | { readonly kind: 'texts' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice' | 'choices'; readonly options: readonly Option[] }
  | { readonly kind: 'none' };

/** What a number is of: a count, a measure, or a share of 1, which may be typed in percent. */
export type NumberKind = 'whole' | 'real' | 'share';

export interface Option<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
}

/** Values of the parameters that are declared before one. */
export type Earlier = Readonly<Record<string, unknown>>;

export interface Described {
  /** What it is called where a sentence begins: `The number of draws`. */
  readonly name: string;
  /** Of its control. */
  readonly label?: string;
  /** Key of the glossary's entry that explains it. */
  readonly term?: string;
  /**
   * What stands for it in the folded drawer, given what was typed; of a flag its label where it is set, of several
   * choices their number.
   */
  readonly short?: (typed: string) => string;
}

export interface Parameter<Value> extends Described {
  readonly default: Value;
  /** What the control shows for the default, where that is not how the value is written. */
  readonly initial?: string;
  readonly control: Control;
  /** @throws RangeError with the value, the limit and the fix. */
  readonly read: (value: unknown, earlier: Earlier) => Value;
  /** What stands for it where it is left out; without this it must be given. */
  readonly leftOut?: (earlier: Earlier) => unknown;
}

/** A parameter that may be absent, and then stays so. */
export interface OptionalParameter<Value> extends Parameter<Value> {
  readonly optional: true;
}

type ValueOf<P> = P extends Parameter<infer Value> ? Value : never;

/** The parameters as they are read. */
export type ValuesOf<P> = {
  readonly [Name in keyof P as P[Name] extends OptionalParameter<unknown> ? never : Name]: ValueOf<P[Name]>;
} & {
  readonly [Name in keyof P as P[Name] extends OptionalParameter<unknown> ? Name : never]?: ValueOf<P[Name]>;
};

/** Parameters by their names. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** Parameters that belong together: those of an experiment, or a part of them. */
export interface Declared<P, Values> {
  readonly parameters: P;
  /** @throws RangeError naming the parameter, its value and the allowed range. */
  readonly parse: (value: unknown) => Values;
}

/** What a declaration reads. */
export type ParametersOf<D extends Declared<Parameters, unknown>> = ReturnType<D['parse']>;

interface Together<Values> {
  /** Any of them may be left out: its default stands for it then. */
  readonly partial?: true;
  /** What has to hold between them. @throws RangeError as every reading. */
  readonly check?: (values: Values) => void;
}

/** @param what they are the parameters of: `Temperature`. */
export function declare<P extends Parameters>(
  what: string,
  parameters: P,
  { partial, check }: Together<ValuesOf<P>> = {},
): Declared<P, ValuesOf<P>> {
  return {
    parameters,
    parse: (value) => {
      const given = parameterObject(what, value);
      const read: Record<string, unknown> = {};
      for (const [name, parameter] of Object.entries(parameters)) {
        const { leftOut = () => (partial ? parameter.default : undefined) } = parameter;
        const found = given[name] === undefined ? leftOut(read) : given[name];
        if (found === undefined && 'optional' in parameter) continue;
        read[name] = parameter.read(found, read);
      }
      // Each name has what its own parameter has read.
      const values = read as ValuesOf<P>;
      check?.(values);
      return values;
    },
  };
}
