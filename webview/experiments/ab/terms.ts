/** What the words of A/B mean. */
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import type { Term } from '../../ui/glossary';

export const abTerms: Readonly<Record<string, Term>> = {
  kl: {
    title: t('Kullback-Leibler divergence'),
    sentence: t(
      'What it costs to expect the second distribution where the first is true. It is 0 for equal distributions, and infinite where the second gives no chance to something that the first does.',
    ),
    formula: t('KL(A ‖ B) = Σ a ln(a / b) over all tokens, in nats'),
    source: 'Kullback and Leibler, On Information and Sufficiency, 1951',
  },
  jensenShannon: {
    title: t('Jensen-Shannon divergence'),
    sentence: t(
      'How far two distributions are from their average. It is the same from either side and always finite: 0 for equal distributions, ln 2 = {0} nats for those that share no token.',
      written(0.693),
    ),
    formula: 'JS = ½ KL(A ‖ M) + ½ KL(B ‖ M), M = ½ (A + B)',
    source: 'Lin, Divergence Measures Based on the Shannon Entropy, 1991',
  },
};
