/** What a result of Nucleus says where VS Code speaks French. */
import '../../l10n/inFrench';
import { it } from 'vitest';
import { nucleusReport } from '../../../../src/experiments/nucleus/report';
import { expectFrench } from '../said';
import { nucleusResults } from './results';

it('every sentence of Nucleus is whole in French, and French', () => {
  expectFrench(nucleusReport, nucleusResults);
});
