/** What Surprisal is asked. */
import { t } from '../../l10n/language';
import { show, wholeNumber } from '../kit/checks';
import { declare, type Earlier, type ParametersOf } from '../kit/declaration';
import { custom, text, whole } from '../kit/parameters';

const lengthOf = ({ text: whole }: Earlier): number => (typeof whole === 'string' ? whole.length : 0);

export const surprisalParameters = declare(t('Surprisal'), {
  /** From the beginning: what is before the part of interest is read, what is behind decides its windows. */
  text: text({
    name: t('The text'),
    most: 20_000_000,
    partServes: true,
    default: '',
  }),
  /** UTF-16 offsets between which tokens are reported. */
  from: custom({
    name: t('The start of the reported part'),
    default: 0,
    read: (value, earlier) => wholeNumber(t('The start of the reported part'), value, 0, lengthOf(earlier)),
  }),
  to: {
    ...custom({
      name: t('The end of the reported part'),
      default: 0,
      read: (value, earlier) => {
        const from = typeof earlier['from'] === 'number' ? earlier['from'] : 0;
        return wholeNumber(t('The end of the reported part'), value, from, lengthOf(earlier));
      },
    }),
    leftOut: lengthOf,
  },
  /** Best tokens to report at every place. */
  alternatives: whole({ name: t('The number of alternatives'), least: 0, most: 100, default: 5 }),
  /** Windows whose scores the asker has from an earlier run: they are named, not scored again. */
  known: {
    ...custom<readonly string[]>({ name: t('The known windows'), default: [], read: readNames }),
    leftOut: () => [],
  },
});
export type SurprisalParameters = ParametersOf<typeof surprisalParameters>;

function readNames(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw new RangeError(t('The known windows are {0}; they must be a list of names.', show(value)));
}
