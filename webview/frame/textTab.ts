import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { WholeText } from '../form/wholeText';
import type { ExperimentPage } from './experimentPage';
import { ExperimentTab } from './experimentTab';
import type { OpenRequest, TabContext } from './tab';

/** The tab of an experiment on a whole text: a result that is shown again brings its text along. */
export class TextTab<Result extends ExperimentResult> extends ExperimentTab<Result> {
  readonly #text: WholeText;

  constructor(page: ExperimentPage<Result>, context: TabContext, text: WholeText) {
    super(page, context);
    this.#text = text;
  }

  override open(request: OpenRequest): void {
    this.#text.giveFrom(request.entry?.entry.parameters);
    super.open(request);
  }

  override restore(saved: unknown): void {
    super.restore(saved);
    this.#text.giveFrom(this.state.shown.outcome?.order.parameters);
  }
}
