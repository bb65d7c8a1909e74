/** The result that a tab has on screen, made ready to be drawn and written into files. */
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { dataTableView } from '../ui/dataTable';
import { figureView } from '../ui/figureView';
import type { ExperimentPage, ShownParts } from './experimentPage';
import type { ExperimentState } from './experimentState';
import { exportFile } from './exports';
import type { Outcome } from './record';
import { codeOf } from './resultCode';
import type { Session } from './session';

export class DrawnResult<Result extends ExperimentResult> {
  readonly #page: ExperimentPage<Result>;
  readonly #state: ExperimentState<Result>;
  readonly #session: Pick<Session, 'loadedOf'>;
  #parts: ShownParts<Result> | undefined;

  constructor(
    page: ExperimentPage<Result>,
    state: ExperimentState<Result>,
    session: Pick<Session, 'loadedOf'>,
  ) {
    this.#page = page;
    this.#state = state;
    this.#session = session;
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
    const { folds } = this.#state;
    this.#parts = {
      result,
      earlier,
      pictures: this.#page.pictures(result, earlier),
      tables,
      conclude: (text) => {
        const before = this.#state.shown.outcome?.conclusion ?? '';
        this.#state.shown.conclude(before === '' ? text : `${before}\n\n${text}`);
      },
      figure: (picture, head) =>
        figureView({
          picture,
          head,
          caption: folds.of(`caption-${picture.id}`),
          onExport: growing ? null : () => void this.export(`svg-${picture.id}`),
        }),
      table: (table) => dataTableView(table, folds.of(`table-${table.id}`)),
    };
    return this.#parts;
  }

  /** Writes it into a file, or shows it in an editor. @param choice one of `exportChoices` or `codeChoices` */
  async export(choice: string): Promise<void> {
    const { outcome } = this.#state.shown;
    if (!outcome) return;
    const { model, toy } = outcome.order;
    const code = codeOf(choice, outcome, this.#session.loadedOf(model, toy));
    if (code) {
      await this.#state.keeping.openText(code.document, code.language);
      return;
    }
    const { id, title, report } = this.#page;
    const { tables, pictures } = this.partsOf(outcome);
    const summary = report.summary(outcome.result);
    const { name, content } = exportFile(choice, { id, title, outcome, summary, tables, pictures });
    await this.#state.keeping.export(name, content);
  }
}
