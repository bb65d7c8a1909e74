/** The next-token distribution on screen: it follows the controls while they move, without asking the engine. */
import type { ListedTokens, Vocabulary } from '../../../src/core/languageModel';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import { ToyModel } from '../../../src/core/toyModel';
import {
  Distribution,
  MOST_ROWS,
  type DistributionRow,
  type DistributionSummary,
  type PromptContext,
  type RankedRow,
} from '../../../src/experiments/explore/distribution';
import type { ExploreResult } from '../../../src/experiments/explore/result';
import type { Toy } from '../../../src/protocol/messages';
import { TOY, type Session } from '../../frame/session';
import { chainOfSteps, inOrder, ORDERS, type SamplerStep } from '../../form/samplerSteps';
import { shownRows, type Bucket } from './listedView';
import { Memo } from './memo';
import type { ExploreRun } from './run';
import { savedVocabulary } from './savedVocabulary';

/** Tokens listed at first, and how many more each "show more" lists. */
export const ROWS = 15;

/** What the distribution depends on, beside the logits. */
export interface Controls {
  readonly steps: readonly SamplerStep[];
  readonly seed: number;
  readonly rows: number;
}

/** What is on screen: the run, and where its logits or its model are not there any more, its result. */
export interface OnScreen {
  readonly run: ExploreRun | null;
  readonly saved: ExploreResult | null;
}

export interface Reading {
  /** A sentence where the logits are none; null where there is nothing to draw yet. */
  readonly summary: DistributionSummary | string | null;
  /** Behind the rows of all tokens that a server lists, where it lists some only. */
  readonly bucket: Bucket;
  /** Why the chain does not fit the model; the distribution is then the last good one. */
  readonly problem: string | null;
  /** It does not follow the controls: it is as it was saved. */
  readonly asSaved: boolean;
}

const NOTHING: Reading = { summary: null, bucket: null, problem: null, asSaved: false };

export class NextToken {
  readonly #session: Session;
  readonly #named = new Memo<Vocabulary>();
  readonly #toyLogits = new Memo<Float32Array>();
  readonly #toyTokens = new Memo<readonly number[]>();
  readonly #distribution = new Memo<Distribution | string>();
  /** The same, for other orders of the chain: each keeps its last chain. */
  readonly #compared = new Memo<Distribution | string>();
  readonly #reading = new Memo<Reading>();
  readonly #found = new Memo<readonly RankedRow[]>();
  readonly #asked = new Memo<readonly RankedRow[]>();
  readonly #orders = new Memo<Readonly<Record<string, number>>>();
  /** The last distribution of a chain that fitted, and of what. */
  #good: { readonly of: Distribution; readonly shown: ReturnType<typeof shownRows> } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The tokens that the distribution is over. */
  vocabularyOf(screen: OnScreen): Vocabulary | undefined {
    const session = this.#session;
    return session.isToy ? session.lastToyModel?.vocabulary : this.vocabularyOfRun(screen);
  }

  /** The tokens of what is on screen: its model's, or else those that its saved result names. */
  vocabularyOfRun({ run, saved }: OnScreen): Vocabulary | undefined {
    const loaded = run ? this.#session.loadedOf(run.order.model, run.order.toy) : undefined;
    if (loaded || !saved) return loaded?.vocabulary;
    return this.#named.of([saved], () => savedVocabulary(saved));
  }

  /** Whether the distribution's tokens are those of the chosen model, which the chain is for. */
  isOfModel(screen: OnScreen): boolean {
    return this.#session.isToy || this.isRunOfModel(screen);
  }

  /** The same for the tokens of the completions. */
  isRunOfModel(screen: OnScreen): boolean {
    const { isToy, model, lastToyModel } = this.#session;
    if (screen.run?.order.model !== model) return false;
    return !isToy || this.vocabularyOfRun(screen) === lastToyModel?.vocabulary;
  }

