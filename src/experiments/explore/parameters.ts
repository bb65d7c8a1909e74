/** What Explore is asked. */
import { chain, chat, drawnBy, maxNewTokens, prompt, samples, seed, stop } from '../kit/commonParameters';
import { t } from '../../l10n/language';
import { declare, type ParametersOf } from '../kit/declaration';
import { flag, optional, whole } from '../kit/parameters';
import { MOST_ROWS } from './distribution';

export const exploreParameters = declare(t('Explore'), {
  /** The text whose continuation is explored. */
  prompt,
  chain: chain([
    { sampler: 'temperature', temperature: 1 },
    { sampler: 'top-k', k: 40 },
  ]),
  /** Take the most probable token at every step; the chain is then only shown, not drawn from. */
  greedy: flag({
    name: t('Greedy'),
    label: t({ message: 'greedy', comment: 'switch' }),
    term: 'greedy',
    default: false,
  }),
  /** Sample i draws from its own stream of this seed. */
  seed,
  /** Number of completions; 0 asks for the next-token distribution alone. */
  samples: samples({ least: 0, most: 64, default: 5 }),
  /** New tokens per completion, at most the model's context length - 1. */
  maxNewTokens: maxNewTokens({ default: 40 }),
  /** Texts that end a completion as soon as it holds one; it is cut before that. */
  stop,
  /**
   * Continues the text across its end: white space there is left to the next token, and completions begin behind it.
   * Without it, the prompt's own tokens are continued.
   */
  healing: optional(flag({ name: t('Healing'), default: false })),
  /** Tokens of the next-token distribution that the result lists; none where left out. */
  listed: optional(
    whole({ name: t('The number of listed tokens'), least: 0, most: MOST_ROWS, default: MOST_ROWS }),
  ),
  chat,
  drawnBy,
});
export type ExploreParameters = ParametersOf<typeof exploreParameters>;
