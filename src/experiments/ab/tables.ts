/** The figures of a result of A/B. */
import { t, whole } from '../../l10n/language';
import { endWords } from '../report/ends';
import type { Cell, CellFormat, ReportTable } from '../report/types';
import { partingOf, type AbResult, type Divergence } from './result';
import { partingSample, removedBySampler, removerName, tokenTexts } from './sentences';

export function abTables(result: AbResult): ReportTable[] {
  if (result.samples.every(({ steps }) => steps.length === 0)) return [];
  return [textsTable(result), stepsTable(result), ...distributionTable(result), samplersTable(result)];
}

function textsTable({ samples }: AbResult): ReportTable {
  return {
    id: 'texts',
    title: t('Texts'),
    note: t(
      'ln p is the sum over the tokens of the natural logarithm of the probability before the samplers.',
    ),
    columns: [
      t('sample'),
      t('side'),
      t('text'),
      t('tokens'),
      'ln p',
      t({ message: 'end', comment: 'of a text' }),
      t('parts at token'),
    ],
    formats: ['whole', 'text', 'text', 'whole', 'nats', 'text', 'whole'],
    keys: 2,
    rows: samples.flatMap((sample, i) => {
      const at = partingOf(sample);
      return (['a', 'b'] as const).map((side): Cell[] => {
        const { text, ids, logProbability } = sample[side];
        return [
          i + 1,
          side.toUpperCase(),
          text,
          ids.length,
          logProbability,
          endWords(sample[side]).label,
          at === null ? null : at + 1,
        ];
      });
    }),
  };
}

const STEPS: readonly (readonly [string, CellFormat])[] = [
  [t('sample'), 'whole'],
  [t('position'), 'whole'],
  ['A', 'token'],
  ['B', 'token'],
  [t('A, before samplers'), 'percent'],
  [t('A, after samplers'), 'percent'],
  [t('B, before samplers'), 'percent'],
  [t('B, after samplers'), 'percent'],
  [t('kept by A'), 'whole'],
  [t('kept by B'), 'whole'],
  [t('their probability in A'), 'percent'],
  [t('their probability in B'), 'percent'],
  ['KL(A ‖ B)', 'nats'],
  ['KL(B ‖ A)', 'nats'],
  ['Jensen-Shannon', 'nats'],
  [t('KL(A ‖ B) before samplers'), 'nats'],
  [t('KL(B ‖ A) before samplers'), 'nats'],
  [t('Jensen-Shannon before samplers'), 'nats'],
];

function stepsTable(result: AbResult): ReportTable {
  const text = tokenTexts(result);
  return {
    id: 'steps',
    title: t('Token by token'),
    note: t(
      'Divergences are in nats; KL is infinite where the other side gives no chance to a possible token. Up to the place where the texts part, both sides have the same context if they have the same prompt.',
    ),
    columns: STEPS.map(([name]) => name),
    formats: STEPS.map(([, format]) => format),
    keys: 2,
    rows: result.samples.flatMap(({ steps }, sample) =>
      steps.map(({ a, b, before, after }, place): Cell[] => [
        sample + 1,
        place + 1,
        a && text(a.id),
        b && text(b.id),
        a && a.raw,
        a && a.processed,
        b && b.raw,
        b && b.processed,
        a && a.kept,
        b && b.kept,
        a && a.keptMass,
        b && b.keptMass,
        ...cellsOf(after),
        ...cellsOf(before),
      ]),
    ),
  };
}

function cellsOf(divergence: Divergence | null): Cell[] {
  if (!divergence) return [null, null, null];
  const { ab, ba, js } = divergence;
  return [ab ?? Infinity, ba ?? Infinity, js];
}

/** Both distributions where the texts part, or at the first token. */
function distributionTable(result: AbResult): ReportTable[] {
  const parting = partingSample(result);
  const { sample, at } = parting ?? { sample: 0, at: 0 };
  const step = result.samples[sample]?.steps[at];
  if (!step) return [];
  const text = tokenTexts(result);
  return [
    {
      id: 'distributions',
      title: parting
        ? t('Both distributions where the texts part')
        : t('Both distributions at the first token'),
      note: t(
        'Token {0} of sample {1}: the most probable tokens of either side, and those drawn.',
        whole(at + 1),
        whole(sample + 1),
      ),
      columns: [
        t('token'),
        t('id'),
        t('A, before samplers'),
        t('A, after samplers'),
        t('removed in A by'),
        t('B, before samplers'),
        t('B, after samplers'),
        t('removed in B by'),
      ],
      formats: ['token', 'text', 'percent', 'percent', 'text', 'percent', 'percent', 'text'],
      keys: 2,
      rows: step.rows.map(({ id, a, b }): Cell[] => [
        text(id),
        id,
        ...[a, b].flatMap((cell): Cell[] =>
          cell ? [cell.raw, cell.processed, removerName(cell)] : [null, null, null],
        ),
      ]),
    },
  ];
}

function samplersTable({ samples }: AbResult): ReportTable {
  const rows = (['a', 'b'] as const).flatMap((side) => {
    const sides = samples.flatMap(({ steps }) => steps.flatMap((step) => step[side] ?? []));
    return removedBySampler(sides).map(({ sampler, removed, mass }, place): Cell[] => [
      side.toUpperCase(),
      `${place + 1}. ${sampler}`,
      removed,
      mass,
    ]);
  });
  return {
    id: 'chains',
    title: t('What the samplers remove'),
    note: t(
      'Per token, on average over all of them: how many tokens each sampler removes, and their probability before the samplers.',
    ),
    columns: [t('side'), t('sampler'), t({ message: 'removed', comment: 'tokens' }), t('their probability')],
    formats: ['text', 'text', 'number', 'percent'],
    keys: 2,
    rows,
  };
}
