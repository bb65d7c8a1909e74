/** The picture of a training: losses over its steps and the tokens that they have seen. */
import { axisX, axisY, dot, gridY, line, text } from '@observablehq/plot';
import type { TrainingHistory } from '../../../src/experiments/training/result';
import { full, significant, thousands } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';

interface Point {
  readonly step: number;
  readonly tokensSeen: number;
  readonly part: 'training' | 'validation';
  readonly loss: number;
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
    `${part} loss after step ${step}: ${significant(loss, 4)} nats`;
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const colour = ({ part }: Point): string => (part === 'training' ? palette.first : palette.second);
    const losses = [...points.map(({ loss }) => loss), ...steps.map(({ loss }) => loss)];
    const last = (part: Point['part']): Point[] => of(part).slice(-1);
    return {
      options: {
        height: 280,
        marginLeft: 44,
        marginRight: 104,
        marginTop: 44,
        marginBottom: 40,
        x: { domain: [0, Math.max(1, ...points.map(({ step }) => step), ...steps.map(({ step }) => step))] },
        y: { domain: [Math.max(0, Math.min(...losses) * 0.95), Math.max(...losses) * 1.02] },
        marks: [
          gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
          axisX({
            label: 'steps →',
            ticks: Math.max(2, Math.floor(width / 90)),
            tickFormat: (step: number) => (Number.isInteger(step) ? thousands(step) : ''),
            color: palette.quiet,
          }),
          // Every step sees as many tokens as the others, so the same places can be read in both units.
          ...(perStep > 0
            ? [
                axisX({
                  anchor: 'top',
                  label: 'tokens seen →',
                  ticks: Math.max(2, Math.floor(width / 130)),
                  tickFormat: (step: number) => (Number.isInteger(step) ? thousands(step * perStep) : ''),
                  color: palette.quiet,
                }),
              ]
            : []),
          axisY({ label: 'nats per token', ticks: 5, color: palette.quiet }),
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
          text([...last('training'), ...last('validation')], {
            x: 'step',
            y: 'loss',
            text: ({ part, loss }: Point) => `${part} ${loss.toFixed(2)}`,
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
      title: 'Losses',
      description:
        'Dots: mean loss at each evaluation, training in the first colour, validation in the second. Thin line: the batch of each step.',
      draw,
      card: (_, index) => {
        const point = points[index];
        if (!point) return null;
        return cardView(`${point.part}, step ${point.step}`, [
          ['loss', `${significant(point.loss, 4)} nats`, full(point.loss)],
          ['perplexity', significant(Math.exp(point.loss), 4), full(Math.exp(point.loss))],
          ['tokens seen', thousands(point.tokensSeen), String(point.tokensSeen)],
        ]);
      },
    },
  ];
}
