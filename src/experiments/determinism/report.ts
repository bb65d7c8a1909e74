/** What a result of the Determinism experiment says. */
import type { ReportOf } from '../report/types';
import type { DeterminismResult } from './result';
import { determinismSentences } from './sentences';
import { determinismTables } from './tables';

export { isIdentical } from './sentences';

export const determinismReport: ReportOf<DeterminismResult> = {
  summary: determinismSentences,
  tables: determinismTables,
};
