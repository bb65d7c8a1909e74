/** What a result of Training says where VS Code speaks French. */
import '../../l10n/inFrench';
import { it } from 'vitest';
import { trainingReport } from '../../../../src/experiments/training/report';
import { expectFrench } from '../said';
import { trainingResults } from './results';

it('every sentence of Training is whole in French, and French', () => {
  expectFrench(trainingReport, trainingResults);
});
