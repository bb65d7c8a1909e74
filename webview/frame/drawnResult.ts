/** The result that a tab has on screen, made ready to be drawn and written into files. */
import type { ReportTable } from '../../src/experiments/report/types';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { dataTableView } from '../ui/dataTable';
import { figureView } from '../ui/figureView';
import type { ExperimentPage, ShownParts } from './experimentPage';
import type { ExperimentState } from './experimentState';
import { exportFile } from './exports';
import type { Outcome } from './record';

/** Cells of a table that is open from the start: on a narrow page it stands as a list, each cell on its own. */
const SHORT = 160;

function isShort({ rows, columns }: ReportTable): boolean {
  return rows.length * columns.length <= SHORT;
}

export class DrawnResult<Result extends ExperimentResult> {
  readonly #page: ExperimentPage<Result>;
  readonly #state: ExperimentState<Result>;
  /** Whether the first table is unfolded. */
  #open = false;
  #parts: ShownParts<Result> | undefined;

  constructor(page: ExperimentPage<Result>, state: ExperimentState<Result>) {
    this.#page = page;
    this.#state = state;
  }

  /** What is on screen: the result so far of the run that goes on, or the last one. */
  get outcome(): Outcome<Result> | null {
    return this.#state.runs.growing ?? this.#state.shown.outcome;
  }

  /** More of it is still to come. */
  get isGrowing(): boolean {
    return this.#state.runs.growing !== null;
  }

  /** What it is compared with, where that is another one. */
  get earlier(): Outcome<Result> | null {
    const { earlier, keptToCompare } = this.#state.shown;
    return keptToCompare ? null : earlier;
  }

  /** Made once per result, so that pictures are not drawn again with every change of the page. */
  partsOf({ result }: Outcome<Result>): ShownParts<Result> {
    const earlier = this.earlier?.result ?? null;
    if (this.#parts?.result === result && this.#parts.earlier === earlier) return this.#parts;
    const growing = this.isGrowing;
    const tables = this.#page.report.tables(result);
    // What fills neither unfolds nor folds under the pointer.
    if (!growing) this.#open = !this.#page.layout && tables[0] !== undefined && isShort(tables[0]);
    const open = this.#open;
    this.#parts = {
      result,
      earlier,
      pictures: this.#page.pictures(result, earlier),
      tables,
      conclude: (text) => {
        const before = this.#state.shown.outcome?.conclusion ?? '';
        this.#state.shown.conclude(before === '' ? text : `${before}\n\n${text}`);
      },
      figure: (picture) =>
        figureView({ picture, onExport: growing ? null : () => void this.export(`svg-${picture.id}`) }),
      table: (table) => dataTableView(table, open && table === tables[0]),
    };
    return this.#parts;
  }

  /** Writes it into a file. @param choice one of `exportChoices` */
  async export(choice: string): Promise<void> {
    const { outcome } = this.#state.shown;
    if (!outcome) return;
    const { id, title, report } = this.#page;
    const { tables, pictures } = this.partsOf(outcome);
    const summary = report.summary(outcome.result);
    const { name, content } = exportFile(choice, { id, title, outcome, summary, tables, pictures });
    await this.#state.keeping.export(name, content);
  }
}
