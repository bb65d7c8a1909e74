/** What a result of the Nucleus experiment says. */
import type { NucleusCell, NucleusResult } from './result';
import { visibleToken } from '../../core/visibleText';
import { TEN_DRAWS, TEN_DRAWS_FORMATS, tenDrawsCells } from '../report/tenDraws';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, t, whole } from '../../l10n/language';
import { capitalized, clauses, inPercent, listed, rounded } from '../../l10n/numbers';

/** Tokens that a sentence or a cell names. */
const NAMED = 5;

export const nucleusReport: ReportOf<NucleusResult> = { summary, tables };

function summary(result: NucleusResult): string[] {
  const { cells } = result;
  if (cells.length === 0) return [t('The run was stopped before there was a result.')];
  const smallest = cells.reduce((a, b) => (b.kept < a.kept ? b : a));
  const largest = cells.reduce((a, b) => (b.kept > a.kept ? b : a));
  return [
    smallest.kept === largest.kept
      ? t('Every nucleus keeps {0} of {1} tokens.', whole(smallest.kept), whole(result.vocabularySize))
      : t(
          'The nucleus keeps {0} at {1}, and {2} of {3} at {4}.',
          counted(smallest.kept, '{0} token', '{0} tokens'),
          place(smallest),
          whole(largest.kept),
          whole(result.vocabularySize),
          place(largest),
        ),
    ...growth(result),
    outside(smallest),
    ...certain(result),
  ];
}

/** `T = 0.7, p = 0.8` */
export function place({ temperature, p }: Pick<NucleusCell, 'temperature' | 'p'>): string {
  return `T = ${rounded(temperature)}, p = ${rounded(p, 12)}`;
}

/** How the size changes when only one of the two is raised. */
function growth({ cells }: NucleusResult): string[] {
  const [first] = cells;
  const hotter = cells.filter(({ p }) => p === first!.p).at(-1);
  const wider = cells.filter(({ temperature }) => temperature === first!.temperature).at(-1);
  const changes: string[] = [];
  if (hotter && hotter !== first) {
    changes.push(
      t(
        'raising T from {0} to {1} at p = {2} changes it from {3} to {4}',
        rounded(first!.temperature),
        rounded(hotter.temperature),
        rounded(first!.p, 12),
        whole(first!.kept),
        counted(hotter.kept, '{0} token', '{0} tokens'),
      ),
    );
  }
  if (wider && wider !== first) {
    changes.push(
      t(
        'raising p from {0} to {1} at T = {2} changes it from {3} to {4}',
        rounded(first!.p, 12),
        rounded(wider.p, 12),
        rounded(first!.temperature),
        whole(first!.kept),
        counted(wider.kept, '{0} token', '{0} tokens'),
      ),
    );
  }
  if (changes.length === 0) return [];
  return [`${capitalized(clauses(changes))}.`];
}

function outside(cell: NucleusCell): string {
  const mass = 1 - cell.keptMass;
  if (cell.outside.length === 0) return t('At {0} no token is left out.', place(cell));
  const names = cell.outside.slice(0, NAMED).map(({ token }) => t('“{0}”', visibleToken(token.text)));
  return counted(
    names.length,
    'At {1} the tokens left out have {2} together; the most probable is {3}.',
    'At {1} the tokens left out have {2} together; the most probable are {3}.',
    place(cell),
    inPercent(mass),
    listed(names),
  );
}

/** Where the nucleus is a single token, so that drawing from it is greedy. */
function certain({ curves }: NucleusResult): string[] {
  const limits = curves.flatMap(({ temperature, tokens }) => {
    const [best] = tokens;
    return best ? [t('{0} at T = {1}', inPercent(best.probability), rounded(temperature))] : [];
  });
  const best = curves[0]?.tokens[0];
  if (!best) return [];
  return [
    t(
      'When p is no larger than the probability of “{0}” ({1}), only that token is left and sampling is greedy.',
      visibleToken(best.token.text),
      listed(limits),
    ),
  ];
}

