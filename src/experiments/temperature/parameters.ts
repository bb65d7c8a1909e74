/** What Temperature is asked. */
import { t } from '../../l10n/language';
import { chat, drawnBy, prompt, seed, temperatures } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { flag, optional, text, whole } from '../kit/parameters';

export const temperatureParameters = declare(t('Temperature'), {
  prompt,
  chat,
  drawnBy,
  /** The text whose probability is asked for, without the space before it; empty for the most probable token. */
  target: text({
    name: t('The target'),
    label: t('word or phrase'),
    term: 'target',
    most: 200,
    default: '',
    placeholder: t('the most probable token'),
  }),
  /** Whether a space stands before the target, as before a word within a sentence. */
  leadingSpace: flag({
    name: t('Leading space'),
    label: t('space before it'),
    term: 'leadingSpace',
    default: true,
    short: (set) => (set === '' ? '' : '·'),
  }),
  temperatures: temperatures({ entries: 24, default: [0.1, 0.5, 1, 1.5, 2, 5, 10] }),
  /** At every temperature. */
  draws: whole({
    name: t('The number of draws'),
    label: t('draws of each'),
    term: 'draws',
    least: 10,
    most: 1_000_000,
    default: 1000,
  }),
  seed,
  /** Absent in orders of earlier versions, which used the same random numbers at every temperature. */
  commonRandomNumbers: optional(
    flag({
      name: t('Common random numbers'),
      label: t('same random numbers at every temperature'),
      term: 'commonRandomNumbers',
      default: false,
    }),
  ),
});
export type TemperatureParameters = ParametersOf<typeof temperatureParameters>;
