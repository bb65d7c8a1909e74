/** What Loss is asked; all but the text may be left out, and is the book's then. */
import { t } from '../../l10n/language';
import { windows, windowSeed } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { flag, orDefault, text } from '../kit/parameters';

export const lossParameters = declare(t('Loss'), {
  text: text({
    name: t('The text'),
    // Far above a book, far below what would take days.
    most: 20_000_000,
    partServes: true,
    default: '',
  }),
  ...windows,
  /** Whether the training windows are put into batches in random order. */
  shuffle: orDefault(flag({ name: t('Shuffle'), label: t('shuffle training windows'), default: true })),
  /** Of that order. */
  seed: { ...windowSeed, term: 'seed' },
});
export type LossParameters = ParametersOf<typeof lossParameters>;
