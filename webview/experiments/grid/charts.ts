/** Pictures of the Grid experiment: a heat map for every number that its cells have. */
import { axisX, axisY, cell, text } from '@observablehq/plot';
import { isGrowing, type GridCell, type GridResult } from '../../../src/experiments/grid/result';
import { axisLabel } from '../../../src/experiments/grid/axes';
import { cellName } from '../../../src/experiments/grid/report';
import { GRID_METRICS, type GridMetric } from '../../../src/experiments/grid/metrics';
import { t } from '../../../src/l10n/language';
import { fixed, rounded, written } from '../../../src/l10n/numbers';
import { TO_COME } from '../../../src/experiments/report/words';
import { full, percent, significant, thousands } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';

/** Steps of the colour scale. */
const STEPS = 7;

/** Ratio of the largest to the smallest value from which a scale is logarithmic. */
const WIDE = 50;

/** A place of the map; its index is that of its cell in the result, whether that has been reached or not. */
interface Field {
  readonly cell: GridCell | undefined;
  readonly row: number;
  readonly column: number;
  /** null where the cell has no such number, or none yet. */
  readonly value: number | null;
}

interface ValuedField extends Field {
  readonly cell: GridCell;
  readonly value: number;
}

const isValued = (field: Field): field is ValuedField => field.cell !== undefined && field.value !== null;

/** One heat map for every metric that at least one cell has, or can still get. */
export function gridPictures(result: GridResult): Picture[] {
  const { rows, columns, cells, samples } = result;
  const width = columns.values.length;
  const growing = isGrowing(result);
  return GRID_METRICS.flatMap((metric) => {
    const fields = Array.from({ length: rows.values.length * width }, (_, index): Field => {
      const found = cells[index];
      const value = found ? metric.of(found) : null;
      return { cell: found, row: Math.floor(index / width), column: index % width, value };
    });
    const toCome = growing && (samples > 0 || !metric.sampled);
    return toCome || fields.some(isValued) ? [heatMap(result, metric, fields)] : [];
  });
}

/** A value of a metric as people read it. */
export function metricText(metric: GridMetric, value: number): string {
  switch (metric.format) {
    case 'percent':
      return percent(value);
    case 'whole':
      return thousands(Math.round(value));
    default:
      return significant(value, 3);
  }
}

/** The same in four characters at most, for a narrow field; the field's card has all digits. */
function briefText(metric: GridMetric, value: number): string {
  if (metric.format === 'percent') {
    return t('{0}%', value > 0 && value < 0.005 ? '<1' : String(Math.round(value * 100)));
  }
  const size = Math.abs(value);
  if (size >= 1000) return `${Math.round(value / 1000)}k`;
  if (size >= 9.95) return written(Math.round(value));
  if (value > 0 && size < 0.05) return `<${written(0.1)}`;
  return size < 0.05 ? '0' : fixed(value, 1);
}

/**
 * The step of the colour scale that a value has, from 0 for the smallest to 6 for the largest. Values that differ
 * by a large factor are stepped by their logarithms. All steps are 0 where all values are the same.
 */
export function stepsOf(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = low > 0 && high / low > WIDE ? Math.log : (value: number): number => value;
  const range = scale(high) - scale(low);
  return (value) =>
    range > 0 ? Math.min(STEPS - 1, Math.floor(((scale(value) - scale(low)) / range) * STEPS)) : 0;
}

/** Stands in a field whose number is still to come. */
const PENDING = '…';

/** Pixels of a letter of a field's number. */
const LETTER = 7;

