/** The methods that the chapter compares, and others of the core beside them. */
import { inHuggingFaceOrder, nucleusThenTopK, topKThenNucleus } from '../../core/samplers/presets';
import { temperature } from '../kit/commonParameters';
import { declare, real, whole, type ParametersOf } from '../kit/parameters';
import type { MethodSpec } from './result';

/** Numbers that the methods share; the chapter's own values. */
export const methodNumbers = declare(
  'Methods, numbers',
  {
    temperature: temperature,
    p: real({ name: 'p', label: 'p of the nucleus', term: 'topP', least: 0, most: 1, default: 0.8 }),
    k: whole({
      name: 'k',
      label: 'k of top-k',
      term: 'topK',
      least: 1,
      most: Number.MAX_SAFE_INTEGER,
      default: 3,
    }),
    beams: whole({ name: 'The number of beams', label: 'beams', least: 1, most: 64, default: 4 }),
    candidates: whole({
      name: 'The number of candidates',
      label: 'contrastive k',
      term: 'contrastiveSearch',
      least: 1,
      most: 64,
      default: 4,
    }),
    alpha: real({
      name: 'alpha',
      label: 'contrastive α',
      term: 'contrastiveSearch',
      least: 0,
      most: 1,
      default: 0.6,
    }),
  },
  { partial: true },
);
export type MethodNumbers = ParametersOf<typeof methodNumbers>;

export const METHOD_NUMBERS = methodNumbers.parse({});

/** A method that a user can choose. */
export interface MethodChoice {
  readonly id: string;
  readonly label: string;
  /** One sentence: what it does. */
  readonly explanation: string;
  /** True for the four of the chapter. */
  readonly chapter: boolean;
  /** True for what grows whole texts and has no single token to compare. */
  readonly search: boolean;
  readonly spec: (numbers: MethodNumbers) => MethodSpec;
}

export const METHOD_CHOICES: readonly MethodChoice[] = [
  {
    id: 'greedy',
    label: 'Greedy',
    explanation: 'Always the most probable token.',
    chapter: true,
    search: false,
    spec: () => sampling('Greedy', [{ sampler: 'temperature', temperature: 0 }]),
  },
  {
    id: 'stochastic',
    label: 'Stochastic',
    explanation: 'Draws from the whole distribution at the temperature.',
    chapter: true,
    search: false,
    spec: ({ temperature }) => sampling('Stochastic', [{ sampler: 'temperature', temperature }]),
  },
  {
    id: 'nucleus',
    label: 'Nucleus',
    explanation: 'Draws from the fewest tokens that together have probability p at the temperature.',
    chapter: true,
    search: false,
    spec: ({ temperature, p }) =>
      sampling('Nucleus', [
        { sampler: 'temperature', temperature },
        { sampler: 'top-p', p },
      ]),
  },
  {
    id: 'hybrid',
    label: 'Hybrid',
    explanation: 'Draws from the nucleus, cut to its k most probable tokens.',
    chapter: true,
    search: false,
    spec: ({ temperature, p, k }) => sampling('Hybrid', nucleusThenTopK({ temperature, p, k })),
  },
  {
    id: 'top-k',
    label: 'Top-k',
    explanation: 'Draws from the k most probable tokens.',
    chapter: false,
    search: false,
    spec: ({ temperature, k }) =>
      sampling('Top-k', [
        { sampler: 'temperature', temperature },
        { sampler: 'top-k', k },
      ]),
  },
  {
    id: 'top-k-nucleus',
    label: 'Top-k, then nucleus',
    explanation: 'Draws from the nucleus of the k most probable tokens, renormalised.',
    chapter: false,
    search: false,
    spec: ({ temperature, p, k }) => sampling('Top-k, then nucleus', topKThenNucleus({ temperature, p, k })),
  },
  {
    id: 'min-p',
    label: 'Min-p',
    explanation: 'Removes tokens that are less than a tenth as probable as the best one.',
    chapter: false,
    search: false,
    spec: ({ temperature }) =>
      sampling(
        'Min-p',
        inHuggingFaceOrder([
          { sampler: 'temperature', temperature },
          { sampler: 'min-p', p: 0.1 },
        ]),
      ),
  },
  {
    id: 'typical',
    label: 'Locally typical',
    explanation: 'Keeps tokens that are about as surprising as expected, with total probability p.',
    chapter: false,
    search: false,
    spec: ({ temperature, p }) =>
      sampling('Locally typical', [
        { sampler: 'temperature', temperature },
        { sampler: 'typical', p },
      ]),
  },
  {
    id: 'mirostat-2',
    label: 'Mirostat 2',
    explanation: 'Keeps the surprise per token near 5 bits.',
    chapter: false,
    search: false,
    spec: () => sampling('Mirostat 2', [{ sampler: 'mirostat-2', tau: 5, eta: 0.1 }]),
  },
  {
    id: 'beam',
    label: 'Beam search',
    explanation: 'Keeps the few most probable beginnings at every step; nothing is drawn.',
    chapter: false,
    search: true,
    spec: ({ beams }) => ({ name: 'Beam search', kind: 'beam', beams, lengthPenalty: 1 }),
  },
  {
    id: 'diverse-beam',
    label: 'Diverse beam search',
    explanation: 'Beam search in groups that avoid each other’s tokens; nothing is drawn.',
    chapter: false,
    search: true,
    spec: ({ beams }) => ({
      name: 'Diverse beam search',
      kind: 'diverse-beam',
      beams,
      groups: beams,
      diversity: 1,
    }),
  },
  {
    id: 'contrastive',
    label: 'Contrastive search',
    explanation:
      'Of the k most probable tokens takes the one that best weighs probability against likeness to what has been said; nothing is drawn.',
    chapter: false,
    search: true,
    spec: ({ candidates, alpha }) => ({
      name: 'Contrastive search',
      kind: 'contrastive',
      k: candidates,
      alpha,
    }),
  },
];

type Sampling = Extract<MethodSpec, { kind: 'sampling' }>;

function sampling(name: string, chain: Sampling['chain']): MethodSpec {
  return { name, kind: 'sampling', chain };
}
