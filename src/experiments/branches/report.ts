/** What a result of the Branches experiment says. */
import type { ReportOf } from '../report/types';
import type { BranchesResult } from './result';
import { branchesSentences } from './sentences';
import { branchesTables } from './tables';

export { ORIGINS, rootText, runningText, smallPercent } from './sentences';

export const branchesReport: ReportOf<BranchesResult> = {
  summary: branchesSentences,
  tables: branchesTables,
};
