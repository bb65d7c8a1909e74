/** The columns of tables that say what ten draws show. */
import { t } from '../../l10n/language';
import type { TenDraws } from '../kit/tenDraws';
import type { Cell, CellFormat } from './types';

export const TEN_DRAWS: readonly string[] = [
  t('distinct tokens in 10 draws'),
  t('best token drawn most often'),
  t('or tied for most often'),
  t('with ties broken at random'),
];

export const TEN_DRAWS_FORMATS: readonly CellFormat[] = ['number', 'percent', 'percent', 'percent'];

export function tenDrawsCells({ distinct, mode }: TenDraws): Cell[] {
  return [distinct, mode?.unique ?? null, mode?.among ?? null, mode?.uniform ?? null];
}
