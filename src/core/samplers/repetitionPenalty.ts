import { defineSampler, reshapes } from './definition';
import { WINDOW } from './parameters';
import { penalise } from './penalty';
import { t } from '../../l10n/language';

/**
 * Repetition penalty: divides the logit of every token that has occurred by the penalty, or multiplies it where
 * it is negative; once per distinct token, however often it occurred.
 *
 * Keskar, McCann, Varshney, Xiong and Socher, CTRL: A Conditional Transformer Language Model for Controllable
 * Generation, 2019; the multiplication of negative logits is that of its implementations.
 *
 * - The prompt counts, within the window.
 * - A logit of 0 stays 0. The penalty depends on where zero lies, so adding a constant to all logits changes it.
 */
export const repetitionPenalty = defineSampler({
  name: 'repetition-penalty',
  rank: { huggingFace: 20, llamaCpp: 60 },
  about: {
    label: t('Repetition penalty'),
    explanation: t('Makes tokens that have occurred less probable, each to the same degree.'),
    formula: t('logit′ = logit / π where logit > 0, else logit · π, for tokens that occurred'),
    paper:
      'Keskar, McCann, Varshney, Xiong and Socher, CTRL: A Conditional Transformer Language Model for Controllable Generation, 2019',
    parameters: [
      {
        name: 'penalty',
        label: t('Penalty'),
        explanation: t('Above 1 discourages repetition, below 1 encourages it.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: Number.MAX_VALUE,
        slider: { min: 0.8, max: 2, step: 0.05 },
        default: 1.1,
      },
      WINDOW,
    ],
  },
  effect: reshapes,
  create: ({ penalty, window = WINDOW.default }, context) =>
    penalise(context, window, (logit) => (logit > 0 ? logit / penalty : logit * penalty)),
});
