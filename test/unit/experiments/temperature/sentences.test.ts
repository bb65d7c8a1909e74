/** What a result of Temperature says, whatever the result. */
import { it } from 'vitest';
import { temperatureReport } from '../../../../src/experiments/temperature/report';
import { expectWhole } from '../said';
import { temperatureResults } from './results';

it('every sentence of Temperature is whole', () => {
  expectWhole(temperatureReport, temperatureResults);
});
