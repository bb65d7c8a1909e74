/** What Nucleus is asked. */
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { chat, prompt, temperatures } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { numbers } from '../kit/parameters';

/** The list of temperatures and that of p may each have so many entries. */
const MOST_VALUES = 12;

export const nucleusParameters = declare(t('Nucleus'), {
  prompt,
  chat,
  temperatures: {
    ...temperatures({ entries: MOST_VALUES, default: [0.7, 1] }),
    short: (typed) => `T ${typed}`,
  },
  ps: numbers({
    name: t('The values of p'),
    each: (place) => t('p {0}', place),
    label: t('p, up to {0} values', written(MOST_VALUES)),
    term: 'topP',
    entries: MOST_VALUES,
    least: 0,
    leastExcluded: true,
    most: 1,
    default: [0.8, 0.9, 0.95],
    short: (typed) => `p ${typed}`,
  }),
});
export type NucleusParameters = ParametersOf<typeof nucleusParameters>;
