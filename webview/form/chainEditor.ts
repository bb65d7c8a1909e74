/** A sampler chain while it is edited: its steps, what is typed into their fields, and which parts are open. */
import { signal } from '@preact/signals-core';
import * as v from 'valibot';
import { catalog } from '../../src/core/samplers/catalog';
import type { SamplerName } from '../../src/core/samplers/chain';
import type { ListedPreset } from '../../src/protocol/presets';
import {
  checkAgain,
  editField,
  fieldName,
  firstError,
  setField,
  setList,
  targetOf,
  withSteps,
  type ChainForm,
  type FieldName,
} from './chainForm';
import { Exchange } from './exchange';
import {
  addStep,
  chainOfSteps,
  firstOf,
  START_STEPS,
  stepsOfPreset,
  withUsual,
  type SamplerStep,
  type StepValue,
} from './samplerSteps';

const listsSchema = v.record(v.string(), v.array(v.unknown()));

const stepSchema = v.pipe(
  v.object({
    key: v.string(),
    sampler: v.picklist(catalog.map(({ name }) => name)),
    values: v.record(v.string(), v.nullable(v.union([v.number(), v.string()]))),
    lists: v.optional(listsSchema),
    /** Of an earlier version, which had no controls for lists and texts. */
    kept: v.optional(v.record(v.string(), v.union([v.string(), v.array(v.unknown())]))),
  }),
  v.transform(({ kept = {}, lists, ...step }): SamplerStep => {
    const texts = Object.entries(kept).filter(([, value]) => typeof value === 'string');
    const others = Object.entries(kept).filter(([, value]) => typeof value !== 'string');
    const all = { ...lists, ...v.parse(listsSchema, Object.fromEntries(others)) };
    return {
      ...step,
      values: { ...step.values, ...v.parse(v.record(v.string(), v.string()), Object.fromEntries(texts)) },
      ...(Object.keys(all).length > 0 && { lists: all }),
    };
  }),
  // A value that the sampler refuses, for example another version's.
  v.check((step) => isGood(step)),
);

/** Steps as they are kept. */
export const stepsSchema = v.array(stepSchema);

function isGood(step: SamplerStep): boolean {
  try {
    chainOfSteps([step]);
    return true;
  } catch {
    return false;
  }
}

/** Steps as the text that stands for them in a form's values. */
export function stepsText(steps: readonly SamplerStep[]): string {
  return JSON.stringify(steps);
}

