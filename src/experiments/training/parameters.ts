/** Reads what a training is asked to do; each error is a sentence with the value, the limit and the fix. */
import { BOOK_SEED } from '../kit/textBatches';
import { parseWindows } from '../loss';
import { parameterObject, realNumber, show, textValue, wholeNumber } from '../kit/checks';
import type { CheckpointSettings, TrainingSettings } from './result';

/** The book's settings, as far as it has them. */
export const TRAINING_DEFAULTS = {
  epochs: 1,
  learningRate: 4e-4,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  dropout: 0,
  warmupSteps: 0,
  decay: 'none',
  minimumLearningRate: 0,
  clipNorm: null,
  evaluateEvery: 5,
  evaluationBatches: 5,
  startText: 'Every effort moves you',
  sampleTokens: 50,
  seed: BOOK_SEED,
} as const satisfies Partial<TrainingSettings>;

/** Two are on the disk while the second is written; a minute is the most that is lost. */
export const CHECKPOINT_DEFAULTS: CheckpointSettings = { keep: 2, seconds: 60 };

const MOST_EPOCHS = 100_000;
const MOST_KEPT = 1000;
const MOST_SECONDS = 86_400;
const MOST_STEPS = 1e9;

/**
 * Reads settings; the book's where they are left out.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseTrainingSettings(value: unknown): TrainingSettings {
  const given = { ...TRAINING_DEFAULTS, ...parameterObject('Training, settings', value) };
  const windows = parseWindows(given);
  const { decay, clipNorm } = given as Readonly<Record<string, unknown>>;
  if (decay !== 'none' && decay !== 'cosine') {
    throw new RangeError(`The decay is ${show(decay)}; it must be none or cosine.`);
  }
  const belowOne = (name: string, number: unknown): number => {
    const real = realNumber(name, number, { least: 0, most: 1 });
    if (real < 1) return real;
    throw new RangeError(`${name} is 1; it must be below 1.`);
  };
  const steps = (name: string, number: unknown, least: number): number =>
    wholeNumber(name, number, least, MOST_STEPS);
  const learningRate = realNumber('The learning rate', given.learningRate, {
    least: 0,
    leastExcluded: true,
    most: 10,
  });
  return {
    epochs: wholeNumber('The number of epochs', given.epochs, 1, MOST_EPOCHS),
    ...windows,
    learningRate,
    weightDecay: realNumber('The weight decay', given.weightDecay, { least: 0, most: 100 }),
    beta1: belowOne('beta1', given.beta1),
    beta2: belowOne('beta2', given.beta2),
    epsilon: realNumber('epsilon', given.epsilon, { least: 0, leastExcluded: true, most: 1 }),
    dropout: belowOne('The dropout', given.dropout),
    warmupSteps: steps('The number of warm-up steps', given.warmupSteps, 0),
    decay,
    minimumLearningRate: realNumber('The lowest learning rate', given.minimumLearningRate, {
      least: 0,
      most: learningRate,
    }),
    clipNorm:
      clipNorm === null
        ? null
        : realNumber('The largest norm of the gradient', clipNorm, { least: 0, leastExcluded: true }),
    evaluateEvery: steps('The number of steps between evaluations', given.evaluateEvery, 1),
    evaluationBatches: steps('The number of batches of an evaluation', given.evaluationBatches, 1),
    startText: textValue('The start text', given.startText),
    sampleTokens: wholeNumber('The length of the sample', given.sampleTokens, 0, 10_000),
    seed: wholeNumber('The seed', given.seed, 0, Number.MAX_SAFE_INTEGER),
  };
}

/**
 * Reads how many epochs a training is continued for beyond those that it was begun for; 0 for what is left of them.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseFurtherEpochs(value: unknown): number {
  return wholeNumber('The number of further epochs', value, 0, MOST_EPOCHS);
}

/**
 * Reads how often a checkpoint is kept.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseCheckpointSettings(value: unknown): CheckpointSettings {
  const given = { ...CHECKPOINT_DEFAULTS, ...parameterObject('Training, checkpoints', value) };
  return {
    keep: wholeNumber('The number of checkpoints kept', given.keep, 1, MOST_KEPT),
    seconds: realNumber('The seconds between checkpoints', given.seconds, { least: 0, most: MOST_SECONDS }),
  };
}
