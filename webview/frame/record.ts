/** Orders and results of experiments as the page keeps them, in its memory and in the history. */
import * as v from 'valibot';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { t } from '../../src/l10n/language';
import { toySchema, type HistoryEntry, type Toy } from '../../src/protocol/messages';

/** Everything that was asked for, so that it can be asked for again. */
export interface Order {
  readonly model: string;
  /** The toy's words and logits when it is the model. */
  readonly toy: Toy | undefined;
  readonly parameters: { readonly prompt: string };
}

/** A result with what belongs to it. */
export interface Outcome<Result extends ExperimentResult> {
  readonly order: Order;
  readonly result: Result;
  /** Its id in the history; null while it is not saved as it is. */
  readonly savedId: string | null;
  /** What the reader concluded. */
  readonly conclusion: string;
}

/** Longest title of the history's lines. */
const TITLE = 200;

/** Of longer results only the controls are kept over a reload; VS Code writes the state with the window. */
const MOST_REMEMBERED = 4_000_000;

export function entryOf(
  id: string,
  title: string,
  { order, result, conclusion }: Outcome<ExperimentResult>,
): HistoryEntry {
  const { model, toy, parameters } = order;
  const prompt = parameters.prompt.replace(/\s+/gu, ' ').trim();
  const shown = prompt === '' ? title : t('{0}: {1}', title, prompt);
  return {
    experiment: id,
    title: shown.length > TITLE ? `${shown.slice(0, TITLE - 1)}…` : shown,
    model,
    ...(toy && { toy }),
    parameters,
    result,
    conclusion,
  };
}

const parametersSchema = v.looseObject({ prompt: v.string() });

/** The inverse of `entryOf`; null where the result is none that this version can draw. */
export function outcomeOf<Result extends ExperimentResult>(
  entry: HistoryEntry,
  savedId: string | null,
  read: (value: unknown) => Result | null,
): Outcome<Result> | null {
  const result = read(entry.result);
  const parameters = v.safeParse(parametersSchema, entry.parameters);
  if (!result || !parameters.success) return null;
  const order = { model: entry.model, toy: entry.toy, parameters: parameters.output };
  return { order, result, savedId, conclusion: entry.conclusion };
}

const memorySchema = v.object({
  values: v.record(v.string(), v.unknown()),
  drawerOpen: v.boolean(),
  // Earlier versions kept none.
  folds: v.optional(v.record(v.string(), v.boolean()), {}),
  outcome: v.nullable(
    v.object({
      model: v.string(),
      toy: v.optional(toySchema),
      parameters: parametersSchema,
      result: v.unknown(),
      savedId: v.nullable(v.string()),
      conclusion: v.string(),
    }),
  ),
});

export interface TabMemory<Result extends ExperimentResult> {
  readonly values: Readonly<Record<string, unknown>>;
  readonly drawerOpen: boolean;
  /** What a user has unfolded or folded of the result. */
  readonly folds: Readonly<Record<string, boolean>>;
  readonly outcome: Outcome<Result> | null;
}

/** A tab's memory as plain JSON. */
export function packMemory(memory: TabMemory<ExperimentResult>): object {
  const { outcome } = memory;
  if (!outcome || !isRemembered(outcome)) return { ...memory, outcome: null };
  const { order, result, savedId, conclusion } = outcome;
  return { ...memory, outcome: { ...order, result, savedId, conclusion } };
}

/** Whether a result is short enough to be kept over a reload. */
export function isRemembered({ result }: Outcome<ExperimentResult>): boolean {
  return lengthOf(result) <= MOST_REMEMBERED;
}

const lengths = new WeakMap<object, number>();

/** Characters of a result as JSON, counted once: the memory is packed often, and results do not change. */
function lengthOf(result: ExperimentResult): number {
  const length = lengths.get(result) ?? JSON.stringify(result).length;
  lengths.set(result, length);
  return length;
}

/** The inverse of `packMemory`; null for anything it did not make. */
export function unpackMemory<Result extends ExperimentResult>(
  value: unknown,
  read: (value: unknown) => Result | null,
): TabMemory<Result> | null {
  const parsed = v.safeParse(memorySchema, value);
  if (!parsed.success) return null;
  const { values, drawerOpen, folds, outcome } = parsed.output;
  const result = outcome && read(outcome.result);
  if (!result) return { values, drawerOpen, folds, outcome: null };
  const { model, toy, parameters, savedId, conclusion } = outcome;
  const order = { model, toy, parameters };
  return { values, drawerOpen, folds, outcome: { order, result, savedId, conclusion } };
}

/** Reads a value by its schema; null where it does not fit. */
export function parsedBy<Output>(
  schema: v.GenericSchema<unknown, Output>,
): (value: unknown) => Output | null {
  return (value) => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? parsed.output : null;
  };
}
