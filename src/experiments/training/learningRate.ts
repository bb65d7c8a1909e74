import type { TrainingSettings } from './result';

type RateSettings = Pick<TrainingSettings, 'learningRate' | 'minimumLearningRate' | 'warmupSteps' | 'decay'>;

/**
 * The learning rate of step `step`, counted from 1, of `steps`: it rises in equal parts over the warm-up steps
 * (Goyal et al., 2017), then stays, or falls along half a cosine to the lowest rate at the last step (Loshchilov
 * and Hutter, SGDR, 2017, without restarts).
 */
export function learningRateAt(step: number, steps: number, settings: RateSettings): number {
  const { learningRate, minimumLearningRate, warmupSteps, decay } = settings;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  if (decay === 'none') return learningRate;
  const share = Math.min(1, (step - warmupSteps) / (steps - warmupSteps));
  return minimumLearningRate + ((learningRate - minimumLearningRate) * (1 + Math.cos(Math.PI * share))) / 2;
}
