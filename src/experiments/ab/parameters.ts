/** What A/B is asked. A's prompt is `prompt`, its chain `chain`: those that Explore has. */
import { t } from '../../l10n/language';
import { chain, chat, maxNewTokens, prompt, samples, seed, stop } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { flag, optional, text } from '../kit/parameters';

/** Every token is kept with both distributions: far longer texts would make results of many megabytes. */
const MOST_SAMPLES = 8;
const MOST_TOKENS = 200;

export const abParameters = declare(t('A/B'), {
  /** The text that A continues. */
  prompt,
  /** The text that B continues; A's where it is left out or empty. */
  other: optional(
    text({
      name: t('The prompt of B'),
      label: t('prompt of B'),
      placeholder: t('the same prompt'),
      default: '',
    }),
  ),
  chain: chain([
    { sampler: 'temperature', temperature: 1 },
    { sampler: 'top-k', k: 40 },
  ]),
  otherChain: chain([
    { sampler: 'temperature', temperature: 1 },
    { sampler: 'top-p', p: 0.9 },
  ]),
  /** Sample i draws from its own stream of this seed, on both sides from the same. */
  seed,
  samples: samples({ least: 1, most: MOST_SAMPLES, default: 1 }),
  maxNewTokens: maxNewTokens({ most: MOST_TOKENS, default: 24 }),
  /** Texts that end a text as soon as it holds one; it is cut before that. */
  stop,
  /** Continues both texts across their ends, as in Explore. */
  healing: optional(flag({ name: t('Healing'), default: false })),
  chat,
});
export type AbParameters = ParametersOf<typeof abParameters>;

/** B's prompt. */
export function otherPrompt({ prompt: own, other = '' }: Pick<AbParameters, 'prompt' | 'other'>): string {
  return other === '' ? own : other;
}

/** The same question with the sides exchanged. */
export function exchanged(parameters: AbParameters): AbParameters {
  const { prompt: own, other = '', chain: first, otherChain } = parameters;
  const prompts = other === '' ? {} : { prompt: other, other: own };
  return { ...parameters, ...prompts, chain: otherChain, otherChain: first };
}
