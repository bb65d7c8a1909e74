import * as v from 'valibot';
import { messageOf } from '../../core/messageOf';
import { parseChain, type ChainSpec } from '../../core/samplers/chain';
import { HUGGING_FACE_DEFAULT, LLAMA_CPP_DEFAULT } from '../../core/samplers/presets';
import { english, type Translate } from '../translate';

/** A named way of decoding. */
export interface Preset {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly greedy: boolean;
  readonly chain: ChainSpec;
}

/** The presets that every installation has, by the id that settings name them with. */
export const builtInPresets = {
  greedy: {
    name: 'Greedy',
    description: 'The most probable token at every step; always the same text.',
    greedy: true,
    chain: [],
  },
  chapter: {
    name: 'Chapter settings',
    description: 'Top-k 25 at temperature 1.4, as in the course chapter.',
    greedy: false,
    chain: [
      { sampler: 'top-k', k: 25 },
      { sampler: 'temperature', temperature: 1.4 },
    ],
  },
  creative: {
    name: 'Creative',
    description: 'Temperature 1.1 with a nucleus of 0.95.',
    greedy: false,
    chain: [
      { sampler: 'temperature', temperature: 1.1 },
      { sampler: 'top-p', p: 0.95 },
    ],
  },
  precise: {
    name: 'Precise',
    description: 'Temperature 0.5 with top-k 40 and a nucleus of 0.9.',
    greedy: false,
    chain: [
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-k', k: 40 },
      { sampler: 'top-p', p: 0.9 },
    ],
  },
  huggingFace: {
    name: 'Hugging Face default order',
    description: 'Temperature first, then top-k (ties stay) and the nucleus.',
    greedy: false,
    chain: HUGGING_FACE_DEFAULT,
  },
  llamaCpp: {
    name: 'llama.cpp default order',
    description: 'Top-k (exactly k) and the nucleus first, temperature last.',
    greedy: false,
    chain: LLAMA_CPP_DEFAULT,
  },
} satisfies Readonly<Record<string, Preset>>;

export type Presets = Readonly<Record<string, Preset>>;

/** A preset that cannot be used, as a sentence for people. */
export class PresetError extends Error {}

const chainSchema = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }): ChainSpec => {
    try {
      return parseChain(dataset.value);
    } catch (error) {
      addIssue({ message: messageOf(error) });
      return NEVER;
    }
  }),
);
const presetSchema = v.object({
  name: v.pipe(v.string(), v.minLength(1, 'A preset needs a name.'), v.maxLength(100)),
  description: v.optional(v.pipe(v.string(), v.maxLength(500)), ''),
  greedy: v.optional(v.boolean(), false),
  chain: chainSchema,
});

/**
 * Reads presets from settings or from a file: an object of presets by id.
 * @param translate puts what is wrong into the language of VS Code
 * @throws PresetError naming the first preset that is wrong, and why
 */
export function readPresets(value: unknown, translate: Translate = english): Presets {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PresetError(
      translate('Presets are an object: {0}.', '{"my-preset": {"name": ..., "chain": [...]}}'),
    );
  }
  const presets: Record<string, Preset> = {};
  for (const [id, given] of Object.entries(value)) {
    const parsed = v.safeParse(presetSchema, given);
    if (!parsed.success) {
      throw new PresetError(translate('The preset "{0}" cannot be used: {1}', id, parsed.issues[0].message));
    }
    presets[id] = parsed.output;
  }
  return presets;
}

/** The built-in presets and a user's own, of which those that cannot be used are left out. */
export function allPresets(own: unknown): Presets {
  const usable: Record<string, Preset> = { ...builtInPresets };
  for (const [id, preset] of Object.entries(typeof own === 'object' && own !== null ? own : {})) {
    try {
      Object.assign(usable, readPresets({ [id]: preset as unknown }));
    } catch (error) {
      if (!(error instanceof PresetError)) throw error;
    }
  }
  return usable;
}

/** How a preset decodes; an unknown id is taken as `precise`. */
export function presetChain(
  presets: Presets,
  id: string,
): { readonly greedy: boolean; readonly chain: ChainSpec } {
  const { greedy, chain } = (Object.hasOwn(presets, id) && presets[id]) || builtInPresets.precise;
  return { greedy, chain };
}

/** An id for a new preset: its name in lower case with hyphens, and a number where that is taken. */
export function presetId(name: string, taken: Presets): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'preset' : plain;
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!Object.hasOwn(taken, id)) return id;
  }
}
