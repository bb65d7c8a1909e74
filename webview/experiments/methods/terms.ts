/** What the words of Methods mean. */
import { t } from '../../../src/l10n/language';
import type { Term } from '../../ui/glossary';

export const methodsTerms: Readonly<Record<string, Term>> = {
  trials: {
    title: t('Trials'),
    sentence: t(
      'How many times the whole comparison is repeated, each time with different random numbers. The spread of the trials shows how much of a difference between methods may be chance.',
    ),
    formula: t('mean ± t · s / √trials, t of Student’s distribution at 95 %'),
    source: 'Student, The Probable Error of a Mean, 1908',
  },
  contrastiveSearch: {
    title: t('Contrastive search'),
    sentence: t(
      'Takes, of the k most probable tokens, the one with the highest score. Alpha is the weight of the penalty for being like what has been said: 0 is greedy decoding, 1 looks at likeness alone.',
    ),
    formula: t('score(v) = (1 − α) · p(v) − α · max_j cos(h_v, h_j), h the last hidden states'),
    source:
      'Su, Lan, Wang, Yogatama, Kong and Collier, A Contrastive Framework for Neural Text Generation, 2022',
  },
};
