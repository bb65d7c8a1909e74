/** What the words of answers mean that several experiments measure by, and what the samplers work on. */
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';
import type { Term } from './glossary';

const BOOK = 'Raschka, Build a Large Language Model (From Scratch), 2024';

export const measureTerms: Readonly<Record<string, Term>> = {
  logit: {
    title: t('Logits'),
    sentence: t(
      'The numbers that the model gives to all tokens, one to each: the larger it is, the more probable the token comes next. The softmax function makes probabilities of them, which sum to 1.',
    ),
    formula: t('p(token) = e^logit / Σ e^logit over all tokens'),
    source: BOOK,
  },
  samplers: {
    title: t('Samplers'),
    sentence: t(
      'Steps that change the model’s probabilities before a token is drawn: they remove tokens, or make some more probable and others less. The first in the list acts first, and each goes on from what the one before it left.',
    ),
    formula: t('logits → samplers → probabilities that sum to 1 → a random draw'),
    source: 'Holtzman et al., The Curious Case of Neural Text Degeneration, 2020',
  },
  loss: {
    title: t('Loss'),
    sentence: t(
      'How badly a model predicts a text: the mean surprisal of its tokens. A token that the model was sure of has surprisal 0; the less probable it was, the larger it is.',
    ),
    formula: t('loss = −(1/n) Σ ln p(token | tokens before), in nats'),
    source: BOOK,
  },
  perplexity: {
    title: t('Perplexity'),
    sentence: t(
      'The loss as a number of choices: the model was as unsure of each token as if it had to guess among so many equally probable ones. 1 would be perfect.',
    ),
    formula: t('perplexity = e^loss'),
    source: 'Jelinek et al., Perplexity: a Measure of the Difficulty of Speech Recognition Tasks, 1977',
  },
  bitsPerCharacter: {
    title: t('Bits per character'),
    sentence: t(
      'How large the text would be, per character, if it were compressed with this model. Models that cut text into different tokens can be compared by it.',
    ),
    formula: t('−Σ log₂ p(token | tokens before) / number of characters'),
    source: 'Shannon, Prediction and Entropy of Printed English, 1951',
  },
  effectiveVocabulary: {
    title: t('Effective vocabulary'),
    sentence: t(
      'How many equally probable tokens would be as hard to guess among as the next token is: 1 where it is certain.',
    ),
    formula: t('e^H, with H the entropy in nats'),
    source: 'Jelinek et al., Perplexity: a Measure of the Difficulty of Speech Recognition Tasks, 1977',
  },
  diversity: {
    title: t('Diversity'),
    sentence: t(
      'How varied the draws are: the number of different ones, divided by the number of all. 1 means that no two are the same.',
    ),
    formula: t('distinct / all'),
    source: t('The course’s chapter'),
  },
  coherence: {
    title: t('Coherence'),
    sentence: t(
      'How much the draws agree: the share of the one that came most often. 1 means that all are the same.',
    ),
    formula: t('count of the most common / all'),
    source: t('The course’s chapter'),
  },
  interval: {
    title: t('95 % interval'),
    sentence: t(
      'What is counted in draws differs from the probability by chance. Of 100 intervals like this one, about 95 hold the value that draws without end would give.',
    ),
    formula: t('Wilson’s interval of a share, z = {0}', written(1.96)),
    source: 'Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927',
  },
  kl: {
    title: t('Kullback-Leibler divergence'),
    sentence: t(
      'How much more surprising the draws of the first distribution are, on average, to someone who expects the second. It is 0 for equal distributions, and infinite where the second gives no chance to something that the first does.',
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
  beams: {
    title: t('Beams'),
    sentence: t(
      'How many beginnings are kept at every step. One is greedy search; more find better texts, without proof that they are the best.',
    ),
    formula: t('keep the k largest Σ ln p of all continuations of all beams'),
    source: 'Lowerre, The Harpy Speech Recognition System, 1976',
  },
};
