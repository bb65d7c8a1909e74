/** Every number of a grid. */
import { counted, t, whole } from '../../l10n/language';
import { endWords } from '../report/ends';
import type { Cell, ReportTable } from '../report/types';
import { axisLabel } from './axes';
import { GRID_METRICS } from './metrics';
import type { GridCell, GridResult } from './result';

export function gridTables(result: GridResult): ReportTable[] {
  const names = [axisLabel(result.rows), axisLabel(result.columns)];
  const values = ({ row, column }: GridCell): Cell[] => [
    result.rows.values[row]!,
    result.columns.values[column]!,
  ];
  const metrics = GRID_METRICS.filter(({ of }) => result.cells.some((cell) => of(cell) !== null));
  const cells: ReportTable = {
    id: 'cells',
    title: t('Every cell'),
    note: t(
      'Diversity and coherence are what {0} draws of the next token give on average; the other measures come from {1} of up to {2} per cell.',
      whole(result.draws),
      counted(result.samples, '{0} text', '{0} texts'),
      counted(result.maxNewTokens, '{0} token', '{0} tokens'),
    ),
    columns: [...names, ...metrics.map(({ label }) => label), t('Greedy token is the most common of 10')],
    formats: ['number', 'number', ...metrics.map(({ format }) => format), 'percent'],
    keys: 2,
    rows: result.cells.map((cell) => [
      ...values(cell),
      ...metrics.map(({ of }) => of(cell)),
      cell.exact?.greedyIsMode?.uniqueMode ?? null,
    ]),
  };
  const next: ReportTable = {
    id: 'next-tokens',
    title: t('The most probable next tokens in every cell'),
    columns: [...names, t('Token'), t('Before samplers'), t('After samplers')],
    formats: ['number', 'number', 'token', 'percent', 'percent'],
    keys: 3,
    rows: result.cells.flatMap((cell) =>
      cell.top.map(({ token, raw, processed }) => [...values(cell), token.text, raw, processed]),
    ),
  };
  const texts: ReportTable = {
    id: 'texts',
    title: t('Every text'),
    columns: [
      ...names,
      t('Sample'),
      t('Text'),
      t('Tokens'),
      t('Log-probability per token'),
      t('Repetition'),
      t({ message: 'End', comment: 'of a text' }),
    ],
    formats: ['number', 'number', 'whole', 'text', 'whole', 'nats', 'percent', 'text'],
    keys: 3,
    rows: result.cells.flatMap((cell) =>
      cell.texts.map(({ sample, text, ids, logProbability, repetition, end, stop }) => [
        ...values(cell),
        sample + 1,
        text,
        ids.length,
        ids.length > 0 ? logProbability / ids.length : null,
        repetition,
        endWords({ end, stop }).label,
      ]),
    ),
  };
  return [cells, next, ...(texts.rows.length > 0 ? [texts] : [])];
}
