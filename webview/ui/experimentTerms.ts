/** What the experiments' words mean. */
import type { Term } from './glossary';

export const experimentTerms: Readonly<Record<string, Term>> = {
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
  repeats: {
    title: 'Runs of each configuration',
    sentence:
      'Every configuration is decoded so many times from the start; each run has its own random numbers, unless the seed is fixed.',
    formula: 'run i draws from the stream (seed, i)',
    source: 'Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018',
  },
  newTokens: {
    title: 'New tokens',
    sentence:
      'Every run adds exactly so many tokens, as generate_simple does: an end-of-text token does not end it.',
    formula: 'prompt + new tokens ≤ context length of the model',
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
  trials: {
    title: 'Trials',
    sentence:
      'How often the whole comparison is done, each time with other random numbers: how much the trials differ says how much of a difference between methods is chance.',
    formula: 'mean ± t · s / √trials, t of Student’s distribution at 95 %',
    source: 'Student, The Probable Error of a Mean, 1908',
  },
  modelTrials: {
    title: 'Trials',
    sentence:
      'How often every model writes its texts, each time with other random numbers that all models share: how much the trials differ says how much of a difference between models is chance.',
    formula: 'trial t draws with seed + t - 1',
    source: 'Law, Simulation Modeling and Analysis, 2015, section 11.2',
  },
};
