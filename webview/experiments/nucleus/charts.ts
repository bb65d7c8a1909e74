/** Pictures of the Nucleus experiment. */
import { axisX, axisY, barX, dot, gridY, line, ruleX, ruleY, text, type Markish } from '@observablehq/plot';
import { t } from '../../../src/l10n/language';
import { rounded, written } from '../../../src/l10n/numbers';
import type { NucleusCell, NucleusResult } from '../../../src/experiments/nucleus/result';
import { visibleToken } from '../../../src/core/visibleText';
import { place } from '../../../src/experiments/nucleus/report';
import { count, full, percent, significant, thousands } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import { axisPercent, logTicks } from '../../ui/axes';
import type { Palette } from '../../ui/palette';
import type { Frame, Picture } from '../../ui/picture';

/** Vocabularies up to this size have an axis on which every token is one step. */
const FEW = 12;

/** Cells that the picture's description names. */
const DESCRIBED = 4;

interface Point {
  readonly temperature: number;
  readonly rank: number;
  readonly sum: number;
}

export function nucleusPictures(result: NucleusResult): Picture[] {
  return result.cells.length === 0 ? [] : [curvePicture(result), outsidePicture(result)];
}

/** A colour for each temperature; from the seventh on they repeat, and labels tell them apart. */
function colourOf(result: NucleusResult, palette: Palette, temperature: number): string {
  const colours = [palette.first, ...palette.series];
  const index = result.curves.findIndex((curve) => curve.temperature === temperature);
  return colours[index % colours.length]!;
}

function curvePicture(result: NucleusResult): Picture {
  const { curves, cells, vocabularySize } = result;
  const few = vocabularySize <= FEW;
  const ps = [...new Set(cells.map(({ p }) => p))];
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const colour = (temperature: number): string => colourOf(result, palette, temperature);
    const lines: Markish[] = curves.map(({ temperature, ranks, cumulative }) =>
      line(
        ranks.map((rank, i): Point => ({ temperature, rank, sum: cumulative[i]! })),
        { x: 'rank', y: 'sum', stroke: colour(temperature), strokeWidth: 2, ...(few && { marker: 'dot' }) },
      ),
    );
    const ticks = few ? curves[0]!.ranks : logTicks([1, vocabularySize]);
    return {
      options: {
        height: 320,
        marginLeft: width < 520 ? 46 : 56,
        marginRight: 52,
        marginTop: 24,
        marginBottom: 40,
        x: few
          ? { type: 'linear', domain: [1, vocabularySize] }
          : { type: 'log', domain: [1, vocabularySize] },
        y: { domain: [0, 1] },
        marks: [
          gridY({ stroke: palette.line, strokeOpacity: 0.4, ticks: 5 }),
          axisX(ticks, { label: t('most probable tokens →'), text: thousands, color: palette.quiet }),
          axisY({
            label: t('cumulative probability'),
            tickFormat: axisPercent,
            ticks: 5,
            color: palette.quiet,
          }),
          ruleY(ps, { stroke: palette.quiet, strokeDasharray: '4 3' }),
          text(apartLabels(ps), {
            x: vocabularySize,
            y: 'p',
            text: 'label',
            dx: 6,
            textAnchor: 'start',
            fill: palette.text,
          }),
          ruleX(cells, {
            x: 'kept',
            y1: 0,
            y2: 'keptMass',
            stroke: (cell: NucleusCell) => colour(cell.temperature),
            strokeOpacity: 0.6,
          }),
          ...lines,
          dot(cells, {
            className: 'cut',
            x: 'kept',
            y: 'keptMass',
            r: 5,
            fill: palette.page,
            stroke: (cell: NucleusCell) => colour(cell.temperature),
            strokeWidth: 2,
          }),
          text(lineLabels(result), {
            x: 'rank',
            y: 'sum',
            text: (point: Point) => `T ${written(point.temperature)}`,
            fill: (point: Point) => colour(point.temperature),
            stroke: palette.page,
            strokeWidth: 4,
            textAnchor: 'start',
            dx: 6,
            dy: 10,
          }),
        ],
      },
      marks: { cut: (i) => cellLabel(cells[i]!) },
    };
  };
  return {
    id: 'cumulative',
    title: t('Where the cut falls'),
    description: [
      t(
        'Cumulative probability of the most probable tokens, one line per temperature. Dashed: p. Circles: where each line first reaches p, the end of the nucleus.',
      ),
      ...cells.slice(0, DESCRIBED).map((cell) => `${cellLabel(cell)}.`),
      ...(cells.length > DESCRIBED ? [t('The table has the others.')] : []),
    ].join(' '),
    draw,
    card: (_, index) => {
      const cell = cells[index];
      return cell ? cellCard(cell) : null;
    },
  };
}

function cellLabel(cell: NucleusCell): string {
  return t(
    '{0}: {1} with {2}',
    place(cell),
    count(cell.kept, '{0} token', '{0} tokens'),
    percent(cell.keptMass),
  );
}

