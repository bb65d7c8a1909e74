/** What is measured of the texts of compared models, over their trials. */
import { spread, type Spread } from '../../core/statistics/spread';
import type { ComparedModel, TrialMeasures } from './result';

export interface ModelMeasureInfo {
  readonly id: keyof TrialMeasures;
  readonly label: string;
}

export const MODEL_MEASURES: readonly ModelMeasureInfo[] = [
  { id: 'distinct1', label: 'Distinct-1' },
  { id: 'distinct2', label: 'Distinct-2' },
  { id: 'repetition', label: 'Repetition' },
  { id: 'selfBleu', label: 'Self-BLEU' },
  { id: 'diversity', label: 'Diversity' },
  { id: 'coherence', label: 'Coherence' },
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