function tables(result: NucleusResult): ReportTable[] {
  return [
    cellsTable(result),
    leftTable(result),
    nucleusTable(result),
    outsideTable(result),
    rankTable(result),
    curveTable(result),
  ];
}

function names(tokens: NucleusCell['nucleus'], all: number): string {
  const shown = tokens.slice(0, NAMED).map(({ token }) => visibleToken(token.text));
  return all > shown.length ? `${shown.join(' ')} …` : shown.join(' ');
}

function cellsTable({ cells }: NucleusResult): ReportTable {
  return {
    id: 'cells',
    title: t('Temperature and p'),
    note: t('The probability inside and outside the nucleus, before the cut.'),
    columns: [
      'T',
      'p',
      t('tokens kept'),
      t('nucleus'),
      t({ message: 'inside', comment: 'the nucleus' }),
      t({ message: 'outside', comment: 'the nucleus' }),
    ],
    formats: ['number', 'number', 'whole', 'text', 'percent', 'percent'],
    keys: 2,
    rows: cells.map((cell) => [
      cell.temperature,
      cell.p,
      cell.kept,
      names(cell.nucleus, cell.kept),
      cell.keptMass,
      1 - cell.keptMass,
    ]),
  };
}

function leftTable({ cells }: NucleusResult): ReportTable {
  return {
    id: 'left',
    title: t('The distribution after the cut'),
    note: t(
      'How far the nucleus exceeds p; the effective vocabulary, exp(entropy); and exact figures for 10 draws.',
    ),
    columns: ['T', 'p', t('excess over p'), t('entropy in nats'), t('effective vocabulary'), ...TEN_DRAWS],
    formats: ['number', 'number', 'number', 'nats', 'number', ...TEN_DRAWS_FORMATS],
    keys: 2,
    rows: cells.map((cell) => [
      cell.temperature,
      cell.p,
      cell.distance,
      cell.entropy,
      Math.exp(cell.entropy),
      ...tenDrawsCells(cell.tenDraws),
    ]),
  };
}

function nucleusTable({ cells }: NucleusResult): ReportTable {
  return {
    id: 'nucleus',
    title: t('Inside: probabilities after the cut'),
    note: t('The 20 most probable tokens of each nucleus.'),
    columns: ['T', 'p', t('token'), t('probability')],
    formats: ['number', 'number', 'token', 'percent'],
    keys: 3,
    rows: cells.flatMap(({ temperature, p, nucleus }) =>
      nucleus.map(({ token, probability }): Cell[] => [temperature, p, token.text, probability]),
    ),
  };
}

function outsideTable({ cells }: NucleusResult): ReportTable {
  return {
    id: 'outside',
    title: t('Outside: probabilities before the cut'),
    note: t('The 20 most probable tokens that each cut removes.'),
    columns: ['T', 'p', t('token'), t('probability')],
    formats: ['number', 'number', 'token', 'percent'],
    keys: 3,
    rows: cells.flatMap(({ temperature, p, outside: removed }) =>
      removed.map(({ token, probability }): Cell[] => [temperature, p, token.text, probability]),
    ),
  };
}

function rankTable({ curves }: NucleusResult): ReportTable {
  return {
    id: 'ranks',
    title: t('The most probable tokens'),
    columns: ['T', t('rank'), t('token'), t('probability'), t('cumulative')],
    formats: ['number', 'whole', 'token', 'percent', 'percent'],
    keys: 2,
    rows: curves.flatMap(({ temperature, tokens }) =>
      tokens.map(({ token, probability, cumulative }, i): Cell[] => [
        temperature,
        i + 1,
        token.text,
        probability,
        cumulative,
      ]),
    ),
  };
}

function curveTable({ curves }: NucleusResult): ReportTable {
  return {
    id: 'curve',
    title: t('Cumulative probability'),
    note: t('Total probability of the given number of most probable tokens, at the points of the picture.'),
    columns: ['T', t('tokens'), t('cumulative')],
    formats: ['number', 'whole', 'percent'],
    keys: 2,
    rows: curves.flatMap(({ temperature, ranks, cumulative }) =>
      ranks.map((rank, i): Cell[] => [temperature, rank, cumulative[i]!]),
    ),
  };
}
