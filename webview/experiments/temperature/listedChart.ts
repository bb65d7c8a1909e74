/** The picture of Temperature where the model's server lists only some tokens: limits instead of a curve. */
import { areaY, axisX, axisY, dot, gridY, line, link } from '@observablehq/plot';
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
import { HEIGHT, MOST_DECADES, nice, RARE } from './scale';

interface Span {
  readonly t: number;
  readonly least: number;
  readonly most: number;
}

export function listedPicture(result: TemperatureResult, { rows, curve }: ListedTemperature): Picture {
  const name = quoted(result);
  const spans = curve.temperatures.map((t, i): Span => ({ t, least: curve.least[i]!, most: curve.most[i]! }));
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
        axisX(logTicks(curve.temperatures), { label: temperatureLabel, text: String, color: palette.quiet }),
        axisY({ label: 'probability', tickFormat: axisPercent, ticks: 5, color: palette.quiet }),
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
      sample: (i) => `T ${drawn[i]!.temperature}: ${drawnWords(drawn[i]!)}, ${spanWords(drawn[i]!)}`,
      point: (i) => `T ${significant(spans[i]!.t)}: ${spanWords(spans[i]!)}`,
    },
  });
  const circles = drawn[0]
    ? ` Circles: its share of ${count(drawn[0].draws, '{0} draw', '{0} draws')}, with Wilson 95 % intervals; filled where outside what these limits give.`
    : '';
  return {
    id: 'curve',
    title: `How often ${name} is drawn`,
    description: `Band: between its two lines lies the probability of ${name} at every temperature; they meet at T = 1, where it is exact.${circles}${logarithmic ? ' The probability axis is logarithmic.' : ''}`,
    draw,
    card: (mark, index) => {
      const row = mark === 'sample' ? drawn[index] : undefined;
      if (row) return sampleCard(row, name);
      const span = mark === 'point' ? spans[index] : undefined;
      return span ? cardView(`${name} at T = ${significant(span.t)}`, limitLines(span)) : null;
    },
  };
}

function spanWords({ least, most }: Pick<Span, 'least' | 'most'>): string {
  return `probability ${limitWords(least, most)}`;
}

function drawnWords({ count: times, draws }: ListedRow): string {
  return `drawn ${thousands(times)} of ${thousands(draws)}`;
}

function limitLines({ least, most }: Pick<Span, 'least' | 'most'>): [string, string, string][] {
  return [
    ['at least', percent(least), full(least)],
    ['at most', percent(most), full(most)],
  ];
}

function sampleCard(row: ListedRow, name: string): ReturnType<typeof cardView> {
  const { temperature, count: times, draws, low, high, expectedLow, expectedHigh } = row;
  return cardView(
    `${name} at T = ${temperature}`,
    [
      ...limitLines(row),
      ['drawn', `${thousands(times)} of ${thousands(draws)}`, full(times / draws)],
      ['interval', `${percent(low)} to ${percent(high)}`, `${full(low)} to ${full(high)}`],
      [
        'expected',
        `${thousands(expectedLow)} to ${thousands(expectedHigh)}`,
        isInside(row) ? 'inside' : 'outside',
      ],
    ],
    'Interval: 95 % Wilson interval of the probability. Expected: the counts in 95 of 100 such runs, for the least and the greatest probability.',
  );
}
