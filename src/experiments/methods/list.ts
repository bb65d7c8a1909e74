/** The methods that the chapter compares, and others of the core beside them. */
import { inHuggingFaceOrder, nucleusThenTopK, topKThenNucleus } from '../../core/samplers/presets';
import { t } from '../../l10n/language';
import { temperature } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { real, whole } from '../kit/parameters';
import type { MethodSpec } from './result';

/** Numbers that the methods share; the chapter's own values. */
export const methodNumbers = declare(
  'Methods, numbers',
  {
    temperature: temperature,
    p: real({ name: 'p', label: t('p of the nucleus'), term: 'topP', least: 0, most: 1, default: 0.8 }),
    k: whole({
      name: 'k',
      label: t('k of top-k'),
      term: 'topK',
      least: 1,
      most: Number.MAX_SAFE_INTEGER,
      default: 3,
    }),
    beams: whole({
      name: t('The number of beams'),
      label: t('beams'),
      term: 'beams',
      least: 1,
      most: 64,
      default: 4,
    }),
    candidates: whole({
      name: t('The number of candidates'),
      label: t('contrastive k'),
      term: 'contrastiveSearch',
      least: 1,
      most: 64,
      default: 4,
    }),
    alpha: real({
      name: 'alpha',
      label: t('contrastive α'),
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
    label: t('Greedy'),
    explanation: t('Always the most probable token.'),
    chapter: true,
    search: false,
    spec: () => sampling('Greedy', [{ sampler: 'temperature', temperature: 0 }]),
  },
  {
    id: 'stochastic',
    label: t('Stochastic'),
    explanation: t('Draws from the whole distribution at the temperature.'),
    chapter: true,
    search: false,
    spec: ({ temperature }) => sampling('Stochastic', [{ sampler: 'temperature', temperature }]),
  },
  {
    id: 'nucleus',
    label: t('Nucleus'),
    explanation: t('Draws from the fewest tokens that together have probability p at the temperature.'),
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
    label: t('Hybrid'),
    explanation: t('Draws from the nucleus, cut to its k most probable tokens.'),
    chapter: true,
    search: false,
    spec: ({ temperature, p, k }) => sampling('Hybrid', nucleusThenTopK({ temperature, p, k })),
  },
  {
    id: 'top-k',
    label: t('Top-k'),
    explanation: t('Draws from the k most probable tokens.'),
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
    label: t('Top-k, then nucleus'),
    explanation: t(
      'Draws from the nucleus of the k most probable tokens, whose probabilities are first scaled to sum to 1.',
    ),
    chapter: false,
    search: false,
    spec: ({ temperature, p, k }) => sampling('Top-k, then nucleus', topKThenNucleus({ temperature, p, k })),
  },
  {
    id: 'min-p',
    label: t('Min-p'),
    explanation: t('Draws from the tokens that are at least a tenth as probable as the best one.'),
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
    label: t('Locally typical'),
    explanation: t(
      'Draws from the tokens that are about as surprising as expected and together have probability p.',
    ),
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
    label: t('Mirostat 2'),
    explanation: t('Draws so that the surprise per token stays near 5 bits.'),
    chapter: false,
    search: false,
    spec: () => sampling('Mirostat 2', [{ sampler: 'mirostat-2', tau: 5, eta: 0.1 }]),
  },
  {
    id: 'beam',
    label: t('Beam search'),
    explanation: t('Keeps the few most probable beginnings at every step; nothing is drawn.'),
    chapter: false,
    search: true,
    spec: ({ beams }) => ({ name: 'Beam search', kind: 'beam', beams, lengthPenalty: 1 }),
  },
  {
    id: 'diverse-beam',
    label: t('Diverse beam search'),
    explanation: t('Beam search in groups that avoid each other’s tokens; nothing is drawn.'),
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
    label: t('Contrastive search'),
    explanation: t(
      'Of the k most probable tokens takes the one that best weighs probability against likeness to what has been said; nothing is drawn.',
    ),
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

/** What the methods of the list are called in orders and results, with their labels. */
const LABELS: ReadonlyMap<string, string> = new Map(
  METHOD_CHOICES.map(({ spec, label }) => [spec(METHOD_NUMBERS).name, label]),
);

/** Whether a method of the list has this name in orders and results, or is shown by it. */
export function isListed(name: string): boolean {
  return LABELS.has(name) || [...LABELS.values()].includes(name);
}

/** Behind the name of a preset that is called as a method of the list. */
const OF_PRESET = ' (preset)';

/** The name under which a preset is compared: its own, where no method of the list has it. */
export function presetName(name: string): string {
  return isListed(name) ? `${name}${OF_PRESET}` : name;
}

/** A method's name for people. Orders and results have the same names in all languages. */
export function shownName(name: string): string {
  const preset = name.endsWith(OF_PRESET) ? name.slice(0, -OF_PRESET.length) : undefined;
  if (preset !== undefined && isListed(preset)) return t('{0} (preset)', LABELS.get(preset) ?? preset);
  return LABELS.get(name) ?? name;
}

type Sampling = Extract<MethodSpec, { kind: 'sampling' }>;

function sampling(name: string, chain: Sampling['chain']): MethodSpec {
  return { name, kind: 'sampling', chain };
}
