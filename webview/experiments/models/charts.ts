/** The picture of the Models experiment: the next token, model beside model. */
import { axisFy, axisX, barX, gridX, text } from '@observablehq/plot';
import type { ModelsResult } from '../../../src/experiments/models/result';
import { visibleToken } from '../../../src/core/visibleText';
import { t } from '../../../src/l10n/language';
import { full, percent } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import { axisPercent } from '../../ui/axes';
import type { Palette } from '../../ui/palette';
import type { Frame, Picture } from '../../ui/picture';

/** Tokens that have bars; the table has all. */
const TOKENS = 12;

interface Bar {
  readonly token: string;
  readonly model: number;
  readonly probability: number;
}

export function modelColour(palette: Palette, model: number): string {
  return model === 0 ? palette.first : palette.series[(model - 1) % palette.series.length]!;
}

export function modelsPictures(result: ModelsResult): Picture[] {
  const { models, next } = result;
  if (next.length === 0) return [];
  const shown = next.slice(0, TOKENS);
  const bars = shown.flatMap(({ token, probabilities }): Bar[] =>
    probabilities.flatMap((probability, model) =>
      probability === null ? [] : [{ token: visibleToken(token.text), model, probability }],
    ),
  );
  const names = models.map(({ name }) => name);
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const left = 16 + Math.min(16, Math.max(...bars.map(({ token }) => token.length))) * 7;
    return {
      options: {
        height: 46 + shown.length * (models.length * 11 + 8),
        marginLeft: left,
        marginRight: 70,
        marginTop: 8,
        marginBottom: 38,
        x: { domain: [0, Math.min(1, 1.05 * Math.max(...bars.map(({ probability }) => probability)))] },
        y: { type: 'band', domain: models.map((_, i) => i), axis: null, padding: 0.05 },
        fy: { domain: shown.map(({ token }) => visibleToken(token.text)), label: null, padding: 0.2 },
        marks: [
          gridX({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
          axisX({
            label: t('probability →'),
            tickFormat: axisPercent,
            ticks: width < 480 ? 3 : 5,
            color: palette.quiet,
          }),
          axisFy({ label: null, anchor: 'left', tickSize: 0, color: palette.text, fontFamily: palette.code }),
          barX(bars, {
            className: 'bar',
            x: 'probability',
            y: 'model',
            fy: 'token',
            fill: ({ model }: Bar) => modelColour(palette, model),
          }),
          text(bars, {
            x: 'probability',
            y: 'model',
            fy: 'token',
            text: ({ probability }: Bar) => percent(probability),
            textAnchor: 'start',
            dx: 4,
            fontSize: 10,
            fill: palette.quiet,
            pointerEvents: 'none',
          }),
        ],
      },
      marks: {
        bar: (i) => {
          const { token, model, probability } = bars[i]!;
          return t('“{0}”, {1}: {2}', token, names[model]!, percent(probability));
        },
      },
    };
  };
  return [
    {
      id: 'next',
      title: t('What each model expects next'),
      description: t(
        'Probabilities before samplers; for each token, from top to bottom: {0}.',
        names.join(', '),
      ),
      draw,
      card: (_, index) => {
        const bar = bars[index];
        if (!bar) return null;
        const { probabilities } = shown.find(({ token }) => visibleToken(token.text) === bar.token)!;
        return cardView(
          t('“{0}”', bar.token),
          probabilities.map((p, model) =>
            p === null
              ? ([names[model]!, t('not listed'), ''] as const)
              : ([names[model]!, percent(p), full(p)] as const),
          ),
        );
      },
    },
  ];
}
