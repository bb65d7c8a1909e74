/**
 * Hugging Face Transformers, by the names of `GenerationConfig`, which are `generate`'s arguments too.
 *
 * Its order is fixed: biases, penalties and bans, then the temperature, top-h, top-k, top-p, min-p, typical, epsilon
 * and eta. Source: src/transformers/generation/utils.py, configuration_utils.py, version 5.
 */
import type { SamplerSpec } from '../../core/samplers/catalog';
import { t } from '../../l10n/language';
import type { Program } from '../program';
import {
  epsilonSlot,
  etaSlot,
  minLengthSlot,
  minPSlot,
  noRepeatNgramSlot,
  repetitionPenaltySlot,
  topKSlot,
  topPSlot,
  typicalSlot,
} from '../slots';
import { allowedTokensSlot, isId, listOf, summed, writtenIds } from '../tokenSlots';
import { isList, shown, stepOf, type Json, type Settings, type Slot } from '../settings';

const NAME = 'Hugging Face';

/** Pairs of a sequence of tokens and a bias; here sequences have one token. */
const sequenceBias: Slot = {
  samplers: ['logit-bias'],
  keys: { sequence_bias: {} },
  write: (steps) => ({
    settings: { sequence_bias: summed(stepOf(steps, 'logit-bias')!.bias).map(([id, bias]) => [[id], bias]) },
  }),
  read: (given) => {
    const value = given.given('sequence_bias');
    if (value === undefined || value === null) return [];
    const pairs = isList(value) ? value : [];
    const bias: [number, number][] = [];
    const others: Json[] = [];
    for (const pair of pairs) {
      const [sequence, added] = isList(pair) ? pair : [];
      const [id, ...more] = isList(sequence) ? sequence : [];
      if (isId(id) && more.length === 0 && typeof added === 'number') bias.push([id, added]);
      else others.push(pair);
    }
    if (!isList(value) || others.length > 0) {
      given.problem(
        t(
          'sequence_bias holds {0}: only biases of single tokens, as pairs of [id] and a number, are understood here.',
          shown(others.length > 0 ? others : value),
        ),
      );
    }
    return bias.length > 0 ? [{ sampler: 'logit-bias', bias }] : [];
  },
};

/** Sequences of tokens that must not come; a token by itself is banned outright. */
export const badWordsSlot = (name: string): Slot => ({
  samplers: ['banned-tokens'],
  keys: { bad_words_ids: {} },
  write: (steps) => {
    const ids = writtenIds('banned-tokens', steps);
    return typeof ids === 'string'
      ? { settings: {}, notes: [ids], left: ['banned-tokens'] }
      : { settings: { bad_words_ids: ids.map((id) => [id]) } };
  },
  read: (given) => {
    const sequences = listOf(given, 'bad_words_ids', isList);
    if (sequences === undefined) return [];
    const single = sequences.flatMap((sequence) => (sequence.length === 1 ? sequence : [])).filter(isId);
    const longer = sequences.filter((sequence) => sequence.length !== 1);
    if (longer.length > 0) {
      given.problem(
        t(
          'bad_words_ids holds {0}: sequences of several tokens, of which {1} removes the last, cannot be told by ids here. Name the phrase in banned-phrases.',
          shown(longer),
          name,
        ),
      );
    }
    return single.length > 0 ? [{ sampler: 'banned-tokens', ids: single }] : [];
  },
});

/** What can remove the most probable token, which greedy decoding takes. */
const MAY_REMOVE_BEST = ['typical', 'eta', 'epsilon', 'xtc'];

