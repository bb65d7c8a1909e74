/** The ways of decoding that Determinism compares. */
import type { ChainSpec } from '../../core/samplers/chain';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { Configuration, DeterminismVerdict } from './result';

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
    label: t({ message: 'greedy', comment: 'decoding' }),
    about: t('The largest logit at every step.'),
    batch: false,
  },
  {
    ...greedy,
    id: 'greedy-batch',
    label: t('greedy in a batch'),
    about: t('The same, with all runs computed side by side.'),
    batch: true,
  },
  drawn('temperature-0', t('temperature {0}', '0'), t('Defined as greedy: only the best token is left.'), [
    { sampler: 'temperature', temperature: 0 },
  ]),
  drawn('temperature-tiny', t('temperature {0}', '10⁻⁶'), t('The limit T → 0, but still drawn.'), [
    { sampler: 'temperature', temperature: TINY_TEMPERATURE },
  ]),
  drawn('top-k-1', 'top-k 1', t('The best token and all that tie with it.'), [{ sampler: 'top-k', k: 1 }]),
  drawn('top-p-tiny', 'top-p 10⁻⁹', t('The smallest nucleus: one token.'), [{ sampler: 'top-p', p: TINY_P }]),
  drawn('min-p-1', 'min-p 1', t('Only tokens as probable as the best.'), [{ sampler: 'min-p', p: 1 }]),
  drawn(
    'fixed-seed',
    t('fixed seed'),
    t('Drawn at temperature 1, every run with the same random numbers.'),
    [{ sampler: 'temperature', temperature: 1 }],
    'same',
  ),
  drawn('temperature-1', t('temperature {0}', '1'), t('Drawn, every run with its own random numbers.'), [
    { sampler: 'temperature', temperature: 1 },
  ]),
  drawn('top-k-40', 'top-k 40', t('Drawn from the 40 best tokens.'), [{ sampler: 'top-k', k: 40 }]),
  drawn('nucleus', `T ${written(0.7)}, top-p ${written(0.9)}`, t('Drawn from the nucleus.'), [
    { sampler: 'temperature', temperature: 0.7 },
    { sampler: 'top-p', p: 0.9 },
  ]),
];

/** What a configuration is called, also in a result that was saved in another language. */
export function configurationName({ id, label }: Pick<DeterminismVerdict, 'id' | 'label'>): string {
  return CONFIGURATIONS.find((configuration) => configuration.id === id)?.label ?? label;
}
