/** What tables say of the draws at a temperature: how often the target came, and how often it was to come. */
import { t } from '../../l10n/language';
import type { ReportTable } from '../report/types';

export const DRAWN_COLUMNS: ReportTable['columns'] = [
  t({ message: 'drawn', comment: 'how often' }),
  t({ message: 'draws', comment: 'how many' }),
  t('frequency'),
  t({ message: 'from', comment: 'of an interval' }),
  t({ message: 'to', comment: 'of an interval' }),
  t('expected from'),
  t('expected to'),
  t({ message: 'inside', comment: 'the interval' }),
];

export const DRAWN_FORMATS: NonNullable<ReportTable['formats']> = [
  'whole',
  'whole',
  'percent',
  'percent',
  'percent',
  'whole',
  'whole',
  'text',
];
