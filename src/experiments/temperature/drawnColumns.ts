/** What tables say of the draws at a temperature: how often the target came, and how often it was to come. */
import type { ReportTable } from '../report/types';

export const DRAWN_COLUMNS: ReportTable['columns'] = [
  'drawn',
  'draws',
  'frequency',
  'from',
  'to',
  'expected from',
  'expected to',
  'inside',
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
