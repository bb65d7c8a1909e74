/** What a result of Training says, whatever the result. */
import { it } from 'vitest';
import { trainingReport } from '../../../../src/experiments/training/report';
import { expectWhole } from '../said';
import { trainingResults } from './results';

it('every sentence of Training is whole', () => {
  expectWhole(trainingReport, trainingResults);
});
