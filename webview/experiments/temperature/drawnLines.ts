/** What a card says of the draws at a temperature: how often the target came, and how often it was to come. */
import { isInside } from '../../../src/experiments/temperature/words';
import type { ListedRow, TemperatureRow } from '../../../src/experiments/temperature/result';
import { t } from '../../../src/l10n/language';
import { full, percent, thousands } from '../../format/numbers';
import type { CardLine } from '../../ui/cardView';

export function drawnLines(row: TemperatureRow | ListedRow): CardLine[] {
  const { count, draws, low, high, expectedLow, expectedHigh } = row;
  return [
    [
      t({ message: 'drawn', comment: 'how often' }),
      t('{0} of {1}', thousands(count), thousands(draws)),
      full(count / draws),
    ],
    [t('interval'), t('{0} to {1}', percent(low), percent(high)), t('{0} to {1}', full(low), full(high))],
    [
      t({ message: 'expected', comment: 'a count' }),
      t('{0} to {1}', thousands(expectedLow), thousands(expectedHigh)),
      isInside(row)
        ? t({ message: 'inside', comment: 'the interval' })
        : t({ message: 'outside', comment: 'the interval' }),
    ],
  ];
}
