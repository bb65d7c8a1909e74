/** Everything that a result says to a person, sentence by sentence. */
import type { ExperimentResult } from '../../../src/experiments/kit/results';
import { toMarkdown } from '../../../src/experiments/report/markdown';
import type { ReportOf } from '../../../src/experiments/report/types';

/** The answer, titles, notes and columns of the tables, cells with words, and what Markdown adds. */
export function reported<Result extends ExperimentResult & { readonly experiment: string }>(
  report: ReportOf<Result>,
  result: Result,
): string[] {
  const summary = report.summary(result);
  const tables = report.tables(result);
  const markdown = toMarkdown({
    title: result.experiment,
    prompt: 'a',
    summary: [],
    pictures: [],
    tables: [],
    conclusion: '',
    result,
  });
  const said = [
    ...summary,
    ...tables.flatMap(({ title, note = '', columns, formats, rows }) => [
      title,
      note,
      ...columns,
      ...rows.flatMap((row) =>
        row
          .filter((cell): cell is string => typeof cell === 'string')
          .filter((_, i) => formats?.[i] !== 'token'),
      ),
    ]),
    ...markdown.replace(/```[^]*?```/g, '').split('\n'),
  ];
  return [...new Set(said)].filter((sentence) => sentence !== '');
}

/** Words of English that are none of French; not those that programs and tokens are called by. */
const ENGLISH =
  /\b(?:the|of|and|is|are|was|were|with|from|to|at|by|in|it|that|which|this|these|each|every|all|no|not|none|only|most|more|than|after|before|first|last|same|other|others|tokens?|texts?|runs?|cells?|samples?|draws?|drawn|kept|dropped|found|path|stopped|steps?|why|between|what|yes|full|end|rank|beams?|lowest|highest|either|both)\b/i;

/** A French sentence's words that are English. Quotations are left out. */
export function englishIn(sentence: string): string[] {
  const own = sentence.replace(/«[^»]*»|“[^”]*”|`[^`]*`/g, '');
  return ENGLISH.test(own) ? [`English: ${sentence}`] : [];
}
