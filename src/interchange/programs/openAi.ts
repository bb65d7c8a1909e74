/** What servers with OpenAI's API have in common: the fields of `/v1/completions`. Source: OpenAI's API reference. */
import type { Program } from '../program';
import {
  biasObjectSlot,
  outputPenaltySlot,
  schemaIn,
  schemaNote,
  schemaStep,
  serverTemperatureSlot,
  topPSlot,
} from '../slots';
import { shown, type Slot } from '../settings';
import { schemaOfFormat } from './vllm';

const NAME = 'the OpenAI API';

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
      'json-schema: OpenAI itself takes response_format with chat completions only; compatible servers often take it here too.',
    ],
  }),
  read: (given) => {
    const value = given.given('response_format');
    const schema = schemaOfFormat(value);
    if (schema !== undefined) return [schemaStep(given, schema)];
    if (value !== undefined && value !== null) {
      given.problem(
        `response_format is ${shown(value)}: only type json_schema with a schema is followed here.`,
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
    'top-k': 'Many compatible servers take top_k all the same.',
    'min-p': 'Many compatible servers take min_p all the same.',
    'repetition-penalty': 'presence_penalty comes nearest, by another formula.',
    'allowed-tokens': 'Biases of 100 for the tokens that may come do nearly the same.',
  },
  aside: ['model', 'messages', 'stream', 'stream_options', 'logprobs', 'echo', 'user', 'best_of', 'suffix'],
};
