/** The controls of an experiment as values: what was typed, and what is wrong with it. Both are followed. */
import { signal } from '@preact/signals-core';
import type { TemplateResult } from 'lit';

export type FormValue = string | boolean;
export type FormValues = Readonly<Record<string, FormValue>>;

interface AnyField {
  /** Key of its value. */
  readonly name: string;
  readonly label: string;
  /** Its `data-testid` where that is not the name. */
  readonly hook?: string;
  /** Key of the glossary entry that explains it. */
  readonly term?: string;
  /** What the value means or does, where that depends on it: stands below the field. */
  readonly note?: (values: FormValues) => string | null;
  /** Whether it has a say with these values; where it has none it is neither shown nor checked. */
  readonly applies?: (values: FormValues) => boolean;
  /** Why the chosen model cannot do it: stands in the control's place, which then has no say. */
  readonly instead?: () => string | null;
}

/** A number, a list or a text, typed. */
export interface TextField extends AnyField {
  readonly kind: 'text';
  readonly initial: string;
  /** Takes the whole width, below its label. */
  readonly wide?: boolean;
  /** Takes several lines, each of which is an entry. */
  readonly lines?: boolean;
  /** What an empty text means. */
  readonly placeholder?: string;
  /** Offers a button that puts another whole number up to 2^32 - 1 here. */
  readonly dice?: boolean;
  /** @throws RangeError saying what is wrong with the text. */
  readonly check: (text: string) => unknown;
}

export interface CheckField extends AnyField {
  readonly kind: 'check';
  readonly initial: boolean;
}

export interface ChoiceField extends AnyField {
  readonly kind: 'choice';
  readonly initial: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** A value that belongs to the settings and is changed elsewhere: it has no control. */
export interface KeptField extends AnyField {
  readonly kind: 'kept';
  readonly initial: string;
}

/** A part of the settings with controls of its own making. It keeps its value itself, as a text, and is followed. */
export interface OwnField extends AnyField {
  readonly kind: 'own';
  readonly initial: string;
  readonly text: () => string;
  /** Takes what `text` has given; ignores anything else. */
  readonly fill: (text: string) => void;
  /** The first of its controls that is wrong. */
  readonly error: () => { readonly field: string; readonly sentence: string } | null;
  readonly view: () => TemplateResult;
}

export type Field = TextField | CheckField | ChoiceField | KeptField | OwnField;

export interface FieldGroup {
  readonly title: string;
  /** Key of the glossary's entry that explains it. */
  readonly term?: string;
  /** True where its values have no say. */
  readonly muted?: (values: FormValues) => boolean;
  readonly fields: readonly Field[];
}

export class Form {
  readonly groups: readonly FieldGroup[];
  readonly #values;
  readonly #errors = signal<Readonly<Record<string, string | null>>>({});

  constructor(groups: readonly FieldGroup[]) {
    this.groups = groups;
    this.#values = signal<FormValues>(
      Object.fromEntries(
        this.#fields().flatMap((field) => (field.kind === 'own' ? [] : [[field.name, field.initial]])),
      ),
    );
  }

  get values(): FormValues {
    const own = this.#fields().flatMap((field): [string, FormValue][] =>
      field.kind === 'own' ? [[field.name, field.text()]] : [],
    );
    return { ...this.#values.value, ...Object.fromEntries(own) };
  }

  text(name: string): string {
    return valueText(this.values, name);
  }

  /** The fields of a group that have a control now. */
  shown({ fields }: FieldGroup): readonly Field[] {
    return fields.filter((field) => field.kind !== 'kept' && this.#applies(field));
  }

  #applies({ applies }: Field): boolean {
    return applies?.(this.values) ?? true;
  }

  /** The sentence that says what is wrong with a field; null where nothing is. */
  error(name: string): string | null {
    return this.#errors.value[name] ?? null;
  }

  set(name: string, value: FormValue): void {
    this.fill({ [name]: value });
  }

  /** Takes the values of fields it has, of their type, and leaves the others. */
  fill(values: Readonly<Record<string, unknown>>): void {
    const changed: Record<string, FormValue> = {};
    const wrongs: Record<string, string | null> = {};
    for (const field of this.#fields()) {
      const value = values[field.name];
      if (typeof value !== typeof field.initial) continue;
      if (field.kind === 'own') {
        field.fill(value as string);
        continue;
      }
      changed[field.name] = value as FormValue;
      wrongs[field.name] = wrong(field, value as FormValue);
    }
    this.#values.value = { ...this.#values.peek(), ...changed };
    this.#errors.value = { ...this.#errors.peek(), ...wrongs };
  }

  /** Reads every field again, because what is allowed has changed. */
  checkAgain(): void {
    this.fill(this.#values.peek());
  }

  /** The first field that is wrong. */
  firstError(): { readonly field: string; readonly sentence: string } | null {
    for (const field of this.#fields()) {
      const own = field.kind === 'own' ? field.error() : null;
      if (own) return own;
      const sentence = this.error(field.name);
      if (sentence !== null && this.#applies(field) && !field.instead?.())
        return { field: field.name, sentence };
    }
    return null;
  }

  #fields(): readonly Field[] {
    return this.groups.flatMap(({ fields }) => fields);
  }
}

function wrong(field: Field, value: FormValue): string | null {
  if (field.kind === 'choice') {
    return field.options.some((option) => option.value === value) ? null : `${field.label} is unknown.`;
  }
  if (field.kind !== 'text') return null;
  try {
    field.check(String(value));
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** A field's value as text; empty where there is none. */
export function valueText(values: FormValues, name: string): string {
  return String(values[name] ?? '');
}
