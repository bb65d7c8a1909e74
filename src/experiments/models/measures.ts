/** What is measured of the texts of compared models, over their trials. */
import { t } from '../../l10n/language';
import { spread, type Spread } from '../../core/statistics/spread';
import type { ComparedModel, TrialMeasures } from './result';

export interface ModelMeasureInfo {
  readonly id: keyof TrialMeasures;
  readonly label: string;
}

export const MODEL_MEASURES: readonly ModelMeasureInfo[] = [
  { id: 'distinct1', label: t('Distinct-1') },
  { id: 'distinct2', label: t('Distinct-2') },
  { id: 'repetition', label: t('Repetition') },
  { id: 'selfBleu', label: t('Self-BLEU') },
  { id: 'diversity', label: t('Diversity') },
  { id: 'coherence', label: t('Coherence') },
];

/** Over the trials that have the measure; null where none has. */
export function measureOf({ trials }: ComparedModel, id: ModelMeasureInfo['id']): Spread | null {
  const values = trials.flatMap(({ measures }) => measures[id] ?? []);
  return values.length === 0 ? null : spread(values);
}

/** A model's perplexity on the texts of another, over the trials. */
export function perplexityOf({ trials }: ComparedModel, author: number): Spread {
  return spread(trials.map(({ perplexityOn }) => perplexityOn[author]!));
}
