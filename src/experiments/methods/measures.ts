/** Everything that methods are measured by, described as data. */
import { t } from '../../l10n/language';
import type { MethodMeasure, MethodResult, MethodsResult } from './result';
import type { CellFormat } from '../report/types';

/** What a measure is called and means, in single tokens and in whole texts. */
export interface MethodMeasureInfo {
  readonly id: string;
  readonly label: string;
  /** One sentence. */
  readonly explanation: string;
  readonly format: CellFormat;
  /** Only some methods have it: a table has a column for it where one of them is there. */
  readonly rare?: true;
}

export const LOG_PROBABILITY: MethodMeasureInfo = {
  id: 'log-probability',
  label: t('Log-probability per token'),
  explanation: t('How probable the model finds the chosen tokens before any sampler, in nats per token.'),
  format: 'nats',
};

const TOKEN_MEASURES: readonly MethodMeasureInfo[] = [
  {
    id: 'diversity',
    label: t('Diversity'),
    explanation: t('Distinct tokens / all tokens of a trial, as the chapter defines it.'),
    format: 'percent',
  },
  {
    id: 'coherence',
    label: t('Coherence'),
    explanation: t('Share of the most common token of a trial, as the chapter defines it.'),
    format: 'percent',
  },
  LOG_PROBABILITY,
];

const TEXT_MEASURES: readonly MethodMeasureInfo[] = [
  {
    id: 'distinct-2',
    label: t('Distinct-2'),
    explanation: t('Distinct pairs of tokens / all pairs, across the texts of a trial.'),
    format: 'percent',
  },
  {
    id: 'self-bleu',
    label: t('Self-BLEU'),
    explanation: t(
      'How much the texts of a trial resemble each other: mean BLEU (their shared sequences of 1 to 4 tokens) of each against the others.',
    ),
    format: 'percent',
  },
  {
    id: 'ngram-diversity',
    label: t('Freedom from repetition'),
    explanation: t(
      'How little a text repeats itself: product of (1 − rep-n) for n = 2 to 4, mean over texts.',
    ),
    format: 'percent',
  },
  LOG_PROBABILITY,
  {
    id: 'diversity',
    label: t('Diversity'),
    explanation: t('Distinct texts / all texts of a trial: the chapter’s definition, applied to texts.'),
    format: 'percent',
  },
  {
    id: 'coherence',
    label: t('Coherence'),
    explanation: t('Share of the most common text of a trial: the chapter’s definition, applied to texts.'),
    format: 'percent',
  },
  {
    id: 'distinct-1',
    label: t('Distinct-1'),
    explanation: t('Distinct tokens / all tokens, across the texts of a trial.'),
    format: 'percent',
  },
  {
    id: 'distinct-3',
    label: t('Distinct-3'),
    explanation: t('Distinct sequences of three tokens / all of them, across the texts of a trial.'),
    format: 'percent',
  },
  {
    id: 'rep-2',
    label: t('Rep-2'),
    explanation: t('Share of a text’s pairs of tokens that repeat an earlier one, mean over texts.'),
    format: 'percent',
  },
  {
    id: 'rep-3',
    label: t('Rep-3'),
    explanation: t(
      'Share of a text’s sequences of three tokens that repeat an earlier one, mean over texts.',
    ),
    format: 'percent',
  },
  {
    id: 'rep-4',
    label: t('Rep-4'),
    explanation: t('Share of a text’s sequences of four tokens that repeat an earlier one, mean over texts.'),
    format: 'percent',
  },
  {
    id: 'likeness',
    label: t('Likeness to what came before'),
    explanation: t(
      'Largest cosine of a token’s hidden state with an earlier one, mean over tokens: what contrastive search holds down.',
    ),
    format: 'number',
    rare: true,
  },
];

export function measureInfos(form: MethodsResult['form']): readonly MethodMeasureInfo[] {
  return form === 'tokens' ? TOKEN_MEASURES : TEXT_MEASURES;
}

export function measureOfMethod(method: MethodResult, id: string): MethodMeasure | null {
  return method.measures.find((measure) => measure.id === id) ?? null;
}
