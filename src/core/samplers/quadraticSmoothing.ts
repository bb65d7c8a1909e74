import { defineSampler, reshapes } from './definition';
import { t } from '../../l10n/language';

/**
 * Quadratic smoothing: bends the logits by a parabola through the largest, so that near rivals of the best token
 * come nearer to it and all others fall far behind. With d = logit - max,
 * logit' = max - f ((3 - c) / 2 d² - (c - 1) / 2 d³).
 *
 * Kalomaze, Quadratic sampling, text-generation-webui pull requests 5403 (the factor f) and 5551 (the curve c), 2024.
 *
 * - c = 1 is a pure parabola, max - f d². Above 3 the order of near rivals can turn round: the formula says so.
 * - f = 0 makes all tokens equally probable.
 */
export const quadraticSmoothing = defineSampler({
  name: 'quadratic-smoothing',
  rank: { huggingFace: 115, llamaCpp: 215 },
  about: {
    label: t('Quadratic smoothing'),
    explanation: t('Brings near rivals closer to the best token and pushes all others away.'),
    formula: 'logit′ = max − f · ((3 − c)/2 · d² − (c − 1)/2 · d³), d = logit − max',
    paper: 'Kalomaze, Quadratic sampling (text-generation-webui pull requests 5403 and 5551), 2024',
    parameters: [
      {
        name: 'factor',
        label: t('Factor f'),
        explanation: t('Larger values sharpen; small ones flatten what is near the top.'),
        kind: 'number',
        min: 0,
        max: 1000,
        slider: { min: 0, max: 5, step: 0.05 },
        default: 0.3,
      },
      {
        name: 'curve',
        label: t('Curve c'),
        explanation: t('Larger values push improbable tokens further away; 1 is a pure parabola.'),
        kind: 'number',
        min: 1,
        max: 10,
        slider: { min: 1, max: 10, step: 0.1 },
        default: 1,
        optional: true,
      },
    ],
  },
  effect: reshapes,
  create({ factor, curve = 1 }) {
    const square = (factor * (3 - curve)) / 2;
    const cube = (factor * (curve - 1)) / 2;
    return {
      apply(candidates) {
        const { ids, count } = candidates;
        const max = candidates.largest();
        for (let row = 0; row < count; row++) {
          const id = ids[row]!;
          const d = candidates.logits[id]! - max;
          candidates.setLogit(id, max - d * d * (square - cube * d));
        }
      },
    };
  },
});
