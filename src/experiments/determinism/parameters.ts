/** What Determinism is asked. */
import { t } from '../../l10n/language';
import { chat, prompt, seed } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { choices, whole } from '../kit/parameters';
import { CONFIGURATIONS } from './decodings';

export const determinismParameters = declare(t('Determinism'), {
  prompt,
  chat,
  /** Ids of `CONFIGURATIONS`. */
  configurations: choices({
    name: t('The configurations'),
    options: CONFIGURATIONS.map(({ id, label }) => ({ value: id, label })),
    default: CONFIGURATIONS.map(({ id }) => id),
  }),
  /** Runs of each configuration, which are all computed anew: that they are the same is what is asked. */
  repeats: whole({
    name: t('The number of runs'),
    label: t('runs of each configuration'),
    term: 'repeats',
    least: 2,
    most: 20,
    default: 3,
  }),
  maxNewTokens: whole({
    name: t('Max new tokens'),
    label: t('new tokens'),
    term: 'newTokens',
    least: 1,
    most: 200,
    default: 20,
  }),
  seed,
});
export type DeterminismParameters = ParametersOf<typeof determinismParameters>;
