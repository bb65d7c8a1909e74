/** Which card belongs to what on the screen of Explore. */
import type { TemplateResult } from 'lit';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { RankedRow } from '../../../src/experiments/explore/distribution';
import type { ChainEditor } from '../../form/chainEditor';
import { chainOfSteps } from '../../form/samplerSteps';
import type { LogUnit } from '../../format/numbers';
import type { TabContext } from '../../frame/tab';
import type { Branching } from './branching';
import { turnCard } from './costs';
import type { OnScreen, Reading } from './nextToken';
import { TokenActions } from './tokenActions';
import { barCard, stepCard } from './tokenCards';

/** What the cards are about, as it is at the moment. */
export interface CardScreen {
  readonly screen: OnScreen;
  readonly reading: Reading;
  /** The tokens of the distribution, and of the completions. */
  readonly vocabulary: Vocabulary | undefined;
  readonly vocabularyOfRun: Vocabulary | undefined;
  readonly found: readonly RankedRow[];
  readonly unit: LogUnit;
  /** Whether the tokens, of the distribution and of the completions, are those of the model that the chain is for. */
  readonly isOfModel: boolean;
  readonly isRunOfModel: boolean;
}

export class ExploreCards {
  readonly #announce: TabContext['announce'];
  readonly #chain: ChainEditor;
  readonly #branching: Branching;

  constructor({ announce }: Pick<TabContext, 'announce'>, chain: ChainEditor, branching: Branching) {
    this.#announce = announce;
    this.#chain = chain;
    this.#branching = branching;
  }

  card(kind: string, rest: readonly string[], now: CardScreen): TemplateResult | null {
    const which = Number(rest[0]);
    if (kind === 'turn') {
      return turnCard(now.screen.run?.completions[which]?.turns ?? [], Number(rest[1]));
    }
    return kind === 'step' ? this.#stepCard(which, Number(rest[1]), now) : this.#barCard(kind, which, now);
  }

  #barCard(kind: string, which: number, now: CardScreen): TemplateResult | null {
    const { vocabulary, found, reading } = now;
    const { summary } = reading;
    if (summary === null || typeof summary === 'string' || !vocabulary) return null;
    const ranked: Readonly<Record<string, readonly RankedRow[] | undefined>> = {
      bar: summary.rows.slice(which, which + 1).map((row) => ({ ...row, rank: which })),
      found,
      left: summary.survivors,
    };
    const row = ranked[kind]?.find(({ id }) => kind === 'bar' || id === which);
    if (!row) return null;
    const chain = chainOfSteps(this.#chain.steps);
    return barCard(
      row,
      row.rank,
      summary,
      vocabulary,
      chain,
      now.isOfModel ? this.#actions(vocabulary) : null,
    );
  }

  #stepCard(sample: number, index: number, now: CardScreen): TemplateResult | null {
    const { screen, vocabularyOfRun, unit } = now;
    const { run } = screen;
    const step = run?.completions[sample]?.steps[index];
    if (!run || !step || !vocabularyOfRun) return null;
    return stepCard(step, vocabularyOfRun, {
      unit,
      greedy: run.order.parameters.greedy,
      onBranch: this.#branching.isPossible(run)
        ? (id) => {
            this.#branching.open(run, sample, index, id);
          }
        : null,
      actions: now.isRunOfModel ? this.#actions(vocabularyOfRun) : null,
    });
  }

  #actions(vocabulary: Vocabulary): TokenActions {
    return new TokenActions(this.#chain, vocabulary, this.#announce);
  }
}
