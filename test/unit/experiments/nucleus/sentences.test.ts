/** What a result of Nucleus says, whatever the result. */
import { it } from 'vitest';
import { nucleusReport } from '../../../../src/experiments/nucleus/report';
import { expectWhole } from '../said';
import { nucleusResults } from './results';

it('every sentence of Nucleus is whole', () => {
  expectWhole(nucleusReport, nucleusResults);
});
