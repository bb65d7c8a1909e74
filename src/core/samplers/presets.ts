/** Chains with a name: the default orders of two programs, and the two ways to combine top-k with the nucleus. */
import { definitionOf, type SamplerSpec } from './catalog';
import type { ChainSpec } from './chain';
import type { Program } from './definition';

/**
 * The samplers of a chain in the order of Hugging Face Transformers (version 5): penalties first, then temperature,
 * then the filters. Ties at top-k all stay. Equal samplers keep their order.
 */
export function inHuggingFaceOrder(chain: ChainSpec): ChainSpec {
  return inOrder(chain, 'huggingFace', 'all');
}

/**
 * The samplers of a chain in the order of llama.cpp: penalties, DRY, top-nσ, top-k, typical, top-p, min-p, XTC and
 * temperature last. Exactly k tokens stay at top-k. Equal samplers keep their order.
 */
export function inLlamaCppOrder(chain: ChainSpec): ChainSpec {
  return inOrder(chain, 'llamaCpp', 'exact');
}

function inOrder(chain: ChainSpec, program: Program, ties: 'all' | 'exact'): ChainSpec {
  const rank = ({ sampler }: SamplerSpec): number => definitionOf(sampler).rank[program];
  return chain
    .map((spec): SamplerSpec => (spec.sampler === 'top-k' ? { ...spec, ties } : spec))
    .sort((a, b) => rank(a) - rank(b));
}

/** Temperature, top-k and top-p with values that Hugging Face and llama.cpp users start from. */
const STARTING_POINT: ChainSpec = [
  { sampler: 'temperature', temperature: 0.8 },
  { sampler: 'top-k', k: 40 },
  { sampler: 'top-p', p: 0.95 },
];

export const HUGGING_FACE_DEFAULT: ChainSpec = inHuggingFaceOrder(STARTING_POINT);
export const LLAMA_CPP_DEFAULT: ChainSpec = inLlamaCppOrder(STARTING_POINT);

/**
 * Nucleus, then top-k: the nucleus is taken over the whole vocabulary of the temperature-scaled distribution and
 * then intersected with the k best; what is left is renormalised, still at that temperature.
 *
 * With probabilities .4 .3 .15 .1 .05, k = 3 and p = .8 three tokens stay.
 */
export function nucleusThenTopK(parameters: HybridParameters): ChainSpec {
  const { temperature, k, p } = parameters;
  return [
    { sampler: 'temperature', temperature },
    { sampler: 'top-p', p },
    { sampler: 'top-k', k },
  ];
}

/**
 * Top-k, then nucleus: the k best are renormalised first, and the nucleus is taken of them alone.
 *
 * With probabilities .4 .3 .15 .1 .05, k = 3 and p = .8 two tokens stay.
 */
export function topKThenNucleus(parameters: HybridParameters): ChainSpec {
  const { temperature, k, p } = parameters;
  return [
    { sampler: 'temperature', temperature },
    { sampler: 'top-k', k },
    { sampler: 'top-p', p },
  ];
}

export interface HybridParameters {
  readonly temperature: number;
  readonly k: number;
  readonly p: number;
}

/** A chain that a user can pick by name. */
export interface Preset {
  readonly name: string;
  /** One sentence: what to expect. */
  readonly explanation: string;
  readonly chain: ChainSpec;
}

const HYBRID: HybridParameters = { temperature: 0.7, k: 3, p: 0.8 };

export const PRESETS: readonly Preset[] = [
  { name: 'Unchanged', explanation: 'The model’s own distribution.', chain: [] },
  {
    name: 'Greedy',
    explanation: 'Always the most probable token.',
    chain: [{ sampler: 'temperature', temperature: 0 }],
  },
  {
    name: 'Hugging Face order',
    explanation: 'Temperature first, then top-k (ties stay) and top-p on the scaled distribution.',
    chain: HUGGING_FACE_DEFAULT,
  },
  {
    name: 'llama.cpp order',
    explanation: 'Top-k (exactly k) and top-p on the model’s distribution, temperature last.',
    chain: LLAMA_CPP_DEFAULT,
  },
  {
    name: 'Nucleus then top-k',
    explanation: 'The nucleus of the whole scaled distribution, of which at most the k best stay.',
    chain: nucleusThenTopK(HYBRID),
  },
  {
    name: 'Top-k then nucleus',
    explanation: 'The k best, renormalised, and the nucleus of those.',
    chain: topKThenNucleus(HYBRID),
  },
  {
    name: 'Min-p',
    explanation: 'A high temperature, held together by a cutoff relative to the best token.',
    chain: [
      { sampler: 'min-p', p: 0.1 },
      { sampler: 'temperature', temperature: 1.5 },
    ],
  },
  {
    name: 'Without repetition',
    explanation: 'Penalises what has occurred, and long repetitions most of all.',
    chain: [
      { sampler: 'repetition-penalty', penalty: 1.1, window: 64 },
      { sampler: 'dry', multiplier: 0.8, base: 1.75, allowedLength: 2 },
      { sampler: 'temperature', temperature: 0.8 },
      { sampler: 'top-p', p: 0.95 },
    ],
  },
  {
    name: 'Steady surprise',
    explanation: 'Mirostat 2: the surprise per token stays near 5 bits.',
    chain: [{ sampler: 'mirostat-2', tau: 5, eta: 0.1 }],
  },
];
