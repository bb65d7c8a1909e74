/** The way from a completion into the tree of continuations. */
import type { TabContext } from '../../frame/tab';
import type { Way } from '../../frame/way';
import type { ExploreRun } from './run';

export class Branching {
  readonly #context: Pick<TabContext, 'openTab' | 'session'>;

  constructor(context: Pick<TabContext, 'openTab' | 'session'>) {
    this.#context = context;
  }

  /** Whether the tree would be of the same model, and the completion is whole. */
  isPossible(run: ExploreRun): boolean {
    return run.order.model === this.#context.session.model && run.state !== 'running';
  }

  /** Opens the tree with a completion in it, at one of its tokens or with another in its place. */
  open(run: ExploreRun, sample: number, index: number, id: number): void {
    const ids = run.completions[sample]?.steps.map((step) => step.id) ?? [];
    const way: Way = { prompt: run.order.parameters.prompt, ids, index, id };
    this.#context.openTab('branches', { way }, true);
  }
}
