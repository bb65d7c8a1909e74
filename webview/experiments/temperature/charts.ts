/** Pictures of the Temperature experiment. */
import { areaY, axisX, axisY, dot, gridY, line, link, ruleY, text, type Markish } from '@observablehq/plot';
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { visibleToken } from '../../../src/core/visibleText';
import { isInside, quoted } from '../../../src/experiments/temperature/words';
import type { TemperatureResult, TemperatureRow } from '../../../src/experiments/temperature/result';
import { count, full, percent, significant, thousands } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import { axisNumber, axisPercent, logTicks, temperatureLabel } from '../../ui/axes';
import { spread } from '../../ui/labels';
import type { Frame, Picture } from '../../ui/picture';
import { listedPicture } from './listedChart';
import { drawnLines } from './drawnLines';
import { HEIGHT, MOST_DECADES, nice, RARE } from './scale';

interface Point {
  readonly t: number;
  readonly p: number;
}

export function temperaturePictures(result: TemperatureResult, earlier: TemperatureResult | null): Picture[] {
  if (result.listed) return [listedPicture(result, result.listed)];
  // Limits are no curve to lay beside this one.
  const beside = earlier?.listed ? null : earlier;
  return result.rows.length === 0 ? [] : [curvePicture(result, beside), entropyPicture(result)];
}

function curvePicture(result: TemperatureResult, earlier: TemperatureResult | null): Picture {
  const { curve, rows } = result;
  const name = quoted(result);
  const target = points(curve.temperatures, curve.target);
  const others = curve.tokens.map(({ token, probabilities }) => ({
    name: visibleToken(token.text),
    points: points(curve.temperatures, probabilities),
  }));
  const largest = Math.max(...curve.target);
  const logarithmic = largest < RARE;
  const least = Math.max(
    Math.min(...curve.target.filter((p) => p > 0), largest),
    largest / 10 ** MOST_DECADES,
    Number.MIN_VALUE,
  );
  const domain: [number, number] = logarithmic ? [least, 1] : [0, nice(highest(result, others, earlier))];
  const shown = (list: readonly Point[]): Point[] =>
    logarithmic ? list.filter(({ p }) => p >= domain[0]) : [...list];
  const clamp = (p: number): number => Math.max(p, domain[0]);

  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const narrow = width < 520;
    const labels = spread(
      others.map(({ name: label, points: list }) => ({ label, points: shown(list) })),
      shown(target),
      { domain, logarithmic, width, height: HEIGHT },
    );
    const marks: Markish[] = [
      gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
      axisX(logTicks(curve.temperatures), {
        label: temperatureLabel,
        text: written,
        color: palette.quiet,
      }),
      axisY({ label: t('probability'), tickFormat: axisPercent, ticks: 5, color: palette.quiet }),
      ruleY([clamp(result.limits.infinity.probability)], {
        stroke: palette.first,
        strokeDasharray: '2 4',
        strokeOpacity: 0.9,
      }),
      ...others.map(({ points: list }) =>
        line(shown(list), { x: 't', y: 'p', stroke: palette.quiet, strokeWidth: 1, strokeOpacity: 0.75 }),
      ),
      text(labels, { x: 't', y: 'p', text: 'label', fill: palette.quiet, dy: -7, fontFamily: palette.code }),
      ...(earlier ? [...earlierMarks(earlier, shown, clamp, palette.second)] : []),
      line(shown(target), { x: 't', y: 'p', stroke: palette.first, strokeWidth: 2.5 }),
      link(rows, {
        x: 'temperature',
        y1: (row: TemperatureRow) => clamp(row.low),
        y2: (row: TemperatureRow) => clamp(row.high),
        stroke: palette.text,
        strokeWidth: 1.5,
      }),
      dot(rows, {
        className: 'sample',
        x: 'temperature',
        y: (row: TemperatureRow) => clamp(row.count / row.draws),
        r: 4,
        fill: (row: TemperatureRow) => (isInside(row) ? palette.page : palette.text),
        stroke: palette.text,
        strokeWidth: 1.5,
      }),
      dot(shown(target), { className: 'point', x: 't', y: 'p', r: 6, fill: 'transparent', stroke: 'none' }),
    ];
    return {
      options: {
        height: HEIGHT,
        marginLeft: narrow ? 46 : 56,
        marginRight: 16,
        marginTop: 24,
        marginBottom: 40,
        x: { type: 'log' },
        y: { type: logarithmic ? 'log' : 'linear', domain },
        marks,
      },
      marks: {
        sample: (i) => sampleLabel(rows[i]!),
        point: (i) => t('T {0}: exactly {1}', significant(target[i]!.t), percent(target[i]!.p)),
      },
    };
  };
  return {
    id: 'curve',
    title: t('How often {0} is drawn', name),
    description: [
      t(
        'Line: exact probability of {0} at every temperature. Circles: its share of {1}, with Wilson 95 % intervals; filled where outside the exact interval. Thin lines: the most probable tokens. Dotted: the limit for T → ∞.',
        name,
        count(rows[0]!.draws, '{0} draw', '{0} draws'),
      ),
      ...(earlier ? [t('Second colour: the earlier result.')] : []),
      ...(logarithmic ? [t('The probability axis is logarithmic.')] : []),
    ].join(' '),
    draw,
    card: (mark, index) => {
      if (mark === 'point') {
        const point = target[index];
        return point
          ? cardView(t('{0} at T = {1}', name, significant(point.t)), [
              [t('exact'), percent(point.p), full(point.p)],
            ])
          : null;
      }
      const row = rows[index];
      return row ? sampleCard(row, name) : null;
    },
  };
}

