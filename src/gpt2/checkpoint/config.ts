import { join } from 'node:path';
import { shownJson } from '../../core/shownJson';
import { ACTIVATION_NAMES, type Activation } from '../graph/activation';
import { findModelJson, isJsonObject, readModelJson, SETTINGS_BYTES } from './boundedFile';
import type { JsonObject } from '../../core/boundedJson';
import { ModelFileError } from './modelFileError';
import { readTextEnds, type TextEnds } from './textEnds';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** Shape of a GPT-2 model, as its `config.json` says. */
export interface Gpt2Config {
  readonly vocabularySize: number;
  /** Most tokens of a context (`n_positions`). */
  readonly contextLength: number;
  /** Width of the hidden state (`n_embd`). */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward layer (`n_inner`, 4 x `n_embd` when null). */
  readonly innerWidth: number;
  readonly layerNormEpsilon: number;
  readonly activation: Activation;
  /** Whether the output projection is the token embedding (`tie_word_embeddings`). */
  readonly tied: boolean;
  /** What the attention scores of layer `i` are multiplied by. */
  readonly attentionScale: (layer: number) => number;
  readonly textEnds: TextEnds;
  /** What people should know of how it was read; sentences. */
  readonly notes: readonly string[];
}

/** Far above GPT-2 XL, far below what would exhaust memory before the weights are looked at. */
const LIMITS = {
  vocab_size: 1_000_000,
  n_positions: 131_072,
  n_embd: 65_536,
  n_layer: 1_000,
  n_head: 1_000,
  n_inner: 1_000_000,
} as const;

/**
 * Reads the JSON of a `config.json`.
 * @param file its name, for sentences.
 * @param generation the JSON of the `generation_config.json` beside it; undefined where there is none.
 * @throws ModelFileError with a sentence when it is not a GPT-2 this program can run.
 */
export function readConfig(json: unknown, file: string, generation?: JsonObject): Gpt2Config {
  if (!isJsonObject(json)) {
    throw new ModelFileError(t("{0} is not a JSON object. Put the model's own config.json there.", file));
  }
  const fields = json;
  const bad = (name: string, expected: string): never => {
    throw new ModelFileError(
      t(
        '{0}: {1} is {2}, expected {3}. Use a GPT-2 model with the config.json it was published with.',
        file,
        name,
        shownJson(fields[name]),
        expected,
      ),
    );
  };
  const count = (name: keyof typeof LIMITS): number => {
    const value = fields[name];
    const limit = LIMITS[name];
    return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= limit
      ? value
      : bad(name, t('a whole number from 1 to {0}', written(limit)));
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = fields[name] ?? fallback;
    return typeof value === 'boolean' ? value : bad(name, t('true or false'));
  };

  if (fields['model_type'] !== 'gpt2') bad('model_type', t('"gpt2", the only architecture that can be run'));
  const named = fields['activation_function'] ?? 'gelu_new';
  const activation =
    typeof named === 'string' && Object.hasOwn(ACTIVATION_NAMES, named)
      ? ACTIVATION_NAMES[named]!
      : bad('activation_function', t('one of {0}', Object.keys(ACTIVATION_NAMES).join(', ')));
  if (flag('add_cross_attention', false)) bad('add_cross_attention', 'false');

  const width = count('n_embd');
  const heads = count('n_head');
  if (width % heads !== 0) bad('n_head', t('a divisor of n_embd {0}', written(width)));
  const epsilon = fields['layer_norm_epsilon'] ?? 1e-5;
  if (typeof epsilon !== 'number' || !(epsilon > 0 && epsilon < 1)) {
    bad('layer_norm_epsilon', t('a number above 0 and below 1'));
  }
  const vocabularySize = count('vocab_size');
  const scaled = flag('scale_attn_weights', true) ? 1 / Math.sqrt(width / heads) : 1;
  const byLayer = flag('scale_attn_by_inverse_layer_idx', false);
  return {
    vocabularySize,
    contextLength: count('n_positions'),
    width,
    layers: count('n_layer'),
    heads,
    innerWidth: (fields['n_inner'] ?? null) === null ? 4 * width : count('n_inner'),
    layerNormEpsilon: epsilon as number,
    activation,
    tied: flag('tie_word_embeddings', true),
    attentionScale: (layer) => (byLayer ? scaled / (layer + 1) : scaled),
    textEnds: readTextEnds(fields, generation, vocabularySize),
    notes: [],
  };
}

/**
 * Reads the `config.json` of a folder, and the `generation_config.json` beside it where there is one. One that
 * cannot be read is left out with a note, as transformers does: the model is the same without it.
 * @throws ModelFileError as `readConfig`, or when config.json cannot be read.
 */
export async function loadConfig(directory: string): Promise<Gpt2Config> {
  const limits = { bytes: SETTINGS_BYTES };
  const json = await readModelJson(directory, 'config.json', limits);
  const file = join(directory, 'config.json');
  let generation: JsonObject | undefined;
  try {
    generation = await findModelJson(directory, 'generation_config.json', limits, '');
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    const note = t('What ends a text is read from config.json alone: {0}', error.message.trim());
    const config = readConfig(json, file);
    const remarks = [note, ...config.textEnds.remarks];
    return { ...config, textEnds: { ...config.textEnds, remarks }, notes: [note] };
  }
  return readConfig(json, file, generation);
}
