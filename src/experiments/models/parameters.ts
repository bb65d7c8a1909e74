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
import { declare, real, text, whole, wholeOrOff, type ParametersOf } from '../kit/parameters';

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
  'Models',
  {
    prompt,
    chain: chain(chainOf(STANDARD)),
    /** How often every model writes its texts, each time with other random numbers. */
    trials: whole({
      name: 'The number of trials',
      label: 'trials',
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
        name: 'The reference text',
        label: 'reference text, read by all models',
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
        `${trials} trials of ${samples} texts of ${maxNewTokens} tokens are ${tokens.toLocaleString('en-US')} tokens per model; the limit is ${MOST_TOKENS.toLocaleString('en-US')}. Use fewer trials, samples or new tokens.`,
      );
    },
  },
);
export type ModelsParameters = ParametersOf<typeof modelsParameters>;
