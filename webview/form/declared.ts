/** The controls of declared parameters: what stands in them, what was typed into them, and the drawer's line. */
import type { Declared, Parameter, Parameters } from '../../src/experiments/kit/declaration';
import { listText, readTyped, typedList, typedNumber, typingOf } from '../format/typedNumber';
import { visibleToken } from '../../src/core/visibleText';
import { linesText, textsIn } from '../format/textLines';
import { valueText, type Field, type FieldGroup, type FormValue, type FormValues } from './form';
import { t } from '../../src/l10n/language';
import { isOff, OFF } from './chainForm';

/** What a page adds to a parameter's control. */
export type Beside = Pick<Field, 'note' | 'applies' | 'instead'>;

/** What is typed for null, where a number may be null. */

/** Value name of a checkbox that is one of several for a parameter. */
export function boxOf(option: string): string {
  return `use-${option}`;
}

/** How texts are typed: short, so that a narrow field shows it whole. */
const LINES = t('one per line');

/**
 * The controls of a parameter: one, or a checkbox for each of its choices.
 * @param name key of its value in the form
 */
export function fieldsOf(name: string, parameter: Parameter<unknown>, beside: Beside = {}): readonly Field[] {
  const { control, term, default: standard } = parameter;
  const { [name]: initial = '' } = valuesOf(name, parameter, standard);
  const note = control.kind === 'texts' ? { note: readAs(name) } : {};
  const shared = {
    name,
    label: parameter.label ?? name,
    ...(term !== undefined && { term }),
    ...note,
    ...beside,
  };
  switch (control.kind) {
    case 'none':
      return [];
    case 'flag':
      return [{ ...shared, kind: 'check', initial: initial === true }];
    case 'choice':
      return [{ ...shared, kind: 'choice', initial: String(initial), options: control.options }];
    case 'choices':
      return control.options.map(({ value, label }) => ({
        ...beside,
        name: boxOf(value),
        label,
        kind: 'check',
        initial: Array.isArray(standard) && standard.includes(value),
      }));
    case 'text':
    case 'texts':
    case 'number':
    case 'list':
      return [
        {
          ...shared,
          kind: 'text',
          initial: parameter.initial ?? (typeof initial === 'number' ? typingOf(initial) : String(initial)),
          wide: control.kind !== 'number',
          // One of them is called as the button that stops a run.
          ...(control.kind === 'texts' && { hook: `${name}-texts`, lines: true, placeholder: LINES }),
          ...(control.kind === 'text' && control.placeholder && { placeholder: control.placeholder }),
          dice: control.kind === 'number' && control.dice === true,
          check: (text) => {
            const typed = typedOf(name, parameter, { [name]: text });
            // Where nothing is typed, it is left out.
            if (typed === undefined) return undefined;
            const read = (): unknown => parameter.read(typed, {});
            return 'of' in control ? readTyped(typed, control.of, read) : read();
          },
        },
      ];
  }
}

/** How texts are read that were typed: what hides in them has a mark. */
function readAs(name: string): NonNullable<Beside['note']> {
  return (values) => {
    const texts = textsIn(valueText(values, name)).map((text) => t('“{0}”', visibleToken(text)));
    return texts.length === 0 ? null : t('Read as {0}', texts.join(', '));
  };
}

/** What was typed for a parameter, to be read by it; undefined where the form has no control for it. */
export function typedOf(name: string, { control }: Parameter<unknown>, values: FormValues): unknown {
  if (control.kind === 'choices') {
    const options = control.options.filter(({ value }) => boxOf(value) in values);
    return options.length === 0
      ? undefined
      : options.filter(({ value }) => values[boxOf(value)] === true).map(({ value }) => value);
  }
  const value = values[name];
  if (typeof value !== 'string') return control.kind === 'flag' ? value : undefined;
  switch (control.kind) {
    case 'none':
      return undefined;
    case 'number':
      return control.off && isOff(value) ? null : typedNumber(value, control.of);
    case 'list':
      return typedList(value, control.of);
    case 'texts': {
      const texts = textsIn(value);
      return texts.length === 0 ? undefined : texts;
    }
    default:
      return value;
  }
}

/** The inverse of `typedOf`: what the form shows for a value; nothing for one of another kind. */
export function valuesOf(name: string, { control }: Parameter<unknown>, value: unknown): FormValues {
  if (control.kind === 'choices') {
    if (!Array.isArray(value)) return {};
    return Object.fromEntries(
      control.options.map((option) => [boxOf(option.value), value.includes(option.value)]),
    );
  }
  const shown = shownOf(control, value);
  return shown === null ? {} : { [name]: shown };
}

