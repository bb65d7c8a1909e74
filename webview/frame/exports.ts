/** The files that a result can be written into. */
import { toCsv } from '../../src/experiments/report/csv';
import { toMarkdown } from '../../src/experiments/report/markdown';
import type { ReportTable } from '../../src/experiments/report/types';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { pictureFile, type Picture } from '../ui/picture';
import type { ExportChoice } from './resultView';
import { entryOf, type Outcome } from './record';
import { t } from '../../src/l10n/language';

export interface Exported {
  /** Of the experiment: begins the file's name. */
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome<ExperimentResult>;
  readonly summary: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly pictures: readonly Picture[];
}

export interface ExportedFile {
  readonly name: string;
  readonly content: string;
}

export function exportChoices(tables: readonly ReportTable[], pictures: readonly Picture[]): ExportChoice[] {
  return [
    { id: 'md', label: t('Report with pictures and conclusion (Markdown)') },
    { id: 'json', label: t('All data (JSON)') },
    ...tables.map(({ id, title }) => ({ id: `csv-${id}`, label: t('Table: {0} (CSV)', title) })),
    ...pictures.map(({ id, title }) => ({ id: `svg-${id}`, label: t('Picture: {0} (SVG)', title) })),
  ];
}

/** The file of a choice. @throws RangeError for a choice that there is not. */
export function exportFile(choice: string, exported: Exported): ExportedFile {
  const { id, title, outcome, summary, tables, pictures } = exported;
  if (choice === 'json') {
    const content = `${JSON.stringify(entryOf(id, title, outcome), null, 2)}\n`;
    return { name: `${id}.json`, content };
  }
  if (choice === 'md') {
    const content = toMarkdown({
      title,
      prompt: outcome.order.parameters.prompt,
      summary,
      pictures: pictures.map((picture) => ({ ...picture, svg: pictureFile(picture) })),
      tables,
      conclusion: outcome.conclusion,
      result: outcome.result,
    });
    return { name: `${id}.md`, content };
  }
  const table = tables.find((t) => choice === `csv-${t.id}`);
  if (table) return { name: `${id}-${table.id}.csv`, content: toCsv(table) };
  const picture = pictures.find((p) => choice === `svg-${p.id}`);
  if (picture) return { name: `${id}-${picture.id}.svg`, content: pictureFile(picture) };
  throw new RangeError(t('There is no export called {0}.', choice));
}
