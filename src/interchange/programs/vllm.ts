/**
 * vLLM, by the names of `SamplingParams`, which its server's requests share.
 *
 * Its order is fixed; penalties come before the temperature, min-p before top-k and top-p. Sources:
 * vllm/sampling_params.py, vllm/v1/sample/sampler.py.
 */
import { t } from '../../l10n/language';
import type { Program } from '../program';
import {
  endOfText,
  minLengthSlot,
  minPSlot,
  outputPenaltySlot,
  repetitionPenaltySlot,
  schemaIn,
  schemaNote,
  schemaStep,
  serverTemperatureSlot,
  topKSlot,
  topPSlot,
} from '../slots';
import { allowedTokensSlot, biasObjectSlot, listOf } from '../tokenSlots';
import { isObject, shown, stepOf, type Json, type Slot } from '../settings';

const NAME = 'vLLM';

/** Texts that must not come; vLLM removes the last token of each where the ones before it have come. */
const badWords: Slot = {
  samplers: ['banned-phrases'],
  keys: { bad_words: {} },
  write: (steps) => {
    const { phrases = [], pattern = '' } = stepOf(steps, 'banned-phrases')!;
    return {
      settings: phrases.length > 0 ? { bad_words: phrases } : {},
      notes: [
        t(
          'banned-phrases: {0} removes the last token of a phrase as it cuts it into tokens; it does not go back to its first, and does not see it cut otherwise.',
          NAME,
        ),
        ...(pattern === '' ? [] : [t('banned-phrases: its pattern {0} is left out.', shown(pattern))]),
      ],
      left: phrases.length > 0 ? [] : ['banned-phrases'],
    };
  },
  read: (given) => {
    const phrases = listOf(given, 'bad_words', (value) => typeof value === 'string');
    return phrases === undefined || phrases.length === 0 ? [] : [{ sampler: 'banned-phrases', phrases }];
  },
};

/** One shape; versions before `structured_outputs` had a key for each kind. */
const structured: Slot = {
  samplers: ['json-schema', 'regex'],
  keys: { structured_outputs: {}, guided_json: {}, guided_regex: {}, response_format: {} },
  write: (steps) => {
    const both = stepOf(steps, 'json-schema') && stepOf(steps, 'regex');
    const shape: Json = stepOf(steps, 'json-schema')
      ? { json: schemaIn(steps) }
      : { regex: stepOf(steps, 'regex')!.expression };
    return {
      settings: { structured_outputs: shape },
      notes: [
        stepOf(steps, 'json-schema')
          ? schemaNote(NAME)
          : t(
              'regex: the syntax of expressions in {0} is that of its engine (xgrammar, unless told otherwise).',
              NAME,
            ),
        ...(both ? [t('regex is left out: {0} follows one shape at a time.', NAME)] : []),
      ],
      left: both ? ['regex'] : [],
    };
  },
  read: (given) => {
    const shape = given.given('structured_outputs') ?? null;
    const older: Json = {
      ...(isObject(shape) ? shape : {}),
      ...withKey('json', given.given('guided_json')),
      ...withKey('regex', given.given('guided_regex')),
      ...withKey('json', schemaOfFormat(given.given('response_format'))),
    };
    if (shape !== null && !isObject(shape)) {
      given.problem(t('{0} is {1}; it must be an object.', 'structured_outputs', shown(shape)));
    }
    const { json, regex, ...rest } = older;
    for (const [key, value] of Object.entries(rest)) {
      given.problem(
        t('{0}: {1} is {2}: there is nothing like it here.', 'structured_outputs', key, shown(value)),
      );
    }
    if (json !== undefined) return [schemaStep(given, json)];
    return regex === undefined ? [] : [{ sampler: 'regex', expression: regex, ...endOfText(given) }];
  },
};

const withKey = (key: string, value: Json | undefined): Record<string, Json> =>
  value === undefined || value === null ? {} : { [key]: value };

/** The schema in OpenAI's `response_format`; undefined where it asks for none. */
export function schemaOfFormat(format: Json | undefined): Json | undefined {
  if (!isObject(format) || format['type'] !== 'json_schema') return undefined;
  const named = format['json_schema'];
  return isObject(named) ? named['schema'] : undefined;
}

export const vllm: Program = {
  name: NAME,
  slots: [
    allowedTokensSlot('allowed_token_ids'),
    badWords,
    minLengthSlot(NAME, 'min_tokens'),
    biasObjectSlot(NAME, 'logit_bias'),
    structured,
    repetitionPenaltySlot(NAME, 'repetition_penalty', { always: true }),
    outputPenaltySlot(NAME, 'frequency-penalty', 'frequency_penalty'),
    outputPenaltySlot(NAME, 'presence-penalty', 'presence_penalty'),
    serverTemperatureSlot(NAME, 0.01),
    minPSlot('min_p', { always: true }),
    topKSlot(NAME, 'top_k', 'all', { off: -1, always: true }),
    topPSlot('top_p', { always: true }),
  ],
  runKeys: { maxNewTokens: 'max_tokens', seed: 'seed', stop: 'stop', samples: 'n', prompt: 'prompt' },
  instead: {
    'no-repeat-ngram': t('A custom logits processor could do it.'),
    dry: t('Its penalties know tokens, not repetitions.'),
  },
  aside: [
    'model',
    'messages',
    'stream',
    'stream_options',
    'logprobs',
    'prompt_logprobs',
    'echo',
    'user',
    'return_token_ids',
    'return_tokens_as_token_ids',
    'skip_special_tokens',
    'spaces_between_special_tokens',
    'detokenize',
    'add_special_tokens',
  ],
};
