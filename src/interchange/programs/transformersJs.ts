/**
 * transformers.js, by the names of its generation options. It draws from the `top_k` best tokens after its logits
 * processors; top-p and its like are documented but not applied. Source: src/models/modeling_utils.js,
 * src/generation/logits_sampler.js.
 */
import { t } from '../../l10n/language';
import type { Program } from '../program';
import { minLengthSlot, noRepeatNgramSlot, repetitionPenaltySlot, topKSlot } from '../slots';
import { badWordsSlot, samplingSlot, withoutIdle, withSampling } from './huggingFace';

const NAME = 'transformers.js';
const UNAPPLIED = t('The option is documented but not applied.');
const ELSEWHERE = t('A LogitsProcessor of your own could do it.');

export const transformersJs: Program = {
  name: NAME,
  slots: [
    repetitionPenaltySlot(NAME, 'repetition_penalty', { always: true }),
    noRepeatNgramSlot('no_repeat_ngram_size'),
    badWordsSlot(NAME),
    minLengthSlot(NAME, 'min_new_tokens'),
    samplingSlot(NAME),
    topKSlot(NAME, 'top_k', 'exact', { standard: 50, always: true }),
  ],
  runKeys: { maxNewTokens: 'max_new_tokens', prompt: 'prompt' },
  instead: {
    'top-p': UNAPPLIED,
    typical: UNAPPLIED,
    epsilon: UNAPPLIED,
    eta: UNAPPLIED,
    'logit-bias': ELSEWHERE,
    'min-p': ELSEWHERE,
  },
  finish: withSampling,
  afterReading: withoutIdle,
  aside: ['return_full_text', 'streamer', 'stopping_criteria', 'callback_function', 'add_special_tokens'],
};