function shownOf(control: Parameter<unknown>['control'], value: unknown): FormValue | null {
  switch (control.kind) {
    case 'text':
    case 'choice':
      return typeof value === 'string' ? value : null;
    case 'number':
      if (value === null && control.off) return OFF;
      return typeof value === 'number' ? typingOf(value) : null;
    case 'list':
      return Array.isArray(value) && value.every((entry) => typeof entry === 'number')
        ? listText(value)
        : null;
    case 'texts':
      return value === undefined || isTexts(value) ? linesText(value ?? []) : null;
    case 'flag':
      return typeof value === 'boolean' ? value : null;
    default:
      return null;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** What was typed for all parameters that have controls. */
export function typedParameters(
  { parameters }: Declared<Parameters, unknown>,
  values: FormValues,
): Record<string, unknown> {
  const typed = Object.entries(parameters).map(
    ([name, parameter]) => [name, typedOf(name, parameter, values)] as const,
  );
  return Object.fromEntries(typed.filter(([, value]) => value !== undefined));
}

/** The inverse of `typedParameters`: what the form shows for parameters; those left out stay as they are. */
export function shownParameters({ parameters }: Declared<Parameters, unknown>, given: Given): FormValues {
  const shown = Object.entries(parameters).map(([name, parameter]) => valuesOf(name, parameter, given[name]));
  return Object.fromEntries(shown.flatMap((values) => Object.entries(values)));
}

/** What stands for a parameter in the folded drawer. */
export function shortOf(name: string, parameter: Parameter<unknown>, values: FormValues): string {
  const { control, label = name, short = (typed: string) => typed } = parameter;
  switch (control.kind) {
    case 'flag':
      return short(values[name] === true ? label : '');
    case 'choice':
      return short(control.options.find(({ value }) => value === values[name])?.label ?? '');
    case 'choices':
      return short(String(control.options.filter(({ value }) => values[boxOf(value)] === true).length));
    default:
      return short(valueText(values, name));
  }
}

/** A parameter by its name, with what the page adds to its control; or a control of the page's own. */
type Place<Name extends string> = Name | ({ readonly parameter: Name } & Beside) | Field;

/** Parameters of a saved result, or from outside. */
export type Given = Readonly<Record<string, unknown>>;

/** What is read; null for what is refused. */
export function readOrNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface DeclaredForm<Values> {
  readonly groups: readonly FieldGroup[];
  readonly parameters: (values: FormValues, prompt: string) => Values;
  readonly values: (parameters: unknown) => FormValues;
  readonly line: (values: FormValues) => string;
}

/** Controls that say themselves what was typed, and the inverse; what is undefined is left out. */
export interface OwnControls {
  readonly fields: readonly Field[];
  readonly typed: (values: FormValues) => Given;
  readonly shown: (given: Given) => FormValues;
}

/** What does not follow from the declaration. */
interface Own<Name extends string> {
  /** What was typed for parameters that have no control of their own. */
  readonly typed?: (values: FormValues) => Given;
  /** The inverse. */
  readonly shown?: (given: Given) => FormValues;
  /** Those of the fields that bring their own reading. */
  readonly beside?: readonly OwnControls[];
  /** The drawer's line from what stands for each parameter; one after the other where left out. */
  readonly line?: (short: (name: Name) => string, values: FormValues) => string;
}

/** The form of an experiment. */
export function formOf<Name extends string, Values>(
  declared: Declared<Readonly<Record<Name, Parameter<unknown>>>, Values>,
  groups: readonly (Omit<FieldGroup, 'fields'> & { readonly fields: readonly Place<NoInfer<Name>>[] })[],
  { typed, shown, beside = [], line }: Own<NoInfer<Name>> = {},
): DeclaredForm<Values> {
  const { parameters } = declared;
  const placed: Name[] = [];
  const place = (at: Place<Name>): readonly Field[] => {
    if (typeof at === 'string') {
      placed.push(at);
      return fieldsOf(at, parameters[at]);
    }
    if ('kind' in at) return [at];
    const { parameter: name, ...beside } = at;
    placed.push(name);
    return fieldsOf(name, parameters[name], beside);
  };
  return {
    groups: groups.map(({ fields, ...group }) => ({ ...group, fields: fields.flatMap(place) })),
    parameters: (values, prompt) =>
      declared.parse({
        ...typedParameters(declared, values),
        ...typed?.(values),
        ...Object.fromEntries(beside.flatMap((own) => Object.entries(own.typed(values)))),
        prompt,
      }),
    values: (value) => {
      const given = typeof value === 'object' && value !== null ? { ...value } : {};
      return {
        ...shownParameters(declared, given),
        ...shown?.(given),
        ...Object.fromEntries(beside.flatMap((own) => Object.entries(own.shown(given)))),
      };
    },
    line: (values) => {
      const short = (name: Name): string => shortOf(name, parameters[name], values);
      if (line) return line(short, values);
      return placed
        .map(short)
        .filter((text) => text !== '')
        .join('; ');
    },
  };
}
