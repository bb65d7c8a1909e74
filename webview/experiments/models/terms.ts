/** What the words of Models mean. */
import { t } from '../../../src/l10n/language';
import type { Term } from '../../ui/glossary';

export const modelsTerms: Readonly<Record<string, Term>> = {
  modelTrials: {
    title: t('Trials'),
    sentence: t(
      'How many times every model writes its texts, each time with different random numbers that all models share. The spread of the trials shows how much of a difference between models may be chance.',
    ),
    formula: t('trial t uses seed + t − 1, where a server draws seed + (t − 1) · samples'),
    source: 'Law, Simulation Modeling and Analysis, 2015, section 11.2',
  },
};
