import { html, nothing, type TemplateResult } from 'lit';
import type { ReportOf, ReportTable } from '../../src/experiments/report/types';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { t } from '../../src/l10n/language';
import type { Term } from '../ui/glossary';
import type { Picture } from '../ui/picture';
import type { FieldGroup, FormValues } from '../form/form';
import type { LiveRun } from './live';
import type { Stale } from './order';
import type { Lane } from './queue';
import type { Order, Outcome } from './record';

/** What the button says that runs where a page says nothing else, and its `data-testid`. */
export const RUN = { label: t('Run'), hook: 'run' };

/** What one experiment adds to the tab that all experiments share (`experimentTab.ts`). */
export interface ExperimentPage<Result extends ExperimentResult> {
  /** Id of the tab, and name of the experiment in the engine and in the history. */
  readonly id: string;
  readonly title: string;
  /** What the tab answers, and what will stand here after a run: for the empty tab. */
  readonly question: string;
  readonly promise: string;
  /** What its words mean that no other experiment has. */
  readonly terms?: Readonly<Record<string, Term>>;
  /** Keys of the glossary's entries that explain the measures of its answer. */
  readonly measures?: readonly string[];
  readonly groups: readonly FieldGroup[];
  /** True where the toy vocabulary can do nothing, because its logits do not depend on a text. */
  readonly needsText?: boolean;
  /** Why the chosen model cannot do it: stands in the place of the controls; null where it can. */
  readonly unavailable?: () => string | null;
  /**
   * Gets what a run needs beside the controls, before its parameters are asked for: a text, for example.
   * @throws RequestError, with code `stopped` where the user does not want to run after all.
   */
  readonly prepare?: (values: FormValues) => Promise<void>;
  /**
   * The parameters of a run, checked by the experiment's own `parse`.
   * @throws RangeError with a sentence for people.
   */
  readonly parameters: (values: FormValues, prompt: string) => { readonly prompt: string };
  /** Ids of the models beside the chosen one, where the experiment compares some. */
  readonly others?: (parameters: unknown) => readonly string[];
  /** The inverse: what the form shows for parameters; fields left out stay as they are. */
  readonly values: (parameters: unknown) => FormValues;
  /** The controls in one line, for the folded drawer. */
  readonly line: (values: FormValues) => string;
  /** Controls that are never folded away. */
  readonly quick?: (values: FormValues) => TemplateResult;
  /** The result where it is one that this version can draw; null for anything else. */
  readonly read: (value: unknown) => Result | null;
  readonly report: ReportOf<Result>;
  /** @param earlier the result that it is compared with, to be drawn in the second colour */
  readonly pictures: (result: Result, earlier: Result | null) => readonly Picture[];
  /** What shows the answer at a glance, under its first sentence; the first picture where left out. */
  readonly lead?: (shown: ShownParts<Result>, values: FormValues) => TemplateResult | typeof nothing;
  /** What stands between the answer and the tables; the other pictures, in their order, where left out. */
  readonly view?: (shown: ShownParts<Result>, values: FormValues) => TemplateResult;
  /** Why a result with these parameters is not run again by itself; null where it can be. */
  readonly noReplay?: (parameters: unknown) => string | null;
  /** Asked for at the beginning of every run: what is made of its events while it goes on. */
  readonly live?: (order: Order, isReplay: boolean) => LiveRun<Result>;
  /** A stopped run puts things in order first, and is shown to stop until that is done. */
  readonly keepsOnStop?: boolean;
  /** True of a stopped run's result in which there is nothing to see: the last one stays in its place. */
  readonly isEmpty?: (result: Result) => boolean;
  /** Whether what came of a run that gave no result is on screen. */
  readonly showsPart?: (order: Order) => boolean;
  /** A result comes on screen that was not run just now, with these parameters; undefined where none does. */
  readonly opened?: (parameters?: unknown) => void;
  /** What the button says that runs, and its `data-testid`; `RUN` where left out. */
  readonly verb?: { readonly label: string; readonly hook: string };
  /** The toy's table stands open among the controls. */
  readonly toyUnfolded?: boolean;
  /** Where everything stands; the answer and what belongs to it in one column where left out. */
  readonly layout?: (pieces: Pieces<Result>) => TemplateResult;
  /** What produced the result on screen, in other words than those of all. */
  readonly footer?: () => TemplateResult | typeof nothing;
  /** What its runs wait for; the long ones of others where left out. */
  readonly lane?: Lane;
  /** A user must agree before a run: the question to ask; null to run at once. */
  readonly confirm?: (parameters: unknown) => string | null;
  /** What a card says about a `data-card` reference of the page's own; null for references of others. */
  readonly card?: (kind: string, rest: readonly string[], result: Result) => TemplateResult | null;
}

/** What a page with a layout of its own arranges. */
export interface Pieces<Result extends ExperimentResult> {
  readonly form: TemplateResult;
  /** The last result, and its parts; null before there is one. */
  readonly outcome: Outcome<Result> | null;
  readonly parts: ShownParts<Result> | null;
  /**
   * Whether what came of an order belongs to other controls, another prompt or another model; null where not.
   * @param modelName of the order's model, for people
   */
  readonly stale: (order: Order, modelName: string) => Stale | null;
  /** Says so, where it is looked at; nothing for null. */
  readonly staleMark: (stale: Stale | null) => TemplateResult | typeof nothing;
  /** What can be done with it. @param growing it is not whole yet */
  readonly bar: (growing: boolean) => TemplateResult;
  readonly historyButton: TemplateResult;
  /** The saved results, while they are shown. */
  readonly history: TemplateResult | typeof nothing;
  readonly comparison: TemplateResult | typeof nothing;
  readonly conclusion: TemplateResult | typeof nothing;
}

/** A result on screen, and the parts of it that a page may arrange. */
export interface ShownParts<Result> {
  readonly result: Result;
  readonly earlier: Result | null;
  readonly pictures: readonly Picture[];
  readonly tables: readonly ReportTable[];
  /** Adds to the reader's conclusion, which goes into the report. */
  readonly conclude: (text: string) => void;
  /** @param head in the place of its title */
  readonly figure: (picture: Picture, head?: TemplateResult) => TemplateResult;
  readonly table: (table: ReportTable) => TemplateResult;
}

/** Pictures one under another. */
export function figuresView<Result>(
  { figure }: ShownParts<Result>,
  pictures: readonly Picture[],
): TemplateResult | typeof nothing {
  return pictures.length === 0
    ? nothing
    : html`<div class="figures">${pictures.map((picture) => figure(picture))}</div>`;
}
