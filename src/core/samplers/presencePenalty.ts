import { defineSampler, reshapes } from './definition';
import { WINDOW } from './parameters';
import { penalise, SUBTRACTED } from './penalty';
import { t } from '../../l10n/language';

/**
 * Presence penalty: subtracts a constant from the logit of every token that has occurred, once, however often.
 *
 * OpenAI API reference, `presence_penalty`, 2020; here the prompt counts too, within the window, as in llama.cpp.
 *
 * - A negative penalty encourages repetition; 0 changes nothing.
 */
export const presencePenalty = defineSampler({
  name: 'presence-penalty',
  rank: { huggingFace: 30, llamaCpp: 80 },
  about: {
    label: t('Presence penalty'),
    explanation: t('Subtracts a constant from the logit of every token that has occurred.'),
    formula: t('logit′ = logit − α for tokens that occurred'),
    paper: 'OpenAI API reference, presence_penalty, 2020',
    parameters: [SUBTRACTED, WINDOW],
  },
  effect: reshapes,
  create: ({ penalty, window = WINDOW.default }, context) =>
    penalise(context, window, (logit) => logit - penalty),
});
