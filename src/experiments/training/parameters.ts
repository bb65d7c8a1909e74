/** What a training is asked to do; the book's settings, as far as it has them, where they are left out. */
import { t } from '../../l10n/language';
import { realNumber } from '../kit/checks';
import { windows, windowSeed } from '../kit/commonParameters';
import { declare } from '../kit/declaration';
import { choice, real, realOrOff, text, whole } from '../kit/parameters';

const MOST_EPOCHS = 100_000;
const MOST_STEPS = 1e9;

export const trainingSettings = declare(
  t('Training, settings'),
  {
    epochs: whole({
      name: t('The number of epochs'),
      label: t('epochs'),
      term: 'epochs',
      least: 1,
      most: MOST_EPOCHS,
      default: 1,
    }),
    ...windows,
    /** The highest rate, after warm-up and before decay. */
    learningRate: real({
      name: t('The learning rate'),
      label: t('learning rate'),
      term: 'learningRate',
      least: 0,
      leastExcluded: true,
      most: 10,
      default: 4e-4,
      initial: '4e-4',
    }),
    weightDecay: real({
      name: t('The weight decay'),
      label: t('weight decay'),
      term: 'weightDecay',
      least: 0,
      most: 100,
      default: 0.1,
    }),
    beta1: real({ name: 'beta1', least: 0, most: 1, mostExcluded: true, default: 0.9 }),
    beta2: real({ name: 'beta2', least: 0, most: 1, mostExcluded: true, default: 0.999 }),
    epsilon: real({ name: 'epsilon', least: 0, leastExcluded: true, most: 1, default: 1e-8 }),
    dropout: real({
      name: t('The dropout'),
      label: t('dropout'),
      term: 'dropout',
      least: 0,
      most: 1,
      mostExcluded: true,
      default: 0,
    }),
    warmupSteps: whole({
      name: t('The number of warm-up steps'),
      label: t('warm-up steps'),
      term: 'warmupSteps',
      least: 0,
      most: MOST_STEPS,
      default: 0,
    }),
    decay: choice({
      name: t('The decay'),
      options: [
        { value: 'none', label: t('none') },
        { value: 'cosine', label: t('cosine') },
      ],
      default: 'none',
    }),
    /** The rate at the end of the decay. */
    minimumLearningRate: real({ name: t('The lowest learning rate'), least: 0, default: 0 }),
    clipNorm: realOrOff({
      name: t('The largest norm of the gradient'),
      label: t('gradient norm limit'),
      term: 'gradientNorm',
      least: 0,
      leastExcluded: true,
      default: null,
    }),
    evaluateEvery: whole({
      name: t('The number of steps between evaluations'),
      label: t('evaluate every … steps'),
      term: 'evaluateEvery',
      least: 1,
      most: MOST_STEPS,
      default: 5,
    }),
    evaluationBatches: whole({
      name: t('The number of batches of an evaluation'),
      label: t('batches'),
      least: 1,
      most: MOST_STEPS,
      default: 5,
    }),
    startText: text({
      name: t('The start text'),
      label: t('sample begins with'),
      default: 'Every effort moves you',
    }),
    sampleTokens: whole({
      name: t('The length of the sample'),
      label: t('tokens per sample'),
      least: 0,
      most: 10_000,
      default: 50,
    }),
    seed: windowSeed,
  },
  {
    partial: true,
    check: ({ minimumLearningRate, learningRate }) => {
      realNumber(t('The lowest learning rate'), minimumLearningRate, { least: 0, most: learningRate });
    },
  },
);

/** For how many epochs a training goes on beyond those that it was begun for; 0 for what is left of them. */
export const furtherEpochs = whole({
  name: t('The number of further epochs'),
  label: t('further epochs'),
  term: 'epochs',
  least: 0,
  most: MOST_EPOCHS,
  default: 1,
});

/**
 * How often a checkpoint is kept. Two are on the disk while the second is written; a minute is the most that is lost.
 */
export const checkpointSettings = declare(
  t('Training, checkpoints'),
  {
    keep: whole({
      name: t('The number of checkpoints kept'),
      label: t('checkpoints kept'),
      term: 'checkpoints',
      least: 1,
      most: 1000,
      default: 2,
    }),
    seconds: real({
      name: t('The seconds between checkpoints'),
      label: t('seconds between checkpoints'),
      least: 0,
      most: 86_400,
      default: 60,
    }),
  },
  { partial: true },
);
