/** A user's own presets: how settings and files are read, and how a new one is called. */
import * as v from 'valibot';
import type { ChainSpec } from '../../core/samplers/chain';
import { builtInPresets, type Preset, type Presets } from '../../core/samplers/presets';
import { t } from '../../l10n/language';
import { presetSchema } from '../../protocol/presets';

/** A preset that cannot be used, as a sentence for people. */
export class PresetError extends Error {}

/**
 * Reads presets from settings or from a file: an object of presets by id.
 * @throws PresetError naming the first preset that is wrong, and why
 */
export function readPresets(value: unknown): Presets {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PresetError(t('Presets are an object: {0}.', '{"my-preset": {"name": ..., "chain": [...]}}'));
  }
  const presets: Record<string, Preset> = {};
  for (const [id, given] of Object.entries(value)) {
    const parsed = v.safeParse(presetSchema, given);
    if (!parsed.success) {
      throw new PresetError(t('The preset "{0}" cannot be used: {1}', id, parsed.issues[0].message));
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
