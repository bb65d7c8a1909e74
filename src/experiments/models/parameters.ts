/** What Models is asked. */
import type { ChainSpec } from '../../core/samplers/chain';
import {
  chain,
  chat,
  drawnBy,
  maxNewTokens,
  prompt,
  samples,
  seed,
  stop,
  temperature,
} from '../kit/commonParameters';
import { t, whole as grouped } from '../../l10n/language';
import { declare, type ParametersOf } from '../kit/declaration';
import { real, text, whole, wholeOrOff } from '../kit/parameters';

/** New tokens of one model, over all trials: results are kept and exported whole. */
const MOST_TOKENS = 20_000;

const STANDARD = { temperature: 0.8, topK: 50, topP: 1 };

/** The samplers that can be set. */
export const modelSamplers = declare('the samplers', {
  temperature: { ...temperature, default: STANDARD.temperature },
  topK: wholeOrOff({
    name: 'k',
    label: 'top-k',
    term: 'topK',
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    default: STANDARD.topK,
  }),
  topP: real({
    name: 'p',
    label: 'top-p',
    term: 'topP',
    least: 0,
    leastExcluded: true,
    most: 1,
    default: STANDARD.topP,
  }),
});

export function chainOf({ temperature, topK, topP }: ParametersOf<typeof modelSamplers>): ChainSpec {
  return [
    { sampler: 'temperature', temperature },
    ...(topK === null ? [] : [{ sampler: 'top-k', k: topK } as const]),
    { sampler: 'top-p', p: topP },
  ];
}

export const modelsParameters = declare(
  t('Models'),
  {
    prompt,
    chain: chain(chainOf(STANDARD)),
    /** How often every model writes its texts, each time with other random numbers. */
    trials: whole({
      name: t('The number of trials'),
      label: t('trials'),
      term: 'modelTrials',
      least: 1,
      most: 16,
      default: 1,
    }),
    /** Texts of each model in each trial. */
    samples: samples({ least: 1, most: 16, default: 4 }),
    maxNewTokens: maxNewTokens({ least: 2, most: 200, default: 40 }),
    /** Texts that end a text as soon as it holds one; it is cut before that. */
    stop,
    seed,
    chat,
    drawnBy,
    /** A text that all models are measured on; none where empty. */
    reference: {
      ...text({
        name: t('The reference text'),
        label: t('reference text, read by all models'),
        most: 200_000,
        partServes: true,
        default: 'Once upon a time there was a king who had three sons.',
      }),
      leftOut: () => '',
    },
  },
  {
    check: ({ trials, samples, maxNewTokens }) => {
      const tokens = trials * samples * maxNewTokens;
      if (tokens <= MOST_TOKENS) return;
      throw new RangeError(
        t(
          '{0} trials of {1} texts of {2} tokens are {3} tokens per model; the limit is {4}. Use fewer trials, samples or new tokens.',
          ...[trials, samples, maxNewTokens, tokens, MOST_TOKENS].map(grouped),
        ),
      );
    },
  },
);
export type ModelsParameters = ParametersOf<typeof modelsParameters>;
