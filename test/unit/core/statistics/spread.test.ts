import { expect, it } from 'vitest';
import { spread } from '../../../../src/core/statistics/spread';

it('tells mean, deviation, least and most', () => {
  // Deviations -3, -1, 1, 3 from 5: 20 / 3 is the variance.
  expect(spread([4, 8, 2, 6])).toEqual({ mean: 5, deviation: Math.sqrt(20 / 3), least: 2, most: 8 });
});

it('has no deviation for one measurement, and none at all for none', () => {
  expect(spread([3])).toEqual({ mean: 3, deviation: null, least: 3, most: 3 });
  expect(spread([])).toEqual({ mean: NaN, deviation: null, least: NaN, most: NaN });
});

it('is of no width for equal measurements, however they are rounded', () => {
  expect(spread([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, deviation: 0, least: 0.1, most: 0.1 });
});
