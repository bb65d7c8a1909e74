/** What the words of Temperature mean. */
import { t } from '../../../src/l10n/language';
import type { Term } from '../../ui/glossary';

export const temperatureTerms: Readonly<Record<string, Term>> = {
  target: {
    title: t('Target'),
    sentence: t(
      'The text to look for. Its probability is summed over all token sequences that spell it, not only the tokenizer’s own choice.',
    ),
    formula: t('P(target) = Σ over spellings Π p(token | before)'),
    source:
      'Cao and Rimell, You Should Evaluate Your Language Model on Marginal Likelihood over Tokenisations, 2021',
  },
  leadingSpace: {
    title: t('The space before a word'),
    sentence: t(
      'Inside a sentence, a word’s first token includes the space before it: “·pizza” and “pizza” are different tokens with different probabilities.',
    ),
    formula: '“·pizza” ≠ “pizza”',
    source: 'Radford et al., Language Models are Unsupervised Multitask Learners, 2019',
  },
  draws: {
    title: t('Draws'),
    sentence: t(
      'How many times the next token is drawn at each temperature. With more draws, the frequency comes closer to the exact probability.',
    ),
    formula: t('count / draws → p, with an error of about √(p (1 − p) / draws)'),
    source: 'Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927',
  },
  commonRandomNumbers: {
    title: t('Common random numbers'),
    sentence: t(
      'When this is off, each temperature uses its own random numbers, so the points scatter around the curve independently. When it is on, all temperatures use the same random numbers, so they err together, and a difference between two of them is due to the temperature.',
    ),
    formula: 'Var(a − b) = Var(a) + Var(b) − 2 Cov(a, b)',
    source: 'Law, Simulation Modeling and Analysis, 2015, section 11.2',
  },
};