/** Temperature 0 is no temperature there but the choice not to draw, which puts aside what comes behind it. */
export const samplingSlot = (name: string): Slot => ({
  samplers: ['temperature'],
  keys: { do_sample: { standard: false }, temperature: { off: 1, always: true } },
  write: (steps, run) => {
    const { temperature } = stepOf(steps, 'temperature')!;
    if (temperature > 0) return { settings: { temperature } };
    const removing = run.chain.filter(({ sampler }) => !run.greedy && MAY_REMOVE_BEST.includes(sampler));
    return {
      settings: { do_sample: false },
      notes: removing.map(({ sampler }) =>
        t(
          '{0}: {1} ignores it where it does not draw; here it can remove the most probable token.',
          sampler,
          name,
        ),
      ),
    };
  },
  read: (given) => {
    const drawn = given.value('do_sample');
    const temperature = given.number('temperature');
    if (drawn === true) {
      return temperature === undefined || temperature === 1 ? [] : [{ sampler: 'temperature', temperature }];
    }
    if (drawn !== false) {
      given.problem(t('{0} is {1}; it must be true or false.', 'do_sample', shown(drawn)));
    }
    const idle = WARPERS.filter((key) => (given.given(key) ?? null) !== null);
    if (idle.length > 0) {
      given.problem(
        t(
          '{0}: not used, because {1} does not draw unless do_sample is true.',
          idle.map((key) => `${key} ${shown(given.given(key))}`).join(', '),
          name,
        ),
      );
    }
    return [{ sampler: 'temperature', temperature: 0 }];
  },
});

/** A run that draws says so, and one that does not says no more of drawing. */
export function withSampling(settings: Settings): Settings {
  if (settings['do_sample'] !== false) return { do_sample: true, ...settings };
  const { do_sample, ...rest } = settings;
  return {
    do_sample,
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => !WARPERS.includes(key))),
  };
}

/** Keys that are read only where tokens are drawn. */
const WARPERS = [
  'temperature',
  'top_h',
  'top_k',
  'top_p',
  'min_p',
  'typical_p',
  'epsilon_cutoff',
  'eta_cutoff',
];

/** Where nothing is drawn only what comes before the temperature acts. */
export function withoutIdle(chain: readonly SamplerSpec[]): readonly SamplerSpec[] {
  const greedy = chain.findIndex((step) => step.sampler === 'temperature' && step.temperature === 0);
  return greedy === -1 ? chain : chain.slice(0, greedy + 1);
}

const topH: Slot = {
  samplers: ['top-h'],
  keys: { top_h: {} },
  write: (steps) => ({ settings: { top_h: stepOf(steps, 'top-h')!.h } }),
  read: (given) => {
    const h = given.number('top_h');
    return h === undefined ? [] : [{ sampler: 'top-h', h }];
  },
};

const ELSEWHERE = t('A LogitsProcessor of your own could do it.');

export const huggingFace: Program = {
  name: NAME,
  slots: [
    sequenceBias,
    repetitionPenaltySlot(NAME, 'repetition_penalty', { always: true }),
    noRepeatNgramSlot('no_repeat_ngram_size'),
    badWordsSlot(NAME),
    minLengthSlot(NAME, 'min_new_tokens'),
    allowedTokensSlot('prefix_allowed_tokens_fn'),
    samplingSlot(NAME),
    topH,
    topKSlot(NAME, 'top_k', 'all', { standard: 50, always: true }),
    topPSlot('top_p', { always: true }),
    minPSlot('min_p'),
    typicalSlot('typical_p'),
    epsilonSlot('epsilon_cutoff'),
    etaSlot('eta_cutoff'),
  ],
  runKeys: {
    maxNewTokens: 'max_new_tokens',
    seed: 'seed',
    stop: 'stop_strings',
    samples: 'num_return_sequences',
    prompt: 'prompt',
  },
  instead: {
    'presence-penalty': ELSEWHERE,
    'frequency-penalty': ELSEWHERE,
    regex: t('Outlines, as a logits processor, follows expressions.'),
    'json-schema': t('Outlines, as a logits processor, follows schemas.'),
    'banned-phrases': t(
      'bad_words_ids can ban the last token of a phrase, once it is cut into tokens; it never goes back.',
    ),
    dry: ELSEWHERE,
    'top-n-sigma': ELSEWHERE,
    xtc: ELSEWHERE,
  },
  finish: withSampling,
  afterReading: withoutIdle,
  aside: [
    'model',
    'bos_token_id',
    'eos_token_id',
    'pad_token_id',
    'transformers_version',
    '_from_model_config',
    'use_cache',
    'tokenizer',
    'output_scores',
    'output_logits',
    'output_attentions',
    'output_hidden_states',
    'return_dict_in_generate',
    'inputs',
    'streamer',
    'generation_config',
    'cache_implementation',
    'return_tensors',
    'skip_special_tokens',
  ],
};
