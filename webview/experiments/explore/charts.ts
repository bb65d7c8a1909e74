/** The picture of Explore: the next token, before and after the chain. */
import { axisX, axisY, barX, gridX, ruleX } from '@observablehq/plot';
import { visibleToken } from '../../../src/core/visibleText';
import type { DistributionRow } from '../../../src/experiments/explore/distribution';
import { tokenTexts } from '../../../src/experiments/explore/words';
import type { ExploreResult } from '../../../src/experiments/explore/result';
import { t } from '../../../src/l10n/language';
import { clauses } from '../../../src/l10n/numbers';
import { count, percent } from '../../format/numbers';
import { axisPercent } from '../../ui/axes';
import { axisEnd } from '../../ui/axisEnd';
import type { Picture } from '../../ui/picture';

/** Tokens that have a bar. */
const BARS = 20;

/** Pixels of a token's row. */
const ROW = 20;

/** @param earlier whose distribution is drawn behind it, in the second colour */
export function explorePictures(result: ExploreResult, earlier: ExploreResult | null): readonly Picture[] {
  const { next } = result;
  if (!next || next.rows.length === 0) return [];
  const text = tokenTexts(result);
  return [nextPicture(next.rows, ({ id }) => visibleToken(text(id)), earlier?.next?.rows ?? [])];
}

/**
 * A bar for each of the most probable tokens.
 * @param said a token's text, with its white space visible
 * @param earlier a distribution to be drawn behind it
 */
export function nextPicture(
  all: readonly DistributionRow[],
  said: (row: DistributionRow) => string,
  earlier: readonly DistributionRow[],
): Picture {
  const rows = all.slice(0, BARS);
  const before = new Map(earlier.map((row) => [row.id, row]));
  const compared = rows.flatMap(({ id }) => before.get(id) ?? []);
  // Tokens whose texts read the same are told apart by their ids.
  const label = (row: DistributionRow): string => `${said(row)} ${row.id}`;
  const most = count(rows.length, '{0} most probable token', '{0} most probable tokens');
  const first = clauses(
    rows
      .slice(0, 3)
      .map((row) => t('{0} {1}, then {2}', said(row), percent(row.raw), percent(row.processed))),
  );
  return {
    id: 'next',
    title: t('The next token'),
    description:
      compared.length > 0
        ? t(
            'Probability of the {0}: outlined before samplers, filled after; thin, the earlier result after samplers. {1}.',
            most,
            first,
          )
        : t('Probability of the {0}: outlined before samplers, filled after. {1}.', most, first),
    draw: ({ palette }) => ({
      options: {
        height: 56 + ROW * rows.length,
        marginLeft: 150,
        marginRight: 20,
        marginBottom: 40,
        x: { domain: [0, axisEnd([...rows, ...compared])] },
        y: { type: 'band', domain: rows.map(label), padding: 0.15 },
        marks: [
          gridX({ stroke: palette.line, strokeOpacity: 0.4 }),
          axisX({ label: t('probability →'), tickFormat: axisPercent, color: palette.quiet }),
          axisY({ label: null, color: palette.text, tickSize: 0 }),
          barX(rows, { x: 'processed', y: label, fill: palette.first, insetTop: 3, insetBottom: 3 }),
          barX(rows, { x: 'raw', y: label, fill: 'none', stroke: palette.text }),
          barX(compared, { x: 'processed', y: label, fill: palette.second, insetTop: 6, insetBottom: 6 }),
          ruleX([0], { stroke: palette.line }),
        ],
      },
    }),
  };
}
