import { defineSampler, reshapes } from './definition';
import { applyTemperature } from './temperature';
import { t } from '../../l10n/language';

/**
 * Dynamic temperature: a temperature between `min` and `max` that follows the entropy, so that the distribution
 * is sharpened where the model is sure and flattened where it is not:
 * T = min + (max - min) (H / ln n)^exponent, where n is the number of candidates.
 *
 * Kalomaze, Full DynaTemp implementation, koboldcpp pull request 600, 2024.
 *
 * - A single candidate is left as it is.
 * - A temperature of 0 keeps the best token, the lowest id among equals.
 * - Where `max` is below `min` the temperature falls with the entropy.
 */
export const dynamicTemperature = defineSampler({
  name: 'dynamic-temperature',
  rank: { huggingFace: 110, llamaCpp: 210 },
  about: {
    label: t('Dynamic temperature'),
    explanation: t('Chooses the temperature at every step from how unsure the model is.'),
    formula: 'T = T_min + (T_max − T_min) · (H / ln n)^e',
    paper: 'Kalomaze, Full DynaTemp implementation (koboldcpp pull request 600), 2024',
    parameters: [
      {
        name: 'min',
        label: t('Lowest'),
        explanation: t('The temperature where the model is certain.'),
        kind: 'number',
        min: 0,
        max: Number.MAX_VALUE,
        slider: { min: 0, max: 2, step: 0.05 },
        default: 0.5,
      },
      {
        name: 'max',
        label: t('Highest'),
        explanation: t('The temperature where all tokens are equally probable.'),
        kind: 'number',
        min: 0,
        max: Number.MAX_VALUE,
        slider: { min: 0, max: 2, step: 0.05 },
        default: 1.5,
      },
      {
        name: 'exponent',
        label: t('Exponent'),
        explanation: t(
          'Above 1 the temperature stays low until the entropy is high; below 1 it rises early.',
        ),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: Number.MAX_VALUE,
        slider: { min: 0.1, max: 3, step: 0.1 },
        default: 1,
      },
    ],
  },
  effect: reshapes,
  create: ({ min, max, exponent }) => ({
    apply(candidates) {
      if (candidates.count === 1) return;
      const share = Math.min(1, candidates.entropy / Math.log(candidates.count));
      applyTemperature(candidates, min + (max - min) * share ** exponent);
    },
  }),
});
