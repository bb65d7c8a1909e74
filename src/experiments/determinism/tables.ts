/** The figures of a result of Determinism. */
import { t, whole } from '../../l10n/language';
import type { Cell, ReportTable } from '../report/types';
import { configurationName } from './decodings';
import type { DeterminismDifference, DeterminismResult } from './result';
import { againstSimple, isIdentical, why } from './sentences';

export function determinismTables(result: DeterminismResult): ReportTable[] {
  return [verdictTable(result), textTable(result), differenceTable(result), logitTable(result)];
}

function verdictTable({ verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'verdicts',
    title: t('Verdicts'),
    columns: [
      t('configuration'),
      t('same every time'),
      t('different texts'),
      t('compared with greedy decoding'),
      t('why'),
    ],
    formats: ['text', 'text', 'whole', 'text', 'text'],
    keys: 1,
    rows: verdicts.map((verdict) => [
      configurationName(verdict),
      isIdentical(verdict) ? t('yes') : t('no'),
      verdict.distinct,
      againstSimple(verdict),
      why(verdict),
    ]),
  };
}

function textTable({ simple, verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'texts',
    title: t('The texts'),
    columns: [t('configuration'), t({ message: 'run', comment: 'one of several' }), t('text'), t('ids')],
    formats: ['text', 'text', 'text', 'text'],
    keys: 2,
    rows: [
      [t('greedy decoding (generate_simple)'), '', simple.text, simple.ids.join(' ')],
      ...verdicts.flatMap((verdict) =>
        verdict.runs.map(({ text, ids }, i): Cell[] => [
          configurationName(verdict),
          String(i + 1),
          text,
          ids.join(' '),
        ]),
      ),
    ],
  };
}

function differenceTable({ verdicts }: DeterminismResult): ReportTable {
  const row = (name: string, between: string, difference: DeterminismDifference): Cell[] => [
    name,
    between,
    difference.position + 1,
    difference.firstStep.token.text,
    difference.firstStep.raw,
    difference.firstStep.processed,
    difference.secondStep.token.text,
    difference.secondStep.raw,
    difference.secondStep.processed,
    difference.firstStep.kept,
    difference.tied,
  ];
  return {
    id: 'differences',
    title: t('First differences'),
    note: t('Probabilities before and after the samplers.'),
    columns: [
      t('configuration'),
      t({ message: 'between', comment: 'which runs' }),
      t('token number'),
      t('first token'),
      t('first before samplers'),
      t('first after samplers'),
      t('second token'),
      t('second before samplers'),
      t('second after samplers'),
      t('candidates'),
      t('tied for first place'),
    ],
    formats: [
      'text',
      'text',
      'whole',
      'token',
      'percent',
      'percent',
      'token',
      'percent',
      'percent',
      'whole',
      'whole',
    ],
    keys: 2,
    rows: verdicts.flatMap((verdict) => {
      const { difference, fromSimple } = verdict;
      const name = configurationName(verdict);
      return [
        ...(difference ? [row(name, t('runs 1 and {0}', whole(difference.second + 1)), difference)] : []),
        ...(fromSimple ? [row(name, t('run 1 and greedy decoding'), fromSimple)] : []),
      ];
    }),
  };
}

function logitTable({ verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'steps',
    title: t('What could have been drawn'),
    columns: [
      t('configuration'),
      t('most candidates'),
      t('least probable token drawn'),
      t('steps with a tie'),
      t('largest difference of logits'),
    ],
    formats: ['text', 'whole', 'percent', 'whole', 'number'],
    keys: 1,
    rows: verdicts.map((verdict) => [
      configurationName(verdict),
      verdict.mostKept,
      verdict.leastChosen,
      verdict.ties,
      verdict.logitsApart,
    ]),
  };
}