function heatMap(result: GridResult, metric: GridMetric, fields: readonly Field[]): Picture {
  const { rows, columns } = result;
  const valued = fields.filter(isValued);
  const growing = isGrowing(result);
  const step = stepsOf(valued.map(({ value }) => value));
  const said = (field: Field): string =>
    isValued(field)
      ? metricText(metric, field.value)
      : growing
        ? TO_COME
        : t({ message: 'none', comment: 'a number' });
  const label = (field: Field): string =>
    t('{0}: {1} {2}', cellName(result, field), metric.label, said(field));
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const left = 12 + Math.max(...rows.values.map((value) => tick(value).length), 4) * LETTER;
    const fieldWidth = (width - left - 8) / columns.values.length;
    const fieldHeight = Math.max(12, Math.min(40, 480 / rows.values.length));
    const fits = (text: (field: ValuedField) => string): boolean =>
      Math.max(1, ...valued.map((field) => text(field).length)) * LETTER + 4 <= fieldWidth;
    const brief = ({ value }: ValuedField): string => briefText(metric, value);
    const shown = fits(said) ? said : brief;
    const roomy = fits(shown) && fieldHeight >= 16;
    return {
      options: {
        height: Math.round(fieldHeight * rows.values.length) + 62,
        marginLeft: left,
        marginRight: 8,
        marginTop: 22,
        marginBottom: 40,
        x: { type: 'band', domain: columns.values.map((_, i) => i), padding: 0.04 },
        y: { type: 'band', domain: rows.values.map((_, i) => i), padding: 0.04 },
        marks: [
          axisX(someOf(columns.values, fieldWidth, 30), {
            label: `${axisLabel(columns)} →`,
            tickFormat: (i: number) => tick(columns.values[i]!),
            tickSize: 0,
            color: palette.quiet,
          }),
          axisY(someOf(rows.values, fieldHeight, 15), {
            label: null,
            tickFormat: (i: number) => tick(rows.values[i]!),
            tickSize: 0,
            color: palette.quiet,
          }),
          cell(fields, {
            className: 'cell',
            x: 'column',
            y: 'row',
            filter: (field: Field) => growing || isValued(field),
            fill: (field: Field) => (isValued(field) ? palette.tints[step(field.value)] : 'transparent'),
            stroke: palette.line,
          }),
          text([`↓ ${axisLabel(rows)}`], {
            frameAnchor: 'top-left',
            textAnchor: 'start',
            dx: -left + 4,
            dy: -16,
            fill: palette.quiet,
          }),
          text(roomy ? fields : [], {
            x: 'column',
            y: 'row',
            filter: (field: Field) => growing || isValued(field),
            text: (field: Field) => (isValued(field) ? shown(field) : PENDING),
            fill: (field: Field) => (isValued(field) ? palette.onTint : palette.quiet),
            pointerEvents: 'none',
          }),
        ],
      },
      marks: { cell: (i) => label(fields[i]!) },
    };
  };
  return {
    id: metric.id,
    title: metric.label,
    description: description(result, metric, valued),
    draw,
    card: (_, index) => {
      const field = fields[index];
      if (!field) return null;
      return field.cell ? fieldCard(result, metric, field.cell) : cardView(label(field), []);
    },
  };
}

function description(result: GridResult, metric: GridMetric, fields: readonly ValuedField[]): string {
  const ordered = [...fields].sort((a, b) => a.value - b.value);
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (!least || !most) return metric.explanation;
  const said = ({ cell: found, value }: ValuedField): readonly [string, string] => [
    metricText(metric, value),
    cellName(result, found),
  ];
  const range = t(
    'Lowest: {0} at {1}. Highest: {2} at {3}. Stronger colour means higher.',
    ...said(least),
    ...said(most),
  );
  return `${metric.explanation} ${range}`;
}

function fieldCard(result: GridResult, metric: GridMetric, found: GridCell): ReturnType<typeof cardView> {
  const known = GRID_METRICS.flatMap((other) => {
    const value = other.of(found);
    return value === null ? [] : [[other.label, metricText(other, value), full(value)] as const];
  });
  return cardView(cellName(result, found), known, metric.explanation);
}

/** A value of a side as its tick. */
function tick(value: number): string {
  return rounded(value, 4);
}

/** Indices of the values whose ticks have room. */
function someOf(values: readonly number[], room: number, needed: number): number[] {
  const every = Math.ceil(needed / room);
  return values.map((_, i) => i).filter((i) => i % every === 0);
}