  read(screen: OnScreen, { steps, seed, rows }: Controls): Reading {
    const logits = this.#logitsOf(screen);
    if (!logits) return this.#saved(screen, rows);
    const vocabulary = this.vocabularyOf(screen);
    const distribution = this.#distributionOf(logits, vocabulary, screen);
    if (typeof distribution === 'string') return { ...NOTHING, summary: distribution };
    const tokens = this.#tokensOf(screen);
    return this.#reading.of([distribution, steps, seed, rows, tokens], () => {
      try {
        const context = { tokens, seed, ...owedOf(screen) };
        const chain = chainOfSteps(steps);
        // The bucket is what is behind all rows that there can be.
        const shown = this.listedOf(screen)
          ? shownRows(distribution.through(chain, MOST_ROWS, context), rows)
          : { summary: distribution.through(chain, rows, context), bucket: null };
        this.#good = { of: distribution, shown };
        return { ...NOTHING, ...shown };
      } catch (error) {
        const problem = sentenceOf(error);
        const good = this.#good?.of === distribution ? this.#good.shown : { summary: problem };
        return { ...NOTHING, ...good, problem };
      }
    });
  }

  /** Rows of any tokens, as the controls are; none where the logits are not there or the chain does not fit. */
  rowsOf(
    ids: readonly number[],
    screen: OnScreen,
    { steps, seed }: Controls,
    memo = this.#found,
  ): readonly RankedRow[] {
    const logits = this.#logitsOf(screen);
    if (!logits || ids.length === 0) return [];
    const distribution = this.#distributionOf(logits, this.vocabularyOf(screen), screen);
    if (typeof distribution === 'string') return [];
    const tokens = this.#tokensOf(screen);
    return memo.of([distribution, steps, seed, tokens, ids.join()], () => {
      try {
        return distribution.rowsOf(ids, chainOfSteps(steps), { tokens, seed, ...owedOf(screen) });
      } catch (error) {
        sentenceOf(error);
        return [];
      }
    });
  }

  /** The probabilities of any tokens, before and after the chain; none where `rowsOf` has none. */
  probabilitiesOf(
    ids: readonly number[],
    screen: OnScreen,
    controls: Controls,
  ): ReadonlyMap<number, DistributionRow> {
    return new Map(this.rowsOf(ids, screen, controls, this.#asked).map((row) => [row.id, row]));
  }

  #distributionOf(
    logits: Float32Array,
    vocabulary: Vocabulary | undefined,
    screen: OnScreen,
  ): Distribution | string {
    const listed = this.listedOf(screen);
    return this.#distribution.of([logits, vocabulary], () => distributionOf(logits, vocabulary, listed));
  }

  /** Whether any token can be asked for: a saved result lists its most probable ones only. */
  hasLogits(screen: OnScreen): boolean {
    return this.#logitsOf(screen) !== undefined;
  }

  /** The tokens that a server lists, where those are not all. */
  listedOf({ run }: OnScreen): ListedTokens | undefined {
    return this.#session.isToy ? undefined : run?.listed;
  }

  /** How many tokens the chain would keep in each program's order, by the order's name. */
  keptInOrder(screen: OnScreen, { steps, seed }: Controls): Readonly<Record<string, number>> {
    const logits = this.#logitsOf(screen);
    // Of tokens that are not listed it is not known how many are left.
    if (!logits || steps.length < 2 || this.listedOf(screen)) return {};
    const vocabulary = this.vocabularyOf(screen);
    const distribution = this.#compared.of([logits, vocabulary], () => distributionOf(logits, vocabulary));
    if (typeof distribution === 'string') return {};
    const tokens = this.#tokensOf(screen);
    return this.#orders.of([distribution, steps, seed, tokens], () => {
      try {
        const kept = (chain: ChainSpec): number =>
          distribution.kept(chain, { tokens, seed, ...owedOf(screen) });
        return Object.fromEntries(
          ORDERS.map((order) => [order.name, kept(chainOfSteps(inOrder(steps, order)))]),
        );
      } catch (error) {
        sentenceOf(error);
        return {};
      }
    });
  }

  #saved({ saved }: OnScreen, rows: number): Reading {
    if (!saved?.next || this.#session.isToy) return NOTHING;
    return { ...shownRows(saved.next, rows), problem: null, asSaved: true };
  }

  /** What samplers that look back see: the prompt that the distribution comes after. */
  #tokensOf({ run }: OnScreen): ArrayLike<number> {
    const session = this.#session;
    if (!session.isToy) return run?.prompt?.ids ?? NO_TOKENS;
    const toy = session.lastToy;
    const text = session.source?.text ?? '';
    return toy
      ? this.#toyTokens.of([toy, text], () => Array.from(new ToyModel(toy).encode(text)))
      : NO_TOKENS;
  }

  /** The toy's logits need no run: they follow its table while it is edited. */
  #logitsOf({ run, saved }: OnScreen): Float32Array | undefined {
    if (!this.#session.isToy) {
      // Samplers that read tokens need all of the vocabulary.
      const isNamed = saved !== null && run !== null && !this.#session.loadedOf(run.order.model, undefined);
      return run?.order.model === TOY || isNamed ? undefined : run?.logits;
    }
    const toy: Toy | undefined = this.#session.lastToy;
    return toy && this.#toyLogits.of([toy], () => Float32Array.from(toy.logits));
  }
}

/** What the next token owes the prompt, where it goes across its end. */
function owedOf({ run }: OnScreen): Pick<PromptContext, 'owed'> {
  const owed = run?.prompt?.owed;
  return owed === undefined ? {} : { owed };
}

const NO_TOKENS: readonly number[] = [];

/** A distribution, or why the logits are none. */
function distributionOf(
  logits: Float32Array,
  vocabulary: Vocabulary | undefined,
  listed?: ListedTokens,
): Distribution | string {
  try {
    return new Distribution(logits, vocabulary, listed);
  } catch (error) {
    return sentenceOf(error);
  }
}

/** The sentence of bad input; anything else is thrown on. */
function sentenceOf(error: unknown): string {
  if (error instanceof RangeError) return error.message;
  throw error;
}
