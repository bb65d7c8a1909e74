/** The picture of Temperature where the model's server lists only some tokens: limits instead of a curve. */
import { areaY, axisX, axisY, dot, gridY, line, link } from '@observablehq/plot';
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import type {
  ListedRow,
  ListedTemperature,
  TemperatureResult,
} from '../../../src/experiments/temperature/result';
import { isInside, limitWords, quoted } from '../../../src/experiments/temperature/words';
import { count, full, percent, significant, thousands } from '../../format/numbers';
import { axisPercent, logTicks, temperatureLabel } from '../../ui/axes';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';
import { drawnLines } from './drawnLines';
import { HEIGHT, MOST_DECADES, nice, RARE } from './scale';

interface Span {
  readonly t: number;
  readonly least: number;
  readonly most: number;
}

export function listedPicture(result: TemperatureResult, { rows, curve }: ListedTemperature): Picture {
  const name = quoted(result);
  const spans = curve.temperatures.map((temperature, i): Span => ({
    t: temperature,
    least: curve.least[i]!,
    most: curve.most[i]!,
  }));
  const drawn = rows.filter(({ draws }) => draws > 0);
  const largest = Math.max(...curve.most, Number.MIN_VALUE);
  const logarithmic = largest < RARE;
  const least = Math.max(
    Math.min(...curve.least.filter((p) => p > 0), largest),
    largest / 10 ** MOST_DECADES,
    Number.MIN_VALUE,
  );
  const domain: [number, number] = logarithmic
    ? [least, 1]
    : [0, nice(Math.max(largest, ...drawn.map(({ high }) => high)))];
  const clamp = (p: number): number => Math.max(p, domain[0]);

  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => ({
    options: {
      height: HEIGHT,
      marginLeft: width < 520 ? 46 : 56,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 40,
      x: { type: 'log' },
      y: { type: logarithmic ? 'log' : 'linear', domain },
      marks: [
        gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
        axisX(logTicks(curve.temperatures), { label: temperatureLabel, text: written, color: palette.quiet }),
        axisY({ label: t('probability'), tickFormat: axisPercent, ticks: 5, color: palette.quiet }),
        areaY(spans, {
          x: 't',
          y1: ({ least }: Span) => clamp(least),
          y2: ({ most }: Span) => clamp(most),
          fill: palette.first,
          fillOpacity: 0.18,
        }),
        line(spans, {
          x: 't',
          y: ({ least }: Span) => clamp(least),
          stroke: palette.first,
          strokeWidth: 1.5,
        }),
        line(spans, { x: 't', y: ({ most }: Span) => clamp(most), stroke: palette.first, strokeWidth: 1.5 }),
        link(drawn, {
          x: 'temperature',
          y1: ({ low }: ListedRow) => clamp(low),
          y2: ({ high }: ListedRow) => clamp(high),
          stroke: palette.text,
          strokeWidth: 1.5,
        }),
        dot(drawn, {
          className: 'sample',
          x: 'temperature',
          y: (row: ListedRow) => clamp(row.count / row.draws),
          r: 4,
          fill: (row: ListedRow) => (isInside(row) ? palette.page : palette.text),
          stroke: palette.text,
          strokeWidth: 1.5,
        }),
        dot(spans, {
          className: 'point',
          x: 't',
          y: ({ most }: Span) => clamp(most),
          r: 6,
          fill: 'transparent',
          stroke: 'none',
        }),
      ],
    },
    marks: {
      sample: (i) => {
        const { temperature, count: times, draws, least: from, most } = drawn[i]!;
        return t(
          'T {0}: drawn {1} of {2}, probability {3}',
          written(temperature),
          thousands(times),
          thousands(draws),
          limitWords(from, most),
        );
      },
      point: (i) =>
        t('T {0}: probability {1}', significant(spans[i]!.t), limitWords(spans[i]!.least, spans[i]!.most)),
    },
  });
  const circles = drawn[0]
    ? [
        t(
          'Circles: its share of {0}, with Wilson 95 % intervals; filled where outside what these limits give.',
          count(drawn[0].draws, '{0} draw', '{0} draws'),
        ),
      ]
    : [];
  return {
    id: 'curve',
    title: t('How often {0} is drawn', name),
    description: [
      t(
        'Band: between its two lines lies the probability of {0} at every temperature; they meet at T = 1, where it is exact.',
        name,
      ),
      ...circles,
      ...(logarithmic ? [t('The probability axis is logarithmic.')] : []),
    ].join(' '),
    draw,
    card: (mark, index) => {
      const row = mark === 'sample' ? drawn[index] : undefined;
      if (row) return sampleCard(row, name);
      const span = mark === 'point' ? spans[index] : undefined;
      return span ? cardView(t('{0} at T = {1}', name, significant(span.t)), limitLines(span)) : null;
    },
  };
}

function limitLines({ least, most }: Pick<Span, 'least' | 'most'>): [string, string, string][] {
  return [
    [t('at least'), percent(least), full(least)],
    [t('at most'), percent(most), full(most)],
  ];
}

function sampleCard(row: ListedRow, name: string): ReturnType<typeof cardView> {
  return cardView(
    t('{0} at T = {1}', name, written(row.temperature)),
    [...limitLines(row), ...drawnLines(row)],
    t(
      'Interval: 95 % Wilson interval of the probability. Expected: the counts in 95 of 100 such runs, for the least and the greatest probability.',
    ),
  );
}
