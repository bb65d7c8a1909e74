/** What a result of Temperature says where VS Code speaks French. */
import '../../l10n/inFrench';
import { it } from 'vitest';
import { temperatureReport } from '../../../../src/experiments/temperature/report';
import { expectFrench } from '../said';
import { temperatureResults } from './results';

it('every sentence of Temperature is whole in French, and French', () => {
  expectFrench(temperatureReport, temperatureResults);
});
