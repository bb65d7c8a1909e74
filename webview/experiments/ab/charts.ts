/** The pictures of A/B: both distributions where the texts part, and how far apart they are, token by token. */
import {
  axisFy,
  axisX,
  axisY,
  barX,
  dot,
  gridX,
  gridY,
  line,
  ruleX,
  ruleY,
  text as mark,
} from '@observablehq/plot';
import { visibleToken } from '../../../src/core/visibleText';
import { nats, partingSample, tokenTexts } from '../../../src/experiments/ab/report';
import { partingOf, type AbResult, type StepRow } from '../../../src/experiments/ab/result';
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { count, percent, significant, thousands } from '../../format/numbers';
import { axisNumber, axisPercent } from '../../ui/axes';
import { axisEnd } from '../../ui/axisEnd';
import { cardView } from '../../ui/cardView';
import type { Picture } from '../../ui/picture';

/** Of the pictures' cards and files. */
export const DIVERGENCE = 'divergence';

/** Tokens that have a bar. */
const BARS = 12;

/** Opacity of a line that is one of several. */
const FAINT = 0.4;

/** Pixels of a token's row. */
const ROW = 24;

/** @param earlier whose divergences are drawn behind those of the result */
export function abPictures(result: AbResult, earlier: AbResult | null): readonly Picture[] {
  if (result.samples.every(({ steps }) => steps.length === 0)) return [];
  return [distributionsPicture(result), divergencePicture(result, earlier)];
}

interface Bar {
  readonly label: string;
  readonly side: 'A' | 'B';
  readonly raw: number;
  readonly processed: number;
}

function distributionsPicture(result: AbResult): Picture {
  const parting = partingSample(result);
  const { sample, at } = parting ?? { sample: 0, at: 0 };
  const step = result.samples[sample]?.steps[at];
  const text = tokenTexts(result);
  const rows = (step?.rows ?? []).slice(0, BARS);
  // Tokens whose texts read the same are told apart by their ids.
  const label = ({ id }: StepRow): string => `${visibleToken(text(id))} ${id}`;
  const bars = rows.flatMap((row): Bar[] =>
    (['a', 'b'] as const).flatMap((side) => {
      const cell = row[side];
      return cell
        ? { label: label(row), side: side === 'a' ? 'A' : 'B', raw: cell.raw, processed: cell.processed }
        : [];
    }),
  );
  const shown = t(
    'Probability of {0} at token {1}: filled after the samplers, A in the first colour and B in the second; outlined before.',
    count(rows.length, '{0} token', '{0} tokens'),
    thousands(at + 1),
  );
  const drawn =
    step?.a && step.b
      ? t('A draws {0}, B {1}.', visibleToken(text(step.a.id)), visibleToken(text(step.b.id)))
      : '';
  return {
    id: 'distributions',
    title: parting
      ? t('Both distributions where the texts part')
      : t('Both distributions at the first token'),
    description: drawn === '' ? shown : `${shown} ${drawn}`,
    draw: ({ palette }) => ({
      options: {
        height: 56 + 2 * ROW * rows.length,
        marginLeft: 150,
        marginRight: 20,
        marginBottom: 40,
        x: { domain: [0, axisEnd(bars)] },
        y: { type: 'band', domain: ['A', 'B'], axis: null, padding: 0.1 },
        fy: { type: 'band', domain: rows.map(label), padding: 0.15, axis: null },
        color: { domain: ['A', 'B'], range: [palette.first, palette.second] },
        marks: [
          gridX({ stroke: palette.line, strokeOpacity: 0.4 }),
          axisX({
            label: t('probability →'),
            tickFormat: axisPercent,
            color: palette.quiet,
            anchor: 'bottom',
          }),
          barX(bars, { x: 'processed', y: 'side', fy: 'label', fill: 'side', insetTop: 2, insetBottom: 2 }),
          barX(bars, { x: 'raw', y: 'side', fy: 'label', fill: 'none', stroke: palette.text }),
          ruleX([0], { stroke: palette.line }),
          axisFy({ anchor: 'left', dx: -16, label: null, tickSize: 0, color: palette.text }),
          mark(bars, {
            x: 0,
            y: 'side',
            fy: 'label',
            text: ({ side }: Bar) => side,
            dx: -8,
            fill: palette.quiet,
          }),
        ],
      },
    }),
  };
}

interface Point {
  readonly sample: number;
  /** Number of the token, from 1. */
  readonly position: number;
  readonly js: number;
}