function sampleLabel(row: TemperatureRow): string {
  return t(
    'T {0}: drawn {1} of {2}, exactly {3}',
    written(row.temperature),
    thousands(row.count),
    thousands(row.draws),
    percent(row.probability),
  );
}

function sampleCard(row: TemperatureRow, name: string): ReturnType<typeof cardView> {
  const { temperature, probability } = row;
  return cardView(
    t('{0} at T = {1}', name, written(temperature)),
    [[t('exact'), percent(probability), full(probability)], ...drawnLines(row)],
    t(
      'Interval: 95 % Wilson interval of the probability. Expected: the exact range of counts in 95 of 100 such runs.',
    ),
  );
}

function earlierMarks(
  { curve, rows }: TemperatureResult,
  shown: (list: readonly Point[]) => Point[],
  clamp: (p: number) => number,
  colour: string,
): Markish[] {
  return [
    line(shown(points(curve.temperatures, curve.target)), { x: 't', y: 'p', stroke: colour, strokeWidth: 2 }),
    dot(rows, {
      x: 'temperature',
      y: (row: TemperatureRow) => clamp(row.count / row.draws),
      r: 3,
      stroke: colour,
    }),
  ];
}

function points(temperatures: readonly number[], probabilities: readonly number[]): Point[] {
  return temperatures.map((temperature, i) => ({ t: temperature, p: probabilities[i]! }));
}

/** The largest value that is drawn. */
function highest(
  result: TemperatureResult,
  others: readonly { readonly points: readonly Point[] }[],
  earlier: TemperatureResult | null,
): number {
  return Math.max(
    ...result.curve.target,
    ...result.rows.map(({ high }) => high),
    ...others.flatMap(({ points: list }) => list.map(({ p }) => p)),
    ...(earlier?.curve.target ?? []),
  );
}

function entropyPicture({ curve, rows, vocabularySize, limits }: TemperatureResult): Picture {
  const line1 = points(curve.temperatures, curve.entropy);
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => ({
    options: {
      height: 200,
      marginLeft: width < 520 ? 46 : 56,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 40,
      x: { type: 'log' },
      y: { domain: [0, limits.infinity.entropy * 1.05] },
      marks: [
        gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 4 }),
        axisX(logTicks(curve.temperatures), {
          label: temperatureLabel,
          text: written,
          color: palette.quiet,
        }),
        axisY({ label: t('entropy in nats'), tickFormat: axisNumber, ticks: 4, color: palette.quiet }),
        areaY(line1, { x: 't', y: 'p', fill: palette.first, fillOpacity: 0.12 }),
        line(line1, { x: 't', y: 'p', stroke: palette.first, strokeWidth: 2 }),
        ruleY([limits.infinity.entropy], { stroke: palette.first, strokeDasharray: '2 4' }),
        dot(rows, {
          className: 'entropy',
          x: 'temperature',
          y: 'entropy',
          r: 4,
          fill: palette.page,
          stroke: palette.text,
          strokeWidth: 1.5,
        }),
      ],
    },
    marks: {
      entropy: (i) => t('T {0}: {1} nats', written(rows[i]!.temperature), significant(rows[i]!.entropy)),
    },
  });
  const [first, last] = [rows[0]!, rows.at(-1)!];
  return {
    id: 'entropy',
    title: t('How uncertain the next token is'),
    description: t(
      'Entropy of the next token: {0} nats at T = {1}, {2} at T = {3}; dotted: ln {4} = {5}, the maximum.',
      significant(first.entropy),
      written(first.temperature),
      significant(last.entropy),
      written(last.temperature),
      thousands(vocabularySize),
      significant(limits.infinity.entropy),
    ),
    draw,
    card: (_, index) => {
      const row = rows[index];
      if (!row) return null;
      return cardView(`T = ${written(row.temperature)}`, [
        [t('entropy'), t('{0} nats', significant(row.entropy, 4)), full(row.entropy)],
        [t('in bits'), t('{0} bits', significant(row.entropy / Math.LN2, 4)), full(row.entropy / Math.LN2)],
        [t('effective vocabulary'), significant(Math.exp(row.entropy), 4), full(Math.exp(row.entropy))],
      ]);
    },
  };
}
