/** Parameters that several experiments have. */
import { parseChain, type ChainSpec } from '../../core/samplers/chain';
import { LONGEST_STOP, MOST_STOPS } from '../../core/stopStrings';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { Earlier, Parameter } from './declaration';
import {
  choice,
  custom,
  flag,
  numbers,
  orDefault,
  optional,
  real,
  text,
  texts,
  whole,
  type WholeParameter,
} from './parameters';
import { BOOK_SEED, BOOK_TRAIN_RATIO, BOOK_WINDOWS } from './textBatches';

/** Comes from the editor, not from a control. */
export const prompt = text({ name: t('The prompt'), default: '' });

/** The prompt is what a user says, and the model is to answer: by its own template, where it has one. */
export const chat = optional(flag({ name: t('Chat'), label: t('as a chat message'), default: true }));

/**
 * Who draws, where a server could: by the server wherever it can where left out. A model of this machine draws here in
 * any case.
 */
export const drawnBy = optional(
  choice({
    name: t('Who draws'),
    label: t('drawn by'),
    options: [
      { value: 'server', label: t('the server') },
      { value: 'here', label: t('this machine') },
    ],
    default: 'server',
  }),
);

/** Of everything that is drawn. */
export const seed = whole({
  name: t('The seed'),
  label: t('seed'),
  term: 'seed',
  least: 0,
  most: 0xffff_ffff,
  default: 42,
  dice: true,
});

/** Temperatures are allowed in this range, which no curve leaves either. */
const LEAST_TEMPERATURE = 0.001;
const MOST_TEMPERATURE = 1000;

/** Temperatures above 0. */
export function temperatures(parameter: {
  readonly entries: number;
  readonly default: readonly number[];
}): Parameter<readonly number[]> {
  return numbers({
    ...parameter,
    name: t('The temperatures'),
    each: (place) => t('Temperature {0}', place),
    label: t('temperatures, up to {0}', written(parameter.entries)),
    term: 'temperature',
    least: LEAST_TEMPERATURE,
    most: MOST_TEMPERATURE,
    refuse: (entry, what) => {
      if (entry !== 0) return;
      throw new RangeError(
        t(
          '{0} is 0, which is greedy: nothing is drawn. Use values from {1}; the limit T → 0 is shown in any case.',
          what,
          written(LEAST_TEMPERATURE),
        ),
      );
    },
  });
}

/** Samplers, in the order in which they act. */
export function chain(standard: ChainSpec): Parameter<ChainSpec> {
  return custom({ name: t('The sampler chain'), default: standard, read: parseChain });
}

export function samples(range: Pick<WholeParameter, 'least' | 'most' | 'default'>): Parameter<number> {
  return whole({ ...range, name: t('The number of samples'), label: t('samples'), term: 'samples' });
}

/** New tokens of a text; the upper limit is the model's where it is left out, and `takePrompt` knows it. */
export function maxNewTokens({
  least = 1,
  most = 1_000_000,
  ...standard
}: Partial<Pick<WholeParameter, 'least' | 'most'>> & Pick<WholeParameter, 'default'>): Parameter<number> {
  const words = { name: t('Max new tokens'), label: t('max new tokens'), term: 'maxNewTokens' };
  return whole({ ...words, ...standard, least, most });
}

/** Texts at which a text that is written ends. */
export const stop = optional(
  texts({
    name: t('The stop strings'),
    each: (place) => t('Stop string {0}', place),
    label: t('stop at'),
    term: 'stop',
    short: (typed) => {
      const texts = typed.split('\n').filter((text) => text !== '');
      return texts.length === 0 ? '' : t(', stop at {0}', texts.join(' | '));
    },
    entries: MOST_STOPS,
    most: LONGEST_STOP,
    default: [],
  }),
);

/** Of sampling; 0 is greedy. */
export const temperature = real({
  name: t('The temperature'),
  label: t('temperature'),
  term: 'temperature',
  least: 0,
  most: MOST_TEMPERATURE,
  default: 1,
});

const MOST_CONTEXT = 131_072;
const MOST_BATCH = 1024;

/** How a text is cut into windows and parts; the book's settings where they are left out. */
export const windows = {
  /** Tokens of a window. */
  context: orDefault(
    whole({
      name: t('The context length'),
      label: t('context length'),
      term: 'contextLength',
      least: 1,
      most: MOST_CONTEXT,
      default: BOOK_WINDOWS.context,
    }),
  ),
  /** Tokens from the start of a window to the start of the next. */
  stride: {
    ...whole({
      name: t('The stride'),
      label: t('stride'),
      term: 'stride',
      least: 1,
      most: MOST_CONTEXT,
      default: BOOK_WINDOWS.stride,
    }),
    leftOut: ({ context }: Earlier) => context,
  },
  /** Windows of a batch. */
  batchSize: orDefault(
    whole({
      name: t('The batch size'),
      label: t('batch size'),
      term: 'batchSize',
      least: 1,
      most: MOST_BATCH,
      default: BOOK_WINDOWS.batchSize,
    }),
  ),
  /** Share of the characters in the training part, above 0, at most 1; at 1 there is no validation part. */
  trainRatio: orDefault(
    real({
      name: t('The training ratio'),
      label: t('training ratio'),
      term: 'trainRatio',
      least: 0,
      leastExcluded: true,
      most: 1,
      default: BOOK_TRAIN_RATIO,
    }),
  ),
};

/** Of the order in which windows are trained on, and of the dropout; as PyTorch, it takes more than 32 bits. */
export const windowSeed = orDefault(
  whole({
    name: t('The seed'),
    label: t('seed'),
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    default: BOOK_SEED,
  }),
);
