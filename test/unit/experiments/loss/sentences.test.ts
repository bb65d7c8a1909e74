/** What a result of Loss says, whatever the result. */
import { it } from 'vitest';
import { lossReport } from '../../../../src/experiments/loss/report';
import { expectWhole } from '../said';
import { lossResults } from './results';

it('every sentence of Loss is whole', () => {
  expectWhole(lossReport, lossResults);
});
