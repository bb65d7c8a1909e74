/**
 * Ollama, by the names of its `options`, which are those of a Modelfile's parameters.
 *
 * Models that run on llama.cpp, as GPT-2 does, have its usual order; Ollama's own engine has the temperature before
 * top-p and min-p. Sources: api/types.go, sample/samplers.go, docs/modelfile.
 */
import type { SamplerName } from '../../core/samplers/catalog';
import { t } from '../../l10n/language';
import type { Program } from '../program';
import {
  minPSlot,
  schemaIn,
  schemaNote,
  schemaStep,
  temperatureSlot,
  topKSlot,
  topPSlot,
  typicalSlot,
} from '../slots';
import { isObject, shown, type Slot } from '../settings';
import { penaltiesSlot } from './llamaCppSlots';

const NAME = 'Ollama';

const format: Slot = {
  samplers: ['json-schema'],
  keys: { format: {} },
  write: (steps) => ({ settings: { format: schemaIn(steps) }, notes: [schemaNote(NAME)] }),
  read: (given) => {
    const value = given.given('format');
    if (isObject(value)) return [schemaStep(given, value)];
    if (value !== undefined && value !== null && value !== '') {
      given.problem(t('{0} is {1}: only a JSON schema is followed here.', 'format', shown(value)));
    }
    return [];
  },
};

const temperature = temperatureSlot('temperature', { standard: 0.8 });

/** Its own engine's order differs where these come together with a temperature. */
const AFTER: readonly SamplerName[] = ['top-p', 'min-p', 'typical'];

export const ollama: Program = {
  name: NAME,
  slots: [
    format,
    penaltiesSlot(NAME, { standard: 1.1 }),
    topKSlot(NAME, 'top_k', 'exact', { standard: 40 }),
    typicalSlot('typical_p'),
    topPSlot('top_p', { standard: 0.9 }),
    minPSlot('min_p'),
    {
      ...temperature,
      write: (steps, run) => {
        const both = !run.greedy && run.chain.some(({ sampler }) => AFTER.includes(sampler));
        return {
          ...temperature.write(steps, run),
          notes: both
            ? [
                t(
                  'temperature: {0} applies it last to models that run on llama.cpp, as GPT-2 does; its own engine applies it before top-p and min-p.',
                  NAME,
                ),
              ]
            : [],
        };
      },
    },
  ],
  runKeys: { maxNewTokens: 'num_predict', seed: 'seed', stop: 'stop', prompt: 'prompt' },
  instead: {
    'mirostat-1': t('It had Mirostat once, and ignores it now.'),
    'mirostat-2': t('It had Mirostat once, and ignores it now.'),
    'tail-free': t('It had tfs_z once, and ignores it now.'),
  },
  aside: [
    'model',
    'raw',
    'stream',
    'keep_alive',
    'template',
    'system',
    'suffix',
    'images',
    'think',
    'context',
    'num_ctx',
    'num_batch',
    'num_gpu',
    'main_gpu',
    'num_thread',
    'num_keep',
    'use_mmap',
    'numa',
    'FROM',
    'TEMPLATE',
    'SYSTEM',
    'LICENSE',
    'MESSAGE',
    'ADAPTER',
  ],
};

/** A Modelfile belongs to a model: it has no prompt, and a shape is asked for by each request. */
export const ollamaModelfile: Program = {
  ...ollama,
  slots: ollama.slots.filter((slot) => slot !== format),
  runKeys: { maxNewTokens: 'num_predict', seed: 'seed', stop: 'stop' },
  instead: { ...ollama.instead, 'json-schema': t('A request can ask for it by format.') },
};
