/** What the words of Models mean. */
import type { Term } from '../../ui/glossary';

export const modelsTerms: Readonly<Record<string, Term>> = {
  modelTrials: {
    title: 'Trials',
    sentence:
      'How often every model writes its texts, each time with other random numbers that all models share: how much the trials differ says how much of a difference between models is chance.',
    formula: 'trial t draws with seed + t - 1',
    source: 'Law, Simulation Modeling and Analysis, 2015, section 11.2',
  },
};
