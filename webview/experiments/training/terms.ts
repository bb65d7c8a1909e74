/** What the words of Training mean. */
import { t } from '../../../src/l10n/language';
import type { Term } from '../../ui/glossary';

const ADAMW = 'Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019';

export const trainingTerms: Readonly<Record<string, Term>> = {
  epochs: {
    title: t('Epochs'),
    sentence: t('How many times the training goes through the whole training part of the text.'),
    formula: t('steps = epochs · batches of the training part'),
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
  learningRate: {
    title: t('Learning rate'),
    sentence: t(
      'How far each step moves the model’s weights. If it is too large, the loss rises; if it is too small, the loss hardly falls.',
    ),
    formula: t('weight ← weight − learning rate · mean gradient / (√mean square + ε)'),
    source: ADAMW,
  },
  weightDecay: {
    title: t('Weight decay'),
    sentence: t(
      'Every step also makes the weights a little smaller, so that the model does not rely on a few large ones.',
    ),
    formula: t('weight ← weight · (1 − learning rate · decay)'),
    source: ADAMW,
  },
  warmupSteps: {
    title: t('Warm-up steps'),
    sentence: t(
      'During so many first steps the learning rate rises in equal parts to its full value, so that the training begins gently.',
    ),
    formula: t('rate of step i = learning rate · i / warm-up steps'),
    source: 'Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, 2017',
  },
  cosineDecay: {
    title: t('Cosine decay'),
    sentence: t(
      'After the warm-up the learning rate falls along half a cosine wave, slowly at first and at the end, until the last step.',
    ),
    formula: t('rate = learning rate · (1 + cos(π · share of the steps done)) / 2'),
    source: 'Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017',
  },
  gradientNorm: {
    title: t('Gradient norm'),
    sentence: t(
      'The gradient says for every weight which way the loss changes, and how steeply; its norm is how long it is. Above the limit it is shortened, so that one unusual batch cannot throw the model off.',
    ),
    formula: t('gradient ← gradient · limit / norm, where norm > limit'),
    source: 'Pascanu, Mikolov and Bengio, On the Difficulty of Training Recurrent Neural Networks, 2013',
  },
  dropout: {
    title: t('Dropout'),
    sentence: t(
      'At each step this share of the values inside the model, chosen at random, is set to 0, so that it does not rely on single ones. 0 sets none.',
    ),
    formula: t('value ← 0 with this chance, else value / (1 − dropout)'),
    source: 'Srivastava et al., Dropout: a Simple Way to Prevent Neural Networks from Overfitting, 2014',
  },
  evaluateEvery: {
    title: t('Evaluation'),
    sentence: t(
      'After so many steps the loss of both parts is measured. Where only that of the training part still falls, the model has begun to learn its text by heart.',
    ),
    formula: t('loss of a part = mean over the first batches of it'),
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
  checkpoints: {
    title: t('Checkpoints'),
    sentence: t(
      'Files with all that a training needs to go on later: the weights, and what the optimizer AdamW remembers of the gradients (two moments for every weight). The oldest are deleted.',
    ),
    formula: t('checkpoint = weights + both moments + step'),
    source: 'Kingma and Ba, Adam: a Method for Stochastic Optimization, 2015',
  },
};
