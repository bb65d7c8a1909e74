import { WINDOW } from './parameters';
import { penaltySampler, SUBTRACTED } from './penalty';

export interface FrequencyPenaltySpec {
  readonly sampler: 'frequency-penalty';
  /** From -100 to 100; above 0 discourages repetition. */
  readonly penalty: number;
  readonly window?: number;
}

/**
 * Frequency penalty: subtracts from the logit of every token a constant for each time that it has occurred.
 *
 * OpenAI API reference, `frequency_penalty`, 2020; here the prompt counts too, within the window, as in llama.cpp.
 *
 * - A negative penalty encourages repetition; 0 changes nothing.
 */
export const frequencyPenalty = penaltySampler<FrequencyPenaltySpec>(
  'frequency-penalty',
  {
    label: 'Frequency penalty',
    explanation: 'Subtracts a constant from the logit of every token for each time that it has occurred.',
    formula: 'logit′ = logit − α · count',
    paper: 'OpenAI API reference, frequency_penalty, 2020',
    parameters: [SUBTRACTED, WINDOW],
  },
  (logit, penalty, count) => logit - penalty * count,
);
