/** The picture of a training: losses over its steps and the tokens that they have seen. */
import { axisX, axisY, dot, gridY, line, text } from '@observablehq/plot';
import { t } from '../../../src/l10n/language';
import { fixed, written } from '../../../src/l10n/numbers';
import type { TrainingHistory } from '../../../src/experiments/training/result';
import { full, significant, thousands } from '../../format/numbers';
import { axisNumber } from '../../ui/axes';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';

interface Point {
  readonly step: number;
  readonly tokensSeen: number;
  readonly part: 'training' | 'validation';
  readonly loss: number;
}

/** What a letter of the labels takes at the most on average, in pixels. */
const LETTER = 6.6;

const endLabel = ({ part, loss }: Point): string => `${partName(part)} ${fixed(loss, 2)}`;

function partName(part: Point['part']): string {
  return part === 'training'
    ? t({ message: 'training', comment: 'a part of the text' })
    : t({ message: 'validation', comment: 'a part of the text' });
}

/** @param live while it goes on, points are many redraws away from being looked at: they have no cards */
export function lossPictures({ steps, evaluations }: TrainingHistory, live = false): Picture[] {
  const points = evaluations.flatMap(({ step, tokensSeen, training, validation }): Point[] => [
    ...(training === null ? [] : [{ step, tokensSeen, part: 'training' as const, loss: training }]),
    ...(validation === null ? [] : [{ step, tokensSeen, part: 'validation' as const, loss: validation }]),
  ]);
  if (points.length === 0) return [];
  const of = (part: Point['part']): Point[] => points.filter((point) => point.part === part);
  const latest = steps.at(-1) ?? points.at(-1)!;
  const perStep = latest.step > 0 ? latest.tokensSeen / latest.step : 0;
  const label = ({ part, step, loss }: Point): string =>
    part === 'training'
      ? t('training loss after step {0}: {1} nats', written(step), significant(loss, 4))
      : t('validation loss after step {0}: {1} nats', written(step), significant(loss, 4));
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const colour = ({ part }: Point): string => (part === 'training' ? palette.first : palette.second);
    const losses = [...points.map(({ loss }) => loss), ...steps.map(({ loss }) => loss)];
    const ends = [...of('training').slice(-1), ...of('validation').slice(-1)];
    return {
      options: {
        height: 280,
        marginLeft: 44,
        marginRight: Math.max(104, 14 + LETTER * Math.max(...ends.map((end) => endLabel(end).length))),
        marginTop: 44,
        marginBottom: 40,
        x: { domain: [0, Math.max(1, ...points.map(({ step }) => step), ...steps.map(({ step }) => step))] },
        y: { domain: [Math.max(0, Math.min(...losses) * 0.95), Math.max(...losses) * 1.02] },
        marks: [
          gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
          axisX({
            label: t('steps →'),
            ticks: Math.max(2, Math.floor(width / 90)),
            tickFormat: (step: number) => (Number.isInteger(step) ? thousands(step) : ''),
            color: palette.quiet,
          }),
          // Every step sees as many tokens as the others, so the same places can be read in both units.
          ...(perStep > 0
            ? [
                axisX({
                  anchor: 'top',
                  label: t('tokens seen →'),
                  ticks: Math.max(2, Math.floor(width / 130)),
                  tickFormat: (step: number) => (Number.isInteger(step) ? thousands(step * perStep) : ''),
                  color: palette.quiet,
                }),
              ]
            : []),
          axisY({ label: t('nats per token'), tickFormat: axisNumber, ticks: 5, color: palette.quiet }),
          line(steps, { x: 'step', y: 'loss', stroke: palette.first, strokeOpacity: 0.35 }),
          ...(['training', 'validation'] as const).map((part) =>
            line(of(part), {
              x: 'step',
              y: 'loss',
              stroke: colour(of(part)[0] ?? points[0]!),
              strokeWidth: 2,
            }),
          ),
          dot(points, { className: 'point', x: 'step', y: 'loss', r: 4, fill: colour }),
          text(ends, {
            x: 'step',
            y: 'loss',
            text: endLabel,
            textAnchor: 'start',
            dx: 8,
            fill: colour,
          }),
        ],
      },
      ...(!live && { marks: { point: (i: number) => label(points[i]!) } }),
    };
  };
  return [
    {
      id: 'losses',
      title: t('Losses'),
      description: t(
        'Dots: mean loss at each evaluation, training in the first colour, validation in the second. Thin line: the batch of each step.',
      ),
      draw,
      card: (_, index) => {
        const point = points[index];
        if (!point) return null;
        return cardView(t('{0}, step {1}', partName(point.part), written(point.step)), [
          [t('loss'), t('{0} nats', significant(point.loss, 4)), full(point.loss)],
          [t('perplexity'), significant(Math.exp(point.loss), 4), full(Math.exp(point.loss))],
          [t('tokens seen'), thousands(point.tokensSeen), full(point.tokensSeen)],
        ]);
      },
    },
  ];
}
