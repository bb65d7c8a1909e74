/** What Temperature is asked. */
import { prompt, seed, temperatures } from '../kit/commonParameters';
import { declare, flag, inThousands, text, whole, type ParametersOf } from '../kit/parameters';

export const temperatureParameters = declare('Temperature', {
  prompt,
  /** The text whose probability is asked for, without the space before it. */
  target: text({
    name: 'The target',
    label: 'word or phrase',
    term: 'target',
    most: 200,
    empty: 'type a word or a phrase, for example pizza',
    default: 'pizza',
  }),
  /** Whether a space stands before the target, as before a word within a sentence. */
  leadingSpace: flag({
    name: 'Leading space',
    label: 'space before it',
    term: 'leadingSpace',
    default: true,
    short: (set) => (set === '' ? '' : '·'),
  }),
  temperatures: temperatures({ entries: 24, default: [0.1, 0.5, 1, 1.5, 2, 5, 10] }),
  /** At every temperature. */
  draws: whole({
    name: 'The number of draws',
    label: 'draws of each',
    term: 'draws',
    least: 10,
    most: 1_000_000,
    default: 1000,
    short: inThousands,
  }),
  seed,
});
export type TemperatureParameters = ParametersOf<typeof temperatureParameters>;
