/** The ways of decoding that Determinism compares. */
import type { ChainSpec } from '../../core/samplers/chain';
import type { Configuration } from './result';

/** Nearly 0: large enough that logits divided by it stay finite. */
const TINY_TEMPERATURE = 1e-6;
const TINY_P = 1e-9;

function drawn(
  id: string,
  label: string,
  about: string,
  chain: ChainSpec,
  seeds: Configuration['seeds'] = 'new',
): Configuration {
  return { id, label, about, chain, greedy: false, seeds, batch: false };
}

const greedy = { chain: [], greedy: true, seeds: 'new' } as const;

/** First those that remove randomness, then some that do not. */
export const CONFIGURATIONS: readonly Configuration[] = [
  {
    ...greedy,
    id: 'greedy',
    label: 'greedy',
    about: 'The largest logit at every step.',
    batch: false,
  },
  {
    ...greedy,
    id: 'greedy-batch',
    label: 'greedy in a batch',
    about: 'The same, with all runs computed side by side.',
    batch: true,
  },
  drawn('temperature-0', 'temperature 0', 'Defined as greedy: only the best token is left.', [
    { sampler: 'temperature', temperature: 0 },
  ]),
  drawn('temperature-tiny', 'temperature 10⁻⁶', 'The limit T → 0, but still drawn.', [
    { sampler: 'temperature', temperature: TINY_TEMPERATURE },
  ]),
  drawn('top-k-1', 'top-k 1', 'The best token and all that tie with it.', [{ sampler: 'top-k', k: 1 }]),
  drawn('top-p-tiny', 'top-p 10⁻⁹', 'The smallest nucleus: one token.', [{ sampler: 'top-p', p: TINY_P }]),
  drawn('min-p-1', 'min-p 1', 'Only tokens as probable as the best.', [{ sampler: 'min-p', p: 1 }]),
  drawn(
    'fixed-seed',
    'fixed seed',
    'Drawn at temperature 1, every run with the same random numbers.',
    [{ sampler: 'temperature', temperature: 1 }],
    'same',
  ),
  drawn('temperature-1', 'temperature 1', 'Drawn, every run with its own random numbers.', [
    { sampler: 'temperature', temperature: 1 },
  ]),
  drawn('top-k-40', 'top-k 40', 'Drawn from the 40 best tokens.', [{ sampler: 'top-k', k: 40 }]),
  drawn('nucleus', 'T 0.7, top-p 0.9', 'Drawn from the nucleus.', [
    { sampler: 'temperature', temperature: 0.7 },
    { sampler: 'top-p', p: 0.9 },
  ]),
];
