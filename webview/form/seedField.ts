import { wholeNumber } from '../../src/experiments/kit/checks';
import { typedNumber, type TextField } from './form';
import { MAX_SEED } from '../experiments/explore/settings';

/** The control of a seed, with a button for another one. */
export function seedField(initial: number): TextField {
  return {
    kind: 'text',
    name: 'seed',
    label: 'seed',
    term: 'seed',
    initial: String(initial),
    dice: true,
    check: (typed) => wholeNumber('The seed', typedNumber(typed), 0, MAX_SEED),
  };
}