function pointsOf({ samples }: AbResult): Point[] {
  return samples.flatMap(({ steps }, sample) =>
    steps.flatMap(({ after }, at) => (after ? { sample, position: at + 1, js: after.js } : [])),
  );
}

function divergencePicture(result: AbResult, earlier: AbResult | null): Picture {
  const points = pointsOf(result);
  const before = earlier ? pointsOf(earlier) : [];
  const partings = result.samples.flatMap((sample) => {
    const at = partingOf(sample);
    return at === null ? [] : [at + 1];
  });
  const text = tokenTexts(result);
  const many = result.samples.length > 1;
  const stepAt = ({ sample, position }: Point) => result.samples[sample]?.steps[position - 1];
  const largest = written(0.693);
  const placeName = ({ sample, position }: Point): string =>
    many
      ? t('Sample {0}, token {1}', thousands(sample + 1), thousands(position))
      : t('Token {0}', thousands(position));
  return {
    id: DIVERGENCE,
    title: t('How far apart the distributions are'),
    description: [
      many
        ? t(
            'Jensen-Shannon divergence after the samplers at every token, a line for each sample, from 0 for equal distributions to ln 2 = {0} nats for those that share no token.',
            largest,
          )
        : t(
            'Jensen-Shannon divergence after the samplers at every token, from 0 for equal distributions to ln 2 = {0} nats for those that share no token.',
            largest,
          ),
      ...(partings.length > 0 ? [t('Dashed vertical line: where the texts part.')] : []),
      ...(before.length > 0 ? [t('Thin lines: the earlier result.')] : []),
    ].join(' '),
    draw: ({ palette, width }) => {
      const last = Math.max(...points.map(({ position }) => position), 2);
      return {
        options: {
          height: 190,
          marginLeft: 48,
          marginRight: 16,
          marginBottom: 38,
          x: { domain: [1, last] },
          y: { domain: [0, Math.LN2] },
          marks: [
            gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 4 }),
            axisX({
              label: t('token →'),
              ticks: Math.min(last - 1, Math.floor(width / 60)),
              tickFormat: (tick: number) => (Number.isInteger(tick) ? String(tick) : ''),
              color: palette.quiet,
            }),
            axisY({ label: t('↑ nats'), tickFormat: axisNumber, ticks: 4, color: palette.quiet }),
            ruleX(partings, { stroke: palette.quiet, strokeDasharray: '3 3' }),
            line(before, { x: 'position', y: 'js', z: 'sample', stroke: palette.quiet, strokeWidth: 1 }),
            line(points, {
              x: 'position',
              y: 'js',
              z: 'sample',
              stroke: palette.first,
              strokeWidth: 1.5,
              strokeOpacity: many ? FAINT : 1,
            }),
            dot(points, { className: 'place', x: 'position', y: 'js', r: many ? 3 : 4, fill: palette.first }),
            ruleY([0], { stroke: palette.line }),
          ],
        },
        marks: {
          place: (index) => {
            const point = points[index]!;
            return t('{0}: {1} nats', placeName(point), significant(point.js));
          },
        },
      };
    },
    card: (_, index) => {
      const point = points[index];
      if (!point) return null;
      const step = stepAt(point);
      if (!step?.after || !step.a || !step.b) return null;
      const { ab, ba, js } = step.after;
      const drawn = (side: { readonly id: number; readonly processed: number }): string =>
        `${visibleToken(text(side.id))}, ${percent(side.processed)}`;
      return cardView(placeName(point), [
        [t('A draws'), drawn(step.a), drawn(step.a)],
        [t('B draws'), drawn(step.b), drawn(step.b)],
        ['KL(A ‖ B)', nats(ab), nats(ab)],
        ['KL(B ‖ A)', nats(ba), nats(ba)],
        ['Jensen-Shannon', nats(js), nats(js)],
      ]);
    },
  };
}

/** The place that a mark of the picture stands for; null for any other. */
export function placeOfMark(
  target: EventTarget | null,
  result: AbResult,
): { readonly sample: number; readonly at: number } | null {
  const reference =
    target instanceof Element ? target.closest('[data-card]')?.getAttribute('data-card') : null;
  const match = /^mark:divergence:place:(\d+)$/.exec(reference ?? '');
  const point = match ? pointsOf(result)[Number(match[1])] : undefined;
  return point ? { sample: point.sample, at: point.position - 1 } : null;
}
