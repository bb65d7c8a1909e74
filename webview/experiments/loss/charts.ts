/** The picture of the Loss experiment: every window of the text, and the means. */
import { axisX, axisY, gridY, rectY, ruleY, text } from '@observablehq/plot';
import { t } from '../../../src/l10n/language';
import { fixed, written } from '../../../src/l10n/numbers';
import type { LossResult } from '../../../src/experiments/loss/result';
import {
  excerpt,
  partName,
  partsOf,
  passageOf,
  windowsOf,
  type PlacedWindow,
} from '../../../src/experiments/loss/report';
import { full, significant, thousands } from '../../format/numbers';
import { axisNumber } from '../../ui/axes';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';

/** A horizontal line with its name. */
interface Level {
  readonly label: string;
  readonly loss: number;
  readonly part: PlacedWindow['part'] | null;
}

export function lossPictures(result: LossResult): Picture[] {
  const windows = windowsOf(result);
  return windows.length === 0 ? [] : [windowsPicture(result, windows)];
}

function levelsOf(result: LossResult): Level[] {
  const means = partsOf(result).flatMap(([part, { loss }]): Level[] =>
    loss === null ? [] : [{ label: `${partName(part)} ${fixed(loss, 3)}`, loss, part }],
  );
  const published = result.published
    .filter(({ sameSize }) => sameSize)
    .flatMap(({ model, training, validation }): Level[] => [
      { label: t('{0}, training', model), loss: training, part: null },
      { label: t('{0}, validation', model), loss: validation, part: null },
    ]);
  return [...means, ...published];
}

function windowsPicture(result: LossResult, windows: readonly PlacedWindow[]): Picture {
  const levels = levelsOf(result);
  const label = ({ part, window }: PlacedWindow): string =>
    t(
      '{0}, window {1}: {2} nats per token',
      partName(part),
      written(window.index + 1),
      significant(window.loss),
    );
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const colour = (part: Level['part']): string =>
      part === 'training' ? palette.first : part === 'validation' ? palette.second : palette.quiet;
    return {
      options: {
        height: 280,
        marginLeft: 44,
        marginRight: 12,
        marginTop: 24,
        marginBottom: 40,
        x: { domain: [0, windows.at(-1)!.window.end] },
        y: {
          domain: [
            0,
            1.08 * Math.max(...windows.map(({ window }) => window.loss), ...levels.map(({ loss }) => loss)),
          ],
        },
        marks: [
          gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
          axisX({
            label: t('characters of the text →'),
            ticks: Math.max(2, Math.floor(width / 110)),
            tickFormat: thousands,
            color: palette.quiet,
          }),
          axisY({ label: t('nats per token'), tickFormat: axisNumber, ticks: 5, color: palette.quiet }),
          rectY(windows, {
            className: 'window',
            x1: ({ window }: PlacedWindow) => window.start,
            x2: ({ window }: PlacedWindow) => window.end,
            y: ({ window }: PlacedWindow) => window.loss,
            fill: ({ part }: PlacedWindow) => colour(part),
            fillOpacity: 0.75,
            stroke: palette.page,
          }),
          ruleY(levels, {
            y: 'loss',
            stroke: ({ part }: Level) => colour(part),
            strokeDasharray: '5 3',
            strokeWidth: 1.5,
            pointerEvents: 'none',
          }),
          text(apart(levels), {
            frameAnchor: 'right',
            textAnchor: 'end',
            y: 'at',
            text: 'label',
            dy: -7,
            fill: palette.text,
            stroke: palette.page,
            strokeWidth: 4,
            pointerEvents: 'none',
          }),
        ],
      },
      marks: { window: (i) => label(windows[i]!) },
    };
  };
  return {
    id: 'windows',
    title: t('Which passages are hard'),
    description: levels.some(({ part }) => part === null)
      ? t(
          'One bar per window of the text, in order: training in the first colour, validation in the second. Dashed: means, and in grey the published figures. Choose a bar to read its passage.',
        )
      : t(
          'One bar per window of the text, in order: training in the first colour, validation in the second. Dashed: means. Choose a bar to read its passage.',
        ),
    draw,
    card: (_, index) => {
      const placed = windows[index];
      if (!placed) return null;
      const { window } = placed;
      return cardView(
        t('{0}, window {1}', partName(placed.part), written(window.index + 1)),
        [
          [t('loss'), t('{0} nats', significant(window.loss, 4)), full(window.loss)],
          [t('perplexity'), significant(Math.exp(window.loss), 4), full(Math.exp(window.loss))],
          [t('batch'), written(window.batch + 1), written(window.batch + 1)],
        ],
        t('“{0}”', excerpt(passageOf(result, window))),
      );
    },
  };
}

/** Names of levels, moved up where they would lie on each other. */
function apart(levels: readonly Level[]): (Level & { readonly at: number })[] {
  const step = 0.07 * Math.max(...levels.map(({ loss }) => loss));
  let last = -Infinity;
  return [...levels]
    .sort((a, b) => a.loss - b.loss)
    .map((level) => {
      last = Math.max(level.loss, last + step);
      return { ...level, at: last };
    });
}
