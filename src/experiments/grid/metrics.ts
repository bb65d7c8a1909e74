/** Everything that is measured in the cells of a grid, described as data. */
import { t } from '../../l10n/language';
import type { GridCell } from './result';
import type { CellFormat } from '../report/types';

/** A number that a heat map can show. */
export interface GridMetric {
  readonly id: string;
  readonly label: string;
  /** One sentence: what it measures, and of what. */
  readonly explanation: string;
  readonly format: CellFormat;
  /** null where the cell has no such number. */
  readonly of: (cell: GridCell) => number | null;
  /** True for what is measured in sampled texts, false for what is exact. */
  readonly sampled: boolean;
}

export const GRID_METRICS: readonly GridMetric[] = [
  {
    id: 'effective-vocabulary',
    label: t('Effective vocabulary'),
    explanation: t('The number of equally probable tokens with the same entropy: exp(entropy). Exact.'),
    format: 'number',
    of: ({ exact }) => exact?.effectiveVocabulary ?? null,
    sampled: false,
  },
  {
    id: 'entropy',
    label: t('Entropy'),
    explanation: t('Uncertainty of the next token after the samplers, in nats. Exact.'),
    format: 'nats',
    of: ({ exact }) => exact?.entropy ?? null,
    sampled: false,
  },
  {
    id: 'kept',
    label: t('Tokens kept'),
    explanation: t('Number of next tokens that the samplers keep. Exact.'),
    format: 'whole',
    of: ({ exact }) => exact?.kept ?? null,
    sampled: false,
  },
  {
    id: 'kept-mass',
    label: t('Probability kept'),
    explanation: t('Total probability, before the samplers, of the tokens that they keep. Exact.'),
    format: 'percent',
    of: ({ exact }) => exact?.keptMass ?? null,
    sampled: false,
  },
  {
    id: 'diversity',
    label: t('Diversity'),
    explanation: t(
      'Expected number of distinct tokens / 10, in 10 draws of the next token, as the chapter defines it. Exact.',
    ),
    format: 'percent',
    of: ({ exact }) => exact?.diversity ?? null,
    sampled: false,
  },
  {
    id: 'coherence',
    label: t('Coherence'),
    explanation: t(
      'Expected share of the most common token in 10 draws of the next token, as the chapter defines it. Exact.',
    ),
    format: 'percent',
    of: ({ exact }) => exact?.coherence ?? null,
    sampled: false,
  },
  {
    id: 'distinct-1',
    label: t('Distinct-1'),
    explanation: t('Distinct tokens / all tokens of the sampled texts.'),
    format: 'percent',
    of: ({ measured }) => measured?.distinct1 ?? null,
    sampled: true,
  },
  {
    id: 'distinct-2',
    label: t('Distinct-2'),
    explanation: t('Distinct pairs of tokens / all pairs of the sampled texts.'),
    format: 'percent',
    of: ({ measured }) => measured?.distinct2 ?? null,
    sampled: true,
  },
  {
    id: 'distinct-3',
    label: t('Distinct-3'),
    explanation: t('Distinct sequences of three tokens / all of them, in the sampled texts.'),
    format: 'percent',
    of: ({ measured }) => measured?.distinct3 ?? null,
    sampled: true,
  },
  {
    id: 'repetition',
    label: t('Repetition'),
    explanation: t(
      'How much a text repeats itself: 1 − product of (1 − rep-n) for n = 2 to 4, mean over texts.',
    ),
    format: 'percent',
    of: ({ measured }) => measured?.repetition ?? null,
    sampled: true,
  },
  {
    id: 'log-probability',
    label: t('Mean log-probability'),
    explanation: t(
      'How probable the model finds the texts: nats per token before the samplers, mean over texts.',
    ),
    format: 'nats',
    of: ({ measured }) => measured?.meanLogProbability ?? null,
    sampled: true,
  },
  {
    id: 'text-entropy',
    label: t('Entropy along the texts'),
    explanation: t('Entropy after the samplers, in nats, mean over all steps of the texts.'),
    format: 'nats',
    of: ({ measured }) => measured?.meanEntropy ?? null,
    sampled: true,
  },
  {
    id: 'text-kept',
    label: t('Tokens kept along the texts'),
    explanation: t('Number of tokens that the samplers keep, mean over all steps of the texts.'),
    format: 'number',
    of: ({ measured }) => measured?.meanKept ?? null,
    sampled: true,
  },
];
