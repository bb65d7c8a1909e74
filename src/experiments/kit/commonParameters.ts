/** Parameters that several experiments have. */
import { numbers, text, whole, type Parameter } from './parameters';

/** Comes from the editor, not from a control. */
export const prompt = text({ name: 'The prompt', default: '' });

/** Of everything that is drawn. */
export const seed = whole({
  name: 'The seed',
  label: 'seed',
  term: 'seed',
  least: 0,
  most: 0xffff_ffff,
  default: 42,
  dice: true,
});

/** Temperatures are allowed in this range, which no curve leaves either. */
const LEAST_TEMPERATURE = 0.001;
const MOST_TEMPERATURE = 1000;

/** Temperatures above 0. */
export function temperatures(parameter: {
  readonly entries: number;
  readonly default: readonly number[];
}): Parameter<readonly number[]> {
  return numbers({
    ...parameter,
    name: 'The temperatures',
    each: 'Temperature',
    label: `temperatures, up to ${parameter.entries}`,
    term: 'temperature',
    least: LEAST_TEMPERATURE,
    most: MOST_TEMPERATURE,
    refuse: (entry, what) => {
      if (entry !== 0) return;
      throw new RangeError(
        `${what} is 0, which is greedy: nothing is drawn. Give values from ${LEAST_TEMPERATURE}; the limit T → 0 is shown anyway.`,
      );
    },
  });
}
