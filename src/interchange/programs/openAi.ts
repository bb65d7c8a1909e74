/** What servers with OpenAI's API have in common: the fields of `/v1/completions`. Source: OpenAI's API reference. */
import { t } from '../../l10n/language';
import type { Program } from '../program';
import {
  outputPenaltySlot,
  schemaIn,
  schemaNote,
  schemaStep,
  serverTemperatureSlot,
  topPSlot,
} from '../slots';
import { biasObjectSlot } from '../tokenSlots';
import { shown, type Slot } from '../settings';
import { schemaOfFormat } from './vllm';

const NAME = t('the OpenAI API');

const format: Slot = {
  samplers: ['json-schema'],
  keys: { response_format: {} },
  write: (steps) => ({
    settings: {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'text', schema: schemaIn(steps), strict: true },
      },
    },
    notes: [
      schemaNote(NAME),
      t(
        'json-schema: OpenAI itself takes response_format with chat completions only; compatible servers often take it here too.',
      ),
    ],
  }),
  read: (given) => {
    const value = given.given('response_format');
    const schema = schemaOfFormat(value);
    if (schema !== undefined) return [schemaStep(given, schema)];
    if (value !== undefined && value !== null) {
      given.problem(
        t('response_format is {0}: only type json_schema with a schema is followed here.', shown(value)),
      );
    }
    return [];
  },
};

export const openAi: Program = {
  name: NAME,
  slots: [
    biasObjectSlot(NAME, 'logit_bias'),
    format,
    outputPenaltySlot(NAME, 'frequency-penalty', 'frequency_penalty'),
    outputPenaltySlot(NAME, 'presence-penalty', 'presence_penalty'),
    serverTemperatureSlot(NAME),
    topPSlot('top_p', { always: true }),
  ],
  runKeys: { maxNewTokens: 'max_tokens', seed: 'seed', stop: 'stop', samples: 'n', prompt: 'prompt' },
  instead: {
    'top-k': t('Many compatible servers take {0} all the same.', 'top_k'),
    'min-p': t('Many compatible servers take {0} all the same.', 'min_p'),
    'repetition-penalty': t('presence_penalty comes nearest, by another formula.'),
    'allowed-tokens': t('Biases of 100 for the tokens that may come do nearly the same.'),
  },
  aside: ['model', 'messages', 'stream', 'stream_options', 'logprobs', 'echo', 'user', 'best_of', 'suffix'],
};
