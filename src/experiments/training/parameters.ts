/** What a training is asked to do; the book's settings, as far as it has them, where they are left out. */
import { realNumber } from '../kit/checks';
import { windows, windowSeed } from '../kit/commonParameters';
import { choice, declare, real, realOrOff, text, whole } from '../kit/parameters';

const MOST_EPOCHS = 100_000;
const MOST_STEPS = 1e9;

export const trainingSettings = declare(
  'Training, settings',
  {
    epochs: whole({ name: 'The number of epochs', label: 'epochs', least: 1, most: MOST_EPOCHS, default: 1 }),
    ...windows,
    /** The highest rate, after warm-up and before decay. */
    learningRate: real({
      name: 'The learning rate',
      label: 'learning rate',
      least: 0,
      leastExcluded: true,
      most: 10,
      default: 4e-4,
      initial: '4e-4',
    }),
    weightDecay: real({ name: 'The weight decay', label: 'weight decay', least: 0, most: 100, default: 0.1 }),
    beta1: real({ name: 'beta1', least: 0, most: 1, mostExcluded: true, default: 0.9 }),
    beta2: real({ name: 'beta2', least: 0, most: 1, mostExcluded: true, default: 0.999 }),
    epsilon: real({ name: 'epsilon', least: 0, leastExcluded: true, most: 1, default: 1e-8 }),
    dropout: real({
      name: 'The dropout',
      label: 'dropout',
      least: 0,
      most: 1,
      mostExcluded: true,
      default: 0,
    }),
    warmupSteps: whole({
      name: 'The number of warm-up steps',
      label: 'warm-up steps',
      least: 0,
      most: MOST_STEPS,
      default: 0,
    }),
    decay: choice({
      name: 'The decay',
      options: [
        { value: 'none', label: 'none' },
        { value: 'cosine', label: 'cosine' },
      ],
      default: 'none',
    }),
    /** The rate at the end of the decay. */
    minimumLearningRate: real({ name: 'The lowest learning rate', least: 0, default: 0 }),
    clipNorm: realOrOff({
      name: 'The largest norm of the gradient',
      label: 'gradient norm limit',
      least: 0,
      leastExcluded: true,
      default: null,
    }),
    evaluateEvery: whole({
      name: 'The number of steps between evaluations',
      label: 'evaluate every … steps',
      least: 1,
      most: MOST_STEPS,
      default: 5,
    }),
    evaluationBatches: whole({
      name: 'The number of batches of an evaluation',
      label: 'batches',
      least: 1,
      most: MOST_STEPS,
      default: 5,
    }),
    startText: text({
      name: 'The start text',
      label: 'sample begins with',
      default: 'Every effort moves you',
    }),
    sampleTokens: whole({
      name: 'The length of the sample',
      label: 'tokens per sample',
      least: 0,
      most: 10_000,
      default: 50,
    }),
    seed: windowSeed,
  },
  {
    partial: true,
    check: ({ minimumLearningRate, learningRate }) => {
      realNumber('The lowest learning rate', minimumLearningRate, { least: 0, most: learningRate });
    },
  },
);

/** For how many epochs a training goes on beyond those that it was begun for; 0 for what is left of them. */
export const furtherEpochs = whole({
  name: 'The number of further epochs',
  label: 'further epochs',
  least: 0,
  most: MOST_EPOCHS,
  default: 1,
});

/**
 * How often a checkpoint is kept. Two are on the disk while the second is written; a minute is the most that is lost.
 */
export const checkpointSettings = declare(
  'Training, checkpoints',
  {
    keep: whole({
      name: 'The number of checkpoints kept',
      label: 'checkpoints kept',
      least: 1,
      most: 1000,
      default: 2,
    }),
    seconds: real({
      name: 'The seconds between checkpoints',
      label: 'seconds between checkpoints',
      least: 0,
      most: 86_400,
      default: 60,
    }),
  },
  { partial: true },
);
