/** What the words of Methods mean. */
import type { Term } from '../../ui/glossary';

export const methodsTerms: Readonly<Record<string, Term>> = {
  trials: {
    title: 'Trials',
    sentence:
      'How many times the whole comparison is repeated, each time with different random numbers. The spread of the trials shows how much of a difference between methods may be chance.',
    formula: 'mean ± t · s / √trials, t of Student’s distribution at 95 %',
    source: 'Student, The Probable Error of a Mean, 1908',
  },
};