function cellCard(cell: NucleusCell): ReturnType<typeof cardView> {
  const { kept, keptMass, p, distance, entropy, outside } = cell;
  const first = outside[0];
  return cardView(
    place(cell),
    [
      [t('tokens kept'), thousands(kept), full(kept)],
      [t('probability inside'), percent(keptMass), full(keptMass)],
      [t('more than p by'), significant(distance), full(distance)],
      [t({ message: 'outside', comment: 'the nucleus' }), percent(1 - keptMass), full(1 - keptMass)],
      ...(first
        ? [[t('first outside'), visibleToken(first.token.text), percent(first.probability)] as const]
        : []),
      [t('entropy left'), t('{0} nats', significant(entropy, 4)), full(entropy)],
    ],
    t('The smallest set of most probable tokens whose probabilities sum to at least {0}.', written(p)),
  );
}

/** Names of the lines of p that have room above each other. */
function apartLabels(ps: readonly number[]): { p: number; label: string }[] {
  const labels: { p: number; label: string }[] = [];
  for (const p of [...ps].sort((a, b) => a - b)) {
    if (p - (labels.at(-1)?.p ?? -1) >= 0.045) labels.push({ p, label: `p ${rounded(p, 4)}` });
  }
  return labels;
}

/** Where each line's name stands: early on it, where the lines are apart. */
function lineLabels({ curves }: NucleusResult): Point[] {
  return curves.map(({ temperature, ranks, cumulative }, i) => {
    const wanted = 0.25 + (0.35 * (i + 1)) / (curves.length + 1);
    const found = cumulative.findIndex((sum) => sum >= wanted);
    const at = Math.max(0, found);
    return { temperature, rank: ranks[at]!, sum: cumulative[at]! };
  });
}

interface Share {
  readonly row: string;
  readonly inside: boolean;
  readonly mass: number;
  readonly cell: NucleusCell;
}

function outsidePicture({ cells, vocabularySize }: NucleusResult): Picture {
  const shares = cells.flatMap((cell): Share[] => [
    { row: place(cell), inside: true, mass: cell.keptMass, cell },
    { row: place(cell), inside: false, mass: Math.max(0, 1 - cell.keptMass), cell },
  ]);
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const room = width - 130 - 16;
    return {
      options: {
        height: 46 + cells.length * 26,
        marginLeft: 130,
        marginRight: 16,
        marginTop: 8,
        marginBottom: 36,
        x: { domain: [0, 1] },
        y: { domain: cells.map(place), label: null },
        marks: [
          axisX({
            label: t('probability before the cut →'),
            tickFormat: axisPercent,
            ticks: 5,
            color: palette.quiet,
          }),
          axisY({ label: null, tickSize: 0, color: palette.text }),
          barX(shares, {
            className: 'share',
            x: 'mass',
            y: 'row',
            fill: (share: Share) => (share.inside ? palette.first : palette.page),
            stroke: (share: Share) => (share.inside ? palette.first : palette.quiet),
            strokeDasharray: '3 2',
            insetTop: 4,
            insetBottom: 4,
          }),
          text(
            shares.filter(({ inside }) => inside),
            {
              x: 0,
              y: 'row',
              text: ({ cell, mass }: Share) => barLabel(cell, vocabularySize, mass * room),
              textAnchor: 'start',
              dx: 6,
              fill: palette.onFirst,
              pointerEvents: 'none',
            },
          ),
        ],
      },
      marks: {
        share: (i) => {
          const { cell, inside, mass } = shares[i]!;
          return inside
            ? t('{0}: inside {1}', place(cell), percent(mass))
            : t('{0}: outside {1}', place(cell), percent(mass));
        },
      },
    };
  };
  return {
    id: 'outside',
    title: t('What falls outside'),
    description: t(
      'Solid: the probability inside the nucleus, and its number of tokens. Dashed: what the cut removes, with the most probable tokens.',
    ),
    draw,
    card: (_, index) => {
      const share = shares[index];
      if (!share) return null;
      return share.inside ? cellCard(share.cell) : outsideCard(share.cell);
    },
  };
}

/** Pixels of a letter. */
const LETTER = 6.8;

/** How many tokens are inside, and as many of the first ones outside as have room. */
function barLabel({ kept, outside }: NucleusCell, vocabularySize: number, width: number): string {
  const [inside, all] = [thousands(kept), thousands(vocabularySize)];
  const label = t('{0} of {1}', inside, all);
  let longest = label;
  outside.forEach((_, i) => {
    const names = outside.slice(0, i + 1).map(({ token }) => visibleToken(token.text));
    const more = outside.length > names.length || vocabularySize > kept + names.length ? ' …' : '';
    const next = t('{0} of {1}, without {2}', inside, all, `${names.join(' ')}${more}`);
    if ((next.length + 2) * LETTER < width) longest = next;
  });
  return (longest.length + 2) * LETTER < width ? longest : '';
}

function outsideCard(cell: NucleusCell): ReturnType<typeof cardView> {
  return cardView(t('Outside at {0}: {1}', place(cell), percent(1 - cell.keptMass)), [
    ...cell.outside
      .slice(0, 10)
      .map(
        ({ token, probability }) =>
          [visibleToken(token.text), percent(probability), full(probability)] as const,
      ),
  ]);
}
