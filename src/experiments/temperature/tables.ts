/** The tables of a result of the Temperature experiment. */
import { DRAWN_COLUMNS, DRAWN_FORMATS } from './drawnColumns';
import { listedTables } from './listedReport';
import type { TemperatureResult } from './result';
import { visibleToken } from '../../core/visibleText';
import { TEN_DRAWS, TEN_DRAWS_FORMATS, tenDrawsCells } from '../report/tenDraws';
import type { Cell, ReportTable } from '../report/types';
import { isInside, quoted } from './words';
import { counted, t, whole } from '../../l10n/language';

export function tables(result: TemperatureResult): ReportTable[] {
  if (result.listed) return [...listedTables(result, result.listed), limitsTable(result)];
  return [
    targetTable(result),
    ...(result.chapter ? [chapterTable(result.chapter)] : []),
    tokensTable(result),
    distributionTable(result),
    limitsTable(result),
    ...(result.wayCount > 1 ? [waysTable(result)] : []),
    curveTable(result),
  ];
}

function targetTable(result: TemperatureResult): ReportTable {
  return {
    id: 'target',
    title: t('{0} at each temperature', quoted(result)),
    note: t(
      'The exact probability; the frequency in the draws with its Wilson 95 % interval; and the range of counts expected in 95 of 100 such runs.',
    ),
    columns: ['T', t('exact'), ...DRAWN_COLUMNS],
    formats: ['number', 'percent', ...DRAWN_FORMATS],
    keys: 1,
    rows: result.rows.map((row) => [
      row.temperature,
      row.probability,
      row.count,
      row.draws,
      row.draws === 0 ? null : row.count / row.draws,
      row.low,
      row.high,
      row.expectedLow,
      row.expectedHigh,
      isInside(row) ? t('yes') : t('no'),
    ]),
  };
}

function chapterTable(rows: NonNullable<TemperatureResult['chapter']>): ReportTable {
  return {
    id: 'chapter',
    title: t('The chapter’s printed frequencies'),
    note: t(
      'The chapter made 100 draws per temperature. The range expected in 95 of 100 such runs is exact.',
    ),
    columns: [
      'T',
      t('printed'),
      t({ message: 'draws', comment: 'how many' }),
      t('exact'),
      t('expected from'),
      t('expected to'),
      t({ message: 'inside', comment: 'the interval' }),
    ],
    formats: ['number', 'whole', 'whole', 'percent', 'whole', 'whole', 'text'],
    keys: 1,
    rows: rows.map((row) => [
      row.temperature,
      row.printed,
      row.draws,
      row.probability,
      row.low,
      row.high,
      row.inside ? t('yes') : t('no'),
    ]),
  };
}

function tokensTable({ rows }: TemperatureResult): ReportTable {
  return {
    id: 'tokens',
    title: t('Next tokens drawn (the book’s print_sampled_tokens)'),
    columns: [
      'T',
      t('token'),
      t({ message: 'drawn', comment: 'how often' }),
      t('frequency'),
      t('exact'),
      t({ message: 'from', comment: 'of an interval' }),
      t({ message: 'to', comment: 'of an interval' }),
    ],
    formats: ['number', 'token', 'whole', 'percent', 'percent', 'percent', 'percent'],
    keys: 2,
    rows: rows.flatMap(({ temperature, draws, tokens }) =>
      tokens.map(({ token, count, probability, low, high }): Cell[] => [
        temperature,
        token ? token.text : t('all others'),
        count,
        draws === 0 ? null : count / draws,
        probability,
        low,
        high,
      ]),
    ),
  };
}

function distributionTable({ rows }: TemperatureResult): ReportTable {
  return {
    id: 'distribution',
    title: t('The whole distribution at every temperature'),
    note: t(
      'The effective vocabulary is exp(entropy): the number of equally probable tokens with the same entropy. The fit is the p-value of a chi-square test of the draws against the exact probabilities.',
    ),
    columns: ['T', t('entropy in nats'), t('effective vocabulary'), t('fit'), ...TEN_DRAWS],
    formats: ['number', 'nats', 'number', 'number', ...TEN_DRAWS_FORMATS],
    keys: 1,
    rows: rows.map(({ temperature, entropy, fit, tenDraws }) => [
      temperature,
      entropy,
      Math.exp(entropy),
      fit,
      ...tenDrawsCells(tenDraws),
    ]),
  };
}

function limitsTable({ limits: { zero, infinity }, target }: TemperatureResult): ReportTable {
  return {
    id: 'limits',
    title: t('The limits'),
    columns: [t('limit'), t('exact probability of {0}', visibleToken(target)), t('entropy in nats')],
    formats: ['text', 'percent', 'nats'],
    keys: 1,
    rows: [
      ['T → 0', zero.probability, zero.entropy],
      ['T → ∞', infinity.probability, infinity.entropy],
    ],
  };
}

function waysTable({ ways: found, wayCount }: TemperatureResult): ReportTable {
  return {
    id: 'ways',
    title: t('Ways to write it in tokens'),
    note:
      found.length < wayCount
        ? counted(
            found.length,
            'The most probable of {1} at T = 1.',
            'The {0} most probable of {1} at T = 1.',
            whole(wayCount),
          )
        : t('At T = 1.'),
    columns: [t('tokens'), t('ids'), t('exact')],
    formats: ['text', 'text', 'percent'],
    keys: 2,
    rows: found.map(({ tokens, probability }) => [
      tokens.map(({ text }) => visibleToken(text)).join(' + '),
      tokens.map(({ id }) => id).join(' '),
      probability,
    ]),
  };
}

function curveTable({ curve, target }: TemperatureResult): ReportTable {
  const names = curve.tokens.map(({ token }) => visibleToken(token.text));
  return {
    id: 'curve',
    title: t('The curves'),
    note: t('Exact probabilities at the temperatures of the picture.'),
    columns: ['T', t('{0} (target)', visibleToken(target)), t('entropy in nats'), ...names],
    formats: ['number', 'percent', 'nats', ...names.map(() => 'percent' as const)],
    keys: 1,
    rows: curve.temperatures.map((temperature, i) => [
      temperature,
      curve.target[i]!,
      curve.entropy[i]!,
      ...curve.tokens.map(({ probabilities }) => probabilities[i]!),
    ]),
  };
}
