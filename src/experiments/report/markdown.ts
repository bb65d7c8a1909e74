/** A result as a Markdown document that can be read without this program. */
import { markdownText, visibleLines, visibleMark, visibleText, visibleToken } from '../../core/visibleText';
import type { ExperimentResult, Provenance } from '../kit/results';
import { counted, t, whole } from '../../l10n/language';
import { inPercent, rounded, written } from '../../l10n/numbers';
import type { Cell, CellFormat, ReportPicture, ReportTable } from './types';
import { precisionWords } from './words';

export interface Report {
  /** The experiment's name for people. */
  readonly title: string;
  readonly prompt: string;
  readonly summary: readonly string[];
  readonly pictures: readonly ReportPicture[];
  readonly tables: readonly ReportTable[];
  /** What the reader concluded; may be empty. */
  readonly conclusion: string;
  readonly result: ExperimentResult;
}

/** Rows of a table in a report; the CSV and JSON exports have all of them. */
const MOST_ROWS = 200;

/** Answer, the reader's conclusion, pictures as inline SVG, tables, and what is needed to replay it. */
export function toMarkdown(report: Report): string {
  const { title, prompt, summary, pictures, tables, conclusion, result } = report;
  const sections = [
    `# ${markdownText(title)}`,
    quoted(prompt),
    ...(result.brokeOff === undefined
      ? []
      : [`${t('**The run broke off; this is what it had measured.**')} ${markdownText(result.brokeOff)}`]),
    ...(result.stopped && result.brokeOff === undefined
      ? [t('**The run was stopped before its end; this is what it had measured.**')]
      : []),
    ...summary.map(markdownText),
    `## ${t('Conclusion')}`,
    conclusion.trim() === '' ? t('*None was written.*') : conclusion.trim(),
    ...pictures.flatMap(pictureSection),
    ...tables.flatMap(tableSection),
    ...replaySection(result),
  ];
  return `${sections.join('\n\n')}\n`;
}

function quoted(prompt: string): string {
  if (prompt === '') return t('*The prompt is empty.*');
  return `${t('Prompt:')}\n\n${fenced(prompt, 'text')}`;
}

/** A code block whose fence is longer than any run of backticks within it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${visibleLines(text)}\n${fence}`;
}

function pictureSection({ title, description, svg }: ReportPicture): string[] {
  // An HTML block of Markdown ends at the first empty line.
  const body = svg.replace(/\n\s*\n/g, '\n').trim();
  return [`## ${markdownText(title)}`, `<figure>\n${body}\n</figure>`, `*${markdownText(description)}*`];
}

function tableSection(table: ReportTable): string[] {
  const rows = table.rows.slice(0, MOST_ROWS);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const alignments = table.columns.map((_, i) => (isNumeric(table, i) ? '---:' : '---'));
  const lines = [
    line(table.columns.map(cellText)),
    line(alignments),
    ...rows.map((row) => line(row.map((cell, i) => cellText(formatCell(cell, table.formats?.[i]))))),
  ];
  const left = table.rows.length - rows.length;
  return [
    `## ${markdownText(table.title)}`,
    ...(table.note === undefined ? [] : [markdownText(table.note)]),
    lines.join('\n'),
    ...(left > 0
      ? [
          counted(
            left,
            '*{0} more row is in the CSV and JSON exports.*',
            '*{0} more rows are in the CSV and JSON exports.*',
          ),
        ]
      : []),
  ];
}

function isNumeric({ rows }: ReportTable, column: number): boolean {
  return rows.some((row) => typeof row[column] === 'number');
}

/** A cell as people read it. */
export function formatCell(cell: Cell, format: CellFormat = 'number'): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return format === 'token' ? visibleToken(cell) : visibleText(cell);
  switch (format) {
    case 'whole':
      return whole(cell);
    case 'percent':
      return inPercent(cell);
    case 'nats':
      return rounded(cell, 4);
    default:
      return rounded(cell, 6);
  }
}

function cellText(text: string): string {
  return markdownText(text.replace(/\r?\n|\r/g, ' '));
}

function replaySection({ provenance, milliseconds }: ExperimentResult): string[] {
  const { promptIds, promptNotes, parameters, seed, drawnBy, notDrawnThere } = provenance;
  const drew = drawnBy && (drawnBy === 'server' ? t('Drawn by the server.') : t('Drawn by this machine.'));
  return [
    `## ${t('How to replay it')}`,
    t(
      '{0}; {1}; {2}; {3} s.',
      whereItRan(provenance),
      counted(promptIds.length, 'prompt of {0} token', 'prompt of {0} tokens'),
      seed === null ? t('nothing was drawn') : t('seed {0}', written(seed)),
      rounded(milliseconds / 1000),
    ),
    ...(drew
      ? [[drew, ...(notDrawnThere === undefined ? [] : [markdownText(notDrawnThere)])].join(' ')]
      : []),
    ...promptNotes.map(markdownText),
    fenced(exactJson({ parameters, promptIds }), 'json'),
  ];
}

/** The program, the model and, where there is one, its server: the beginning of a sentence. */
function whereItRan({ software, modelName, model, precision, fingerprint, server }: Provenance): string {
  const names = [software, modelName, model, precisionWords(precision), fingerprint].map(markdownText);
  if (!server) return t('{0}; model {1} ({2}, {3}, fingerprint {4})', ...names);
  const { name, kind, version, address } = server;
  const place = [name, [kind, version].join(' ').trim(), address].map(markdownText);
  return t('{0}; model {1} ({2}, {3}, fingerprint {4}); on {5} ({6}, {7})', ...names, ...place);
}

/** JSON in which nothing is hidden, and that reads back as what it was. */
function exactJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) =>
    visibleMark(unit) === null ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
