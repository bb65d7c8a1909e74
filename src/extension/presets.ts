import type { ChainSpec } from '../core/samplers/chain';

/** A named way of decoding. */
export interface Preset {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly greedy: boolean;
  readonly chain: ChainSpec;
}

/** The presets that every installation has. */
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
} satisfies Readonly<Record<string, Preset>>;

/** How a preset decodes; an unknown name is taken as `precise`. */
export function presetChain(name: string): { readonly greedy: boolean; readonly chain: ChainSpec } {
  const presets: Readonly<Record<string, Preset>> = builtInPresets;
  const { greedy, chain } = (Object.hasOwn(presets, name) && presets[name]) || builtInPresets.precise;
  return { greedy, chain };
}
