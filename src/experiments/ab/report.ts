/** What a result of A/B says. */
import type { ReportOf } from '../report/types';
import type { AbResult } from './result';
import { abSentences } from './sentences';
import { abTables } from './tables';

export { headline, nats, partingSample, removerName, tokenTexts } from './sentences';

export const abReport: ReportOf<AbResult> = { summary: abSentences, tables: abTables };
