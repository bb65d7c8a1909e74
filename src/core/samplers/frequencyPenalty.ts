import { defineSampler, reshapes } from './definition';
import { WINDOW } from './parameters';
import { penalise, SUBTRACTED } from './penalty';
import { t } from '../../l10n/language';

/**
 * Frequency penalty: subtracts from the logit of every token a constant for each time that it has occurred.
 *
 * OpenAI API reference, `frequency_penalty`, 2020; here the prompt counts too, within the window, as in llama.cpp.
 *
 * - A negative penalty encourages repetition; 0 changes nothing.
 */
export const frequencyPenalty = defineSampler({
  name: 'frequency-penalty',
  rank: { huggingFace: 40, llamaCpp: 70 },
  about: {
    label: t('Frequency penalty'),
    explanation: t('Subtracts a constant from the logit of every token for each time that it has occurred.'),
    formula: t('logit′ = logit − α · count'),
    paper: 'OpenAI API reference, frequency_penalty, 2020',
    parameters: [SUBTRACTED, WINDOW],
  },
  effect: reshapes,
  create: ({ penalty, window = WINDOW.default }, context) =>
    penalise(context, window, (logit, count) => logit - penalty * count),
});
