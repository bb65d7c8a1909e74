/** What the words of Temperature mean. */
import type { Term } from '../../ui/glossary';

export const temperatureTerms: Readonly<Record<string, Term>> = {
  target: {
    title: 'Target',
    sentence:
      'The text that is asked for. Its probability is the sum over all token sequences that spell it, not only over the tokenizer’s own choice.',
    formula: 'P(target) = Σ over spellings Π p(token | before)',
    source:
      'Cao and Rimell, You Should Evaluate Your Language Model on Marginal Likelihood over Tokenisations, 2021',
  },
  leadingSpace: {
    title: 'The space before a word',
    sentence:
      'Within a sentence a word’s first token begins with the space before it: “·pizza” and “pizza” are different tokens with different probabilities.',
    formula: '“·pizza” ≠ “pizza”',
    source: 'Radford et al., Language Models are Unsupervised Multitask Learners, 2019',
  },
  draws: {
    title: 'Draws',
    sentence:
      'How often the next token is drawn at every temperature. All temperatures use the same random numbers, so what differs between them is not chance.',
    formula: 'count / draws → p, with an error of about √(p (1 − p) / draws)',
    source: 'Law, Simulation Modeling and Analysis, 2015, section 11.2',
  },
};
