/**
 * Chains with a name: the default orders of two programs, the two ways to combine top-k with the nucleus, and the one
 * list of presets that the panel, the side view, suggestions and Methods offer.
 */
import { definitionOf, type SamplerName, type SamplerSpec } from './catalog';
import type { ChainSpec } from './chain';
import type { Program } from './definition';
import { t } from '../../l10n/language';

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

/** A named way of decoding. */
export interface Preset {
  readonly name: string;
  /** One sentence for people: what to expect. */
  readonly description: string;
  /** The most probable token is taken at every step. */
  readonly greedy: boolean;
  readonly chain: ChainSpec;
  /** Samplers that an editor of the chain shows switched off, each with its place among all steps, these included. */
  readonly off: readonly OffStep[];
}

/** A sampler that takes no part in the chain. */
export interface OffStep {
  readonly sampler: SamplerName;
  readonly at: number;
}

export type Presets = Readonly<Record<string, Preset>>;

const HYBRID: HybridParameters = { temperature: 0.7, k: 3, p: 0.8 };

const preset = (
  name: string,
  description: string,
  chain: ChainSpec,
  more: Partial<Pick<Preset, 'greedy' | 'off'>> = {},
): Preset => ({ name, description, greedy: false, chain, off: [], ...more });

/** The presets that every installation has, by the id that settings name them with. */
export const builtInPresets = {
  start: preset(
    t('Starting point'),
    t('The model’s distribution at temperature 1, of which the 40 best tokens stay.'),
    [
      { sampler: 'temperature', temperature: 1 },
      { sampler: 'top-k', k: 40 },
    ],
    { off: [{ sampler: 'top-p', at: 2 }] },
  ),
  unchanged: preset(t('Unchanged'), t('The model’s own distribution.'), []),
  greedy: preset(
    t('Greedy'),
    t('The most probable token at every step; always the same text.'),
    [{ sampler: 'temperature', temperature: 0 }],
    { greedy: true },
  ),
  chapter: preset(t('Chapter settings'), t('Top-k 25 at temperature 1.4, as in the course chapter.'), [
    { sampler: 'top-k', k: 25 },
    { sampler: 'temperature', temperature: 1.4 },
  ]),
  creative: preset(t('Creative'), t('Temperature 1.1 with a nucleus of 0.95.'), [
    { sampler: 'temperature', temperature: 1.1 },
    { sampler: 'top-p', p: 0.95 },
  ]),
  precise: preset(t('Precise'), t('Temperature 0.5 with top-k 40 and a nucleus of 0.9.'), [
    { sampler: 'temperature', temperature: 0.5 },
    { sampler: 'top-k', k: 40 },
    { sampler: 'top-p', p: 0.9 },
  ]),
  huggingFace: preset(
    t('Hugging Face order'),
    t('Temperature first, then top-k (ties stay) and top-p on the scaled distribution.'),
    HUGGING_FACE_DEFAULT,
  ),
  llamaCpp: preset(
    t('llama.cpp order'),
    t('Top-k (exactly k) and top-p on the model’s distribution, temperature last.'),
    LLAMA_CPP_DEFAULT,
  ),
  nucleusThenTopK: preset(
    t('Nucleus, then top-k'),
    t('The nucleus of the whole distribution at the temperature, of which at most the k best tokens stay.'),
    nucleusThenTopK(HYBRID),
  ),
  topKThenNucleus: preset(
    t('Top-k, then nucleus'),
    t('The nucleus of the k best tokens, whose probabilities are first scaled to sum to 1.'),
    topKThenNucleus(HYBRID),
  ),
  minP: preset('Min-p', t('A high temperature, held together by a cutoff relative to the best token.'), [
    { sampler: 'min-p', p: 0.1 },
    { sampler: 'temperature', temperature: 1.5 },
  ]),
  withoutRepetition: preset(
    t('Without repetition'),
    t('Penalises what has occurred, and long repetitions most of all.'),
    [
      { sampler: 'repetition-penalty', penalty: 1.1, window: 64 },
      { sampler: 'dry', multiplier: 0.8, base: 1.75, allowedLength: 2 },
      { sampler: 'temperature', temperature: 0.8 },
      { sampler: 'top-p', p: 0.95 },
    ],
  ),
  steadySurprise: preset(t('Steady surprise'), t('Mirostat 2: the surprise per token stays near 5 bits.'), [
    { sampler: 'mirostat-2', tau: 5, eta: 0.1 },
  ]),
} satisfies Presets;

/** What a preset draws from, greedy ones too: their last step leaves the most probable token alone. */
export function chainOfPreset({ greedy, chain }: Pick<Preset, 'greedy' | 'chain'>): ChainSpec {
  const last = chain.at(-1);
  const isGreedy = last?.sampler === 'temperature' && last.temperature === 0;
  return greedy && !isGreedy ? [...chain, { sampler: 'temperature', temperature: 0 }] : chain;
}
