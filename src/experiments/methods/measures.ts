/** Everything that methods are measured by, described as data. */
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
  label: 'Log-probability per token',
  explanation: 'How probable the model finds the chosen tokens before any sampler, in nats per token.',
  format: 'nats',
};

const TOKEN_MEASURES: readonly MethodMeasureInfo[] = [
  {
    id: 'diversity',
    label: 'Diversity',
    explanation: 'Distinct tokens / all tokens of a trial, as the chapter defines it.',
    format: 'percent',
  },
  {
    id: 'coherence',
    label: 'Coherence',
    explanation: 'Share of the most common token of a trial, as the chapter defines it.',
    format: 'percent',
  },
  LOG_PROBABILITY,
];

const TEXT_MEASURES: readonly MethodMeasureInfo[] = [
  {
    id: 'distinct-2',
    label: 'Distinct-2',
    explanation: 'Distinct pairs of tokens / all pairs, across the texts of a trial.',
    format: 'percent',
  },
  {
    id: 'self-bleu',
    label: 'Self-BLEU',
    explanation: 'How much the texts of a trial resemble each other: mean BLEU of each against the others.',
    format: 'percent',
  },
  {
    id: 'ngram-diversity',
    label: 'Freedom from repetition',
    explanation: 'How little a text repeats itself: product of (1 − rep-n) for n = 2 to 4, mean over texts.',
    format: 'percent',
  },
  LOG_PROBABILITY,
  {
    id: 'diversity',
    label: 'Diversity',
    explanation: 'Distinct texts / all texts of a trial: the chapter’s definition, applied to texts.',
    format: 'percent',
  },
  {
    id: 'coherence',
    label: 'Coherence',
    explanation: 'Share of the most common text of a trial: the chapter’s definition, applied to texts.',
    format: 'percent',
  },
  {
    id: 'distinct-1',
    label: 'Distinct-1',
    explanation: 'Distinct tokens / all tokens, across the texts of a trial.',
    format: 'percent',
  },
  {
    id: 'distinct-3',
    label: 'Distinct-3',
    explanation: 'Distinct sequences of three tokens / all of them, across the texts of a trial.',
    format: 'percent',
  },
  {
    id: 'rep-2',
    label: 'Rep-2',
    explanation: 'Share of a text’s pairs of tokens that repeat an earlier one, mean over texts.',
    format: 'percent',
  },
  {
    id: 'rep-3',
    label: 'Rep-3',
    explanation: 'Share of a text’s sequences of three tokens that repeat an earlier one, mean over texts.',
    format: 'percent',
  },
  {
    id: 'rep-4',
    label: 'Rep-4',
    explanation: 'Share of a text’s sequences of four tokens that repeat an earlier one, mean over texts.',
    format: 'percent',
  },
  {
    id: 'likeness',
    label: 'Likeness to what came before',
    explanation:
      'Largest cosine of a token’s hidden state with an earlier one, mean over tokens: what contrastive search holds down.',
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
