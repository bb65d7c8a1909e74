/** Pictures of the Methods experiment: how methods measure up, and what each draws the next token from. */
import {
  axisX,
  axisY,
  barX,
  dot,
  gridX,
  ruleX,
  ruleY,
  text,
  type Markish,
  type TextOptions,
} from '@observablehq/plot';
import {
  namesToCome,
  type MethodMeasure,
  type MethodResult,
  type MethodsResult,
} from '../../../src/experiments/methods/result';
import { t } from '../../../src/l10n/language';
import { clauses, lowered } from '../../../src/l10n/numbers';
import { shownName } from '../../../src/experiments/methods/list';
import { TO_COME } from '../../../src/experiments/report/words';
import { visibleToken } from '../../../src/core/visibleText';
import {
  measureInfos,
  measureOfMethod,
  type MethodMeasureInfo,
} from '../../../src/experiments/methods/measures';
import { count, full, percent, significant } from '../../format/numbers';
import { cardView, type CardLine } from '../../ui/cardView';
import { axisPercent } from '../../ui/axes';
import type { Palette } from '../../ui/palette';
import type { Frame, Picture } from '../../ui/picture';

/** Measures with a picture of their own; all have their numbers in the table. */
const PICTURED = 4;

/** Tokens of a distribution that have a bar. */
const TOKENS = 8;

export function methodsPictures(given: MethodsResult): Picture[] {
  const result = withShownNames(given);
  const measured = measureInfos(result.form)
    .slice(0, PICTURED)
    .flatMap((info) => measurePicture(result, info));
  return [...measured, ...(result.form === 'tokens' ? distributionPicture(result) : [])];
}

/** The result with its methods named as people see them. */
function withShownNames(result: MethodsResult): MethodsResult {
  const methods = result.methods.map((method) => ({ ...method, name: shownName(method.name) }));
  return { ...result, methods };
}

interface Row {
  readonly name: string;
  readonly method: MethodResult;
  readonly measure: MethodMeasure;
  readonly value: number;
}

function shown(info: MethodMeasureInfo, value: number): string {
  return info.format === 'percent' ? percent(value) : t('{0} nats', significant(value));
}

/** Whether values are one but for rounding. */
function isPoint(values: readonly number[]): boolean {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most));
}

/** The ends of an axis on which values stand: around a single one there is room, so that the axis has ticks. */
function padded(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!isPoint(values)) return [least, most];
  const room = Math.abs(least) * 0.1 || 1;
  return [least - room, most + room];
}

/** Pixels of a letter. */
const LETTER = 7;