/** The inverse of `stepsText`; null for what it has not made. */
export function readSteps(text: string): readonly SamplerStep[] | null {
  try {
    const read = v.safeParse(stepsSchema, JSON.parse(text));
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}

/** What is known of the chosen model, as far as it is. */
export interface ChainModel {
  readonly vocabularySize: number;
  readonly endOfText: readonly number[];
}

/**
 * Milliseconds of silence after which a typed text is read: to compile an expression for every letter of it would make
 * typing heavy.
 */
const READ_AFTER = 250;

/** What is set by lists of tokens or by a text acts before the filters: behind them, little would be left to allow. */
const EARLY = new Set<SamplerName>([
  'logit-bias',
  'banned-tokens',
  'banned-phrases',
  'allowed-tokens',
  'regex',
  'json-schema',
]);

export class ChainEditor {
  /** What is open to copy it to other programs, or to paste it from there. */
  readonly exchange = new Exchange();
  readonly #model: () => ChainModel | undefined;
  readonly #form = signal<ChainForm>({ steps: START_STEPS, texts: {}, errors: {} });
  readonly #menuOpen = signal(false);
  readonly #preset = signal<string | null>(null);
  readonly #opened = signal<ReadonlySet<string>>(new Set());
  readonly #words = signal<Readonly<Partial<Record<FieldName, string>>>>({});
  /** Texts that have been typed and not been read. */
  readonly #unread = new Map<FieldName, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: () => ChainModel | undefined) {
    this.#model = model;
  }

  get form(): ChainForm {
    return this.#form.value;
  }

  get steps(): readonly SamplerStep[] {
    return this.form.steps;
  }

  set steps(steps: readonly SamplerStep[]) {
    this.settle();
    this.#form.value = checkAgain(withSteps(this.#form.peek(), steps), this.#vocabularySize);
  }

  get text(): string {
    return stepsText(this.steps);
  }

  /** Takes steps as `text` has given them; ignores anything else. */
  set text(text: string) {
    const steps = readSteps(text);
    if (steps) this.#form.value = { steps, texts: {}, errors: {} };
  }

  /** Id of the preset that was taken or saved last: of several with this chain, it is the one that is meant. */
  get preset(): string | null {
    return this.#preset.value;
  }

  set preset(id: string | null) {
    this.#preset.value = id;
  }

  /** Takes a preset's steps; what was typed before is forgotten. */
  take(preset: ListedPreset): void {
    const form = { steps: stepsOfPreset(preset), texts: {}, errors: {} };
    this.#form.value = checkAgain(form, this.#vocabularySize);
    this.preset = preset.id;
  }

  get error(): ReturnType<typeof firstError> {
    return firstError(this.form);
  }

  /** Whether the menu of samplers is open. */
  get menuOpen(): boolean {
    return this.#menuOpen.value;
  }

  set menuOpen(open: boolean) {
    this.#menuOpen.value = open;
  }

  /** Keys of the steps whose optional parameters are shown. */
  get opened(): ReadonlySet<string> {
    return this.#opened.value;
  }

  toggleOptions(key: string): void {
    const opened = new Set(this.#opened.value);
    if (!opened.delete(key)) opened.add(key);
    this.#opened.value = opened;
  }

  /** What is typed to find tokens by, by the field of their list. */
  get words(): Readonly<Partial<Record<FieldName, string>>> {
    return this.#words.value;
  }

  typeWord(name: FieldName, word: string): void {
    this.#words.value = { ...this.#words.peek(), [name]: word };
  }

  type(name: FieldName, text: string): void {
    if (targetOf(this.steps, name)?.parameter.kind === 'text') {
      this.#form.value = { ...this.form, texts: { ...this.form.texts, [name]: text } };
      this.#unread.set(name, text);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.settle();
      }, READ_AFTER);
    } else this.#form.value = editField(this.form, name, text, this.#vocabularySize);
  }

  /** Reads at once what has been typed. */
  settle(): void {
    const unread = [...this.#unread];
    this.#forgetUnread();
    for (const [name, text] of unread) {
      if (this.#form.peek().texts[name] !== text) continue;
      this.#form.value = editField(this.#form.peek(), name, text, this.#vocabularySize);
    }
  }

  #forgetUnread(): void {
    clearTimeout(this.#timer);
    this.#unread.clear();
  }

  /** Takes a list as a step's. */
  list(name: FieldName, list: readonly unknown[]): void {
    this.#form.value = setList(this.form, name, list);
  }

  slide(name: FieldName, value: StepValue): void {
    this.#form.value = setField(this.form, name, value);
  }

  /** Sets the chain's first sampler of a kind, which is added at its usual place where there is none. */
  slideFirst(sampler: SamplerName, value: StepValue): void {
    if (!this.steps.some((step) => step.sampler === sampler)) this.steps = withUsual(this.steps, sampler);
    const field = firstOf(this.steps, sampler);
    this.slide(fieldName(field.step, field.parameter), value);
  }

  /** @returns the key of the step that was added */
  add(sampler: SamplerName): string | undefined {
    this.menuOpen = false;
    const before = new Set(this.steps.map(({ key }) => key));
    const endOfText = this.#model()?.endOfText ?? [];
    this.steps = (EARLY.has(sampler) ? withUsual : addStep)(this.steps, sampler, endOfText);
    return this.steps.find(({ key }) => !before.has(key))?.key;
  }

  /** Reads the fields again, because the model is another one. */
  checkAgain(): void {
    this.#forgetUnread();
    this.#form.value = checkAgain(this.#form.peek(), this.#vocabularySize);
  }

  get #vocabularySize(): number | null {
    return this.#model()?.vocabularySize ?? null;
  }
}
