/** What the words of Methods mean. */
import type { Term } from '../../ui/glossary';

export const methodsTerms: Readonly<Record<string, Term>> = {
  trials: {
    title: 'Trials',
    sentence:
      'How often the whole comparison is done, each time with other random numbers: how much the trials differ says how much of a difference between methods is chance.',
    formula: 'mean ± t · s / √trials, t of Student’s distribution at 95 %',
    source: 'Student, The Probable Error of a Mean, 1908',
  },
};