function measurePicture(result: MethodsResult, info: MethodMeasureInfo): Picture[] {
  const rows = result.methods.flatMap((method): Row[] => {
    const measure = measureOfMethod(method, info.id);
    return measure ? [{ name: method.name, method, measure, value: measure.mean }] : [];
  });
  const toCome = namesToCome(result);
  // Before the first method is done, every measure may still come; but without numbers there is no other axis.
  const none = toCome.length < result.methods.length || info.format !== 'percent';
  if (rows.length === 0 && none) return [];
  const names = result.methods.flatMap(({ name }) =>
    toCome.includes(name) || rows.some((row) => row.name === name) ? [name] : [],
  );
  const exact = rows.filter(({ measure }) => measure.exact !== null);
  const intervals = rows.filter(
    ({ measure: { low, high } }) => low !== null && high !== null && !isPoint([low, high]),
  );
  const percentages = info.format === 'percent';
  // An interval of Student's may reach beyond what there can be: shares end at 0 and 1, log-probabilities at 0.
  const within = (value: number | null): number =>
    Math.min(percentages ? 1 : 0, Math.max(percentages ? 0 : -Infinity, value!));
  const extent = [
    ...rows.flatMap(({ value, measure: { exact: expected } }) =>
      expected === null ? [value] : [value, expected],
    ),
    ...intervals.flatMap(({ measure: { low, high } }) => [within(low), within(high)]),
  ];
  const label = ({ name, measure: { low, high, exact: expected }, value }: Row): string =>
    [
      t('{0}: {1}', name, shown(info, value)),
      ...(low === null || high === null
        ? []
        : [t('95 % interval {0} to {1}', shown(info, low), shown(info, high))]),
      ...(expected === null ? [] : [t('exactly {0}', shown(info, expected))]),
    ].join(', ');
  const legend = [
    t('Dot: mean over the trials'),
    ...(intervals.length > 0 ? [t('line: 95 % interval')] : []),
    ...(exact.length > 0 ? [t('diamond: the exact expectation')] : []),
  ];
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const left = Math.min(width / 3, 16 + Math.max(...names.map(({ length }) => length)) * LETTER);
    return {
      options: {
        height: 50 + names.length * 26,
        marginLeft: left,
        marginRight: 24,
        marginTop: 6,
        marginBottom: 38,
        x: { domain: percentages ? [0, 1] : padded(extent), nice: !percentages },
        y: { type: 'band', domain: names, padding: 0.3, label: null },
        marks: [
          gridX({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
          axisX({
            label: t('{0} →', lowered(info.label)),
            ticks: 5,
            ...(percentages && { tickFormat: axisPercent }),
            color: palette.quiet,
          }),
          axisY({ label: null, tickSize: 0, color: palette.text, lineWidth: left / 12 }),
          ...(percentages ? [ruleX([0], { stroke: palette.line })] : []),
          ruleY(intervals, {
            x1: ({ measure }: Row) => within(measure.low),
            x2: ({ measure }: Row) => within(measure.high),
            y: 'name',
            stroke: palette.first,
            strokeWidth: 3,
            strokeOpacity: 0.5,
          }),
          dot(rows, { className: 'mean', x: 'value', y: 'name', r: 5, fill: palette.first }),
          dot(exact, {
            x: ({ measure }: Row) => measure.exact,
            y: 'name',
            symbol: 'diamond2',
            r: 5,
            stroke: palette.second,
            strokeWidth: 2,
            pointerEvents: 'none',
          }),
          pendingMark(toCome, palette, { y: (name: string) => name }),
        ],
      },
      marks: { mean: (i) => label(rows[i]!) },
    };
  };
  return [
    {
      id: info.id,
      title: info.label,
      description: [info.explanation, t('{0}.', clauses(legend))].join(' '),
      draw,
      card: (_, index) => {
        const row = rows[index];
        return row ? measureCard(info, row) : null;
      },
    },
  ];
}

function measureCard(info: MethodMeasureInfo, { name, measure }: Row): ReturnType<typeof cardView> {
  const { exact, mean, low, high, values } = measure;
  const line = (what: string, value: number | null): CardLine[] =>
    value === null ? [] : [[what, shown(info, value), full(value)]];
  return cardView(
    t('{0}: {1}', name, info.label),
    [
      ...line(t({ message: 'mean', comment: 'of trials' }), mean),
      ...line(t({ message: 'from', comment: 'end of an interval' }), low),
      ...line(t({ message: 'to', comment: 'end of an interval' }), high),
      ...line(t({ message: 'exact', comment: 'value' }), exact),
      [t('trials'), String(values.length), String(values.length)],
    ],
    info.explanation,
  );
}

/** In the rows of methods that are still to come. */
function pendingMark(names: readonly string[], palette: Palette, place: TextOptions): Markish {
  return text(names, {
    ...place,
    text: () => TO_COME,
    frameAnchor: 'left',
    textAnchor: 'start',
    dx: 8,
    fill: palette.quiet,
    fontStyle: 'italic',
  });
}

interface Bar {
  readonly name: string;
  readonly token: string;
  readonly raw: number;
  readonly processed: number;
  readonly drawn: number | null;
}

/** What each method draws from: a small chart of bars for each, one below the other. */
function distributionPicture(result: MethodsResult): Picture[] {
  const { methods, samples, trials } = result;
  const toCome = namesToCome(result);
  const known = methods.flatMap(({ name, next }) => (next ? [{ name, next }] : []));
  if (known.length === 0) return [];
  const bars = known.flatMap(({ name, next }): Bar[] =>
    next.top.slice(0, TOKENS).map(({ token, raw, processed, count: drawn }) => ({
      name,
      token: visibleToken(token.text),
      raw,
      processed,
      drawn: drawn === null ? null : drawn / (samples * trials),
    })),
  );
  const names = methods.flatMap(({ name, next }) => (next || toCome.includes(name) ? [name] : []));
  const tokens = [...new Set(bars.map(({ token }) => token))];
  const label = ({ name, token, raw, processed, drawn }: Bar): string => {
    const values = [name, token, percent(processed), percent(raw)];
    return drawn === null
      ? t('{0}, “{1}”: {2} after samplers, {3} before', ...values)
      : t('{0}, “{1}”: {2} after samplers, {3} before, drawn {4}', ...values, percent(drawn));
  };
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const left = 16 + Math.min(14, Math.max(...tokens.map(({ length }) => length))) * LETTER;
    const right = Math.min(width / 4, 16 + Math.max(...names.map(({ length }) => length)) * LETTER);
    const drawn = bars.filter((bar) => bar.drawn !== null);
    return {
      options: {
        height: 46 + names.length * (tokens.length * 16 + 10),
        marginLeft: left,
        marginRight: right,
        marginTop: 6,
        marginBottom: 38,
        x: { domain: [0, 1] },
        y: { type: 'band', domain: tokens, label: null, padding: 0.15 },
        fy: { axis: null, domain: names, padding: 0.08 },
        marks: [
          axisX({ label: t('probability →'), tickFormat: axisPercent, ticks: 5, color: palette.quiet }),
          axisY({ label: null, tickSize: 0, color: palette.text, fontFamily: palette.code }),
          barX(bars, {
            x: 'raw',
            y: 'token',
            fy: 'name',
            stroke: palette.quiet,
            fill: 'none',
            insetTop: 1,
            insetBottom: 1,
          }),
          barX(bars, {
            className: 'token',
            x: 'processed',
            y: 'token',
            fy: 'name',
            fill: palette.first,
            insetTop: 3,
            insetBottom: 3,
          }),
          dot(drawn, { x: 'drawn', y: 'token', fy: 'name', r: 3, fill: palette.second }),
          text(names, {
            fy: (name: string) => name,
            text: (name: string) => name,
            frameAnchor: 'right',
            dx: right - 8,
            textAnchor: 'end',
            fill: palette.text,
          }),
          pendingMark(toCome, palette, { fy: (name: string) => name }),
        ],
      },
      marks: { token: (i) => label(bars[i]!) },
    };
  };
  return [
    {
      id: 'distributions',
      title: t('What each method draws from'),
      description: t(
        'Outline: probability before samplers; solid: after samplers; dot: share of {0}. Tokens without a solid bar cannot be drawn.',
        count(samples * trials, '{0} draw', '{0} draws'),
      ),
      draw,
      card: (_, index) => {
        const bar = bars[index];
        if (!bar) return null;
        return cardView(t('{0}: “{1}”', bar.name, bar.token), [
          [t({ message: 'before', comment: 'the samplers' }), percent(bar.raw), full(bar.raw)],
          [t({ message: 'after', comment: 'the samplers' }), percent(bar.processed), full(bar.processed)],
          ...(bar.drawn === null
            ? []
            : [
                [
                  t({ message: 'drawn', comment: 'its share of the draws' }),
                  percent(bar.drawn),
                  full(bar.drawn),
                ] as const,
              ]),
        ]);
      },
    },
  ];
}
