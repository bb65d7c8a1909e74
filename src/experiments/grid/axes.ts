/** The two sides of a grid: any numbers of any samplers, and the chains that their values make. */
import { catalog, definitionOf } from '../../core/samplers/catalog';
import { parseSampler, type ChainSpec } from '../../core/samplers/chain';
import { checkParameter, type NumberParameter } from '../../core/samplers/parameters';
import { inHuggingFaceOrder } from '../../core/samplers/presets';
import { t } from '../../l10n/language';
import type { GridAxis } from './result';
import { listOf, parameterObject, show, textValue } from '../kit/checks';

/** A number of a sampler that can be varied. */
export interface AxisChoice {
  readonly sampler: string;
  readonly parameter: string;
  /** `Temperature`, `Top-k`, `DRY: base`. */
  readonly label: string;
  readonly description: NumberParameter;
}

const isNumeric = (parameter: { readonly kind: string }): parameter is NumberParameter =>
  parameter.kind === 'number' || parameter.kind === 'integer';

/**
 * Everything that can stand along a side, in the catalog's order. A cell has its sampler's defaults otherwise, so a
 * sampler that must be told a token of the model has none.
 */
export const AXIS_CHOICES: readonly AxisChoice[] = catalog.flatMap(({ name, about }) => {
  const numbers = about.parameters.filter(isNumeric).filter(({ optional }) => !optional);
  if (numbers.some(({ token }) => token !== undefined)) return [];
  return numbers.map((description) => ({
    sampler: name,
    parameter: description.name,
    label: numbers.length === 1 ? about.label : t('{0}: {1}', about.label, description.label),
    description,
  }));
});

export function axisChoice({ sampler, parameter }: Pick<GridAxis, 'sampler' | 'parameter'>): AxisChoice {
  const found = AXIS_CHOICES.find((choice) => choice.sampler === sampler && choice.parameter === parameter);
  if (found) return found;
  const known = AXIS_CHOICES.map((choice) => `${choice.sampler} ${choice.parameter}`).join(', ');
  throw new RangeError(t('A grid cannot vary {0}; it can vary {1}.', show(`${sampler} ${parameter}`), known));
}

/** The name of a side for people, where it stands alone. */
export function axisLabel(axis: Pick<GridAxis, 'sampler' | 'parameter'>): string {
  return axisChoice(axis).label;
}

export type Side = 'rows' | 'columns';

/** What a side and its parts are called where a sentence begins; the first within one. */
const SIDES: Readonly<Record<Side, Readonly<Record<'within' | 'name' | 'sampler' | 'parameter', string>>>> = {
  rows: {
    within: t('the rows'),
    name: t('The rows'),
    sampler: t('The sampler of the rows'),
    parameter: t('The parameter of the rows'),
  },
  columns: {
    within: t('the columns'),
    name: t('The columns'),
    sampler: t('The sampler of the columns'),
    parameter: t('The parameter of the columns'),
  },
};

/** Where a sentence begins: `The rows`. */
export function sideName(side: Side): string {
  return SIDES[side].name;
}

/**
 * Reads one side.
 * @throws RangeError naming the side, the value and the allowed range.
 */
export function parseAxis(side: Side, value: unknown): GridAxis {
  const words = SIDES[side];
  const given = parameterObject(words.within, value);
  const sampler = textValue(words.sampler, given['sampler']);
  const parameter = textValue(words.parameter, given['parameter']);
  const { description, label } = axisChoice({ sampler, parameter });
  const values = listOf(`${words.name} (${label})`, given['values'], MOST_CELLS, (entry) => {
    checkParameter(sampler, description, entry);
    return entry as number;
  });
  return { sampler, parameter, values };
}

/** Cells of the largest grid. */
export const MOST_CELLS = 10_000;

/**
 * The chain of a cell: both samplers in Hugging Face's order, or one where both sides are numbers of the same.
 * Parameters that are on no side have the catalog's defaults.
 * @throws RangeError where the two values do not go together.
 */
export function cellChain(rows: GridAxis, row: number, columns: GridAxis, column: number): ChainSpec {
  const steps = new Map<string, Record<string, unknown>>();
  for (const [axis, index] of [
    [rows, row],
    [columns, column],
  ] as const) {
    const step = steps.get(axis.sampler) ?? defaultSpec(axis.sampler);
    step[axis.parameter] = axis.values[index]!;
    steps.set(axis.sampler, step);
  }
  return inHuggingFaceOrder([...steps.values()].map(parseSampler));
}

function defaultSpec(sampler: string): Record<string, unknown> {
  const { about } = definitionOf(sampler);
  const needed = about.parameters.filter(({ optional }) => !optional);
  return { sampler, ...Object.fromEntries(needed.map((parameter) => [parameter.name, parameter.default])) };
}
