import { WINDOW } from './parameters';
import { penaltySampler, SUBTRACTED } from './penalty';

export interface PresencePenaltySpec {
  readonly sampler: 'presence-penalty';
  /** From -100 to 100; above 0 discourages repetition. */
  readonly penalty: number;
  readonly window?: number;
}

/**
 * Presence penalty: subtracts a constant from the logit of every token that has occurred, once, however often.
 *
 * OpenAI API reference, `presence_penalty`, 2020; here the prompt counts too, within the window, as in llama.cpp.
 *
 * - A negative penalty encourages repetition; 0 changes nothing.
 */
export const presencePenalty = penaltySampler<PresencePenaltySpec>(
  'presence-penalty',
  {
    label: 'Presence penalty',
    explanation: 'Subtracts a constant from the logit of every token that has occurred.',
    formula: 'logit′ = logit − α for tokens that occurred',
    paper: 'OpenAI API reference, presence_penalty, 2020',
    parameters: [SUBTRACTED, WINDOW],
  },
  (logit, penalty) => logit - penalty,
);
