/** What a result of Loss says where VS Code speaks French. */
import '../../l10n/inFrench';
import { it } from 'vitest';
import { lossReport } from '../../../../src/experiments/loss/report';
import { expectFrench } from '../said';
import { lossResults } from './results';

it('every sentence of Loss is whole in French, and French', () => {
  expectFrench(lossReport, lossResults);
});
