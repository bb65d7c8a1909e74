/** The growing of the texts of A/B. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { t } from '../../l10n/language';
import {
  beginDecoding,
  completionOf,
  decodeTogether,
  sequencesTogether,
  type Completion,
  type DecodingSequence,
  type TurnedBack,
} from '../kit/decodingLoop';
import type { RunContext } from '../kit/experiment';
import { resultToken, type ResultToken } from '../kit/results';
import { TokenSelector, type TokenSelection } from '../kit/tokenSelection';
import { comparedStep, copied, type Drawn } from './comparison';
import type { AbParameters } from './parameters';
import { turnedBack, type AbEvent, type AbSample, type AbStep } from './result';

/** Where the texts of a side begin. */
export interface Start {
  readonly promptIds: readonly number[];
  /** White space at the end of the prompt that the first token begins with. */
  readonly owed: string;
  readonly next: NextToken;
}

interface Side {
  readonly growing: DecodingSequence;
  readonly chain: AbParameters['chain'];
  /** What was drawn at every place that may still be compared. */
  drawn: Drawn[];
}

/** The two texts of a sample. */
interface Pair {
  readonly sample: number;
  readonly a: Side;
  readonly b: Side;
  /** One side may go back: the other's distributions are kept for when it comes by again. */
  readonly mayTurnBack: boolean;
  steps: AbStep[];
}

const SIDES = ['a', 'b'] as const;

const UNBEGUN: Completion = { ids: [], text: '', end: 'stopped', logProbability: 0 };

export class AbWork {
  readonly #model: LanguageModel;
  readonly #parameters: AbParameters;
  readonly #context: RunContext<AbEvent>;
  readonly #pairs: Pair[] = [];
  readonly #named = new Set<number>();

  constructor(model: LanguageModel, parameters: AbParameters, context: RunContext<AbEvent>) {
    this.#model = model;
    this.#parameters = parameters;
    this.#context = context;
  }

  /** Grows all texts: one sample after the other where they need much memory, else side by side. */
  async grow(a: Start, b: Start): Promise<void> {
    const { samples, maxNewTokens, stop } = this.#parameters;
    const together = Math.max(1, Math.floor(sequencesTogether(maxNewTokens) / 2));
    while (this.#pairs.length < samples && !this.#context.signal.aborted) {
      const first = this.#begin(a, b);
      const count = first.mayTurnBack ? 1 : Math.min(together, samples - first.sample);
      const pairs = [first, ...Array.from({ length: count - 1 }, () => this.#begin(a, b))];
      const group = pairs.flatMap((pair) => [pair.a.growing, pair.b.growing]);
      await decodeTogether(this.#model, group, maxNewTokens, this.#context, {
        stop,
        onSelections: (choices, live) => {
          this.#record(pairs, new Map(live.map((growing, i) => [growing, choices[i]!])));
        },
        onSettled: (turned) => {
          this.#turnBack(pairs, turned);
        },
      });
      // What they hold is needed no more.
      for (const pair of pairs) for (const side of SIDES) pair[side].drawn = [];
    }
  }

  /** Each side of a sample has a selector of its own: both distributions are compared before they are filled anew. */
  #begin(a: Start, b: Start): Pair {
    const { chain, otherChain, seed } = this.#parameters;
    const sample = this.#pairs.length;
    const side = (spec: AbParameters['chain'], { promptIds, owed, next }: Start): Side => {
      const selector = new TokenSelector(this.#model, { chain: spec, greedy: false, seed, alternatives: 1 });
      const sequence = selector.begin(sample, promptIds, owed);
      return { growing: beginDecoding(selector, sequence, next), chain: spec, drawn: [] };
    };
    const [first, second] = [side(chain, a), side(otherChain, b)];
    const mayTurnBack = [first, second].some(({ growing }) => growing.selector.mayTurnBack);
    const pair = { sample, a: first, b: second, mayTurnBack, steps: [] };
    this.#pairs.push(pair);
    return pair;
  }

  #record(pairs: readonly Pair[], selections: ReadonlyMap<DecodingSequence, TokenSelection>): void {
    const steps: { sample: number; at: number; step: AbStep }[] = [];
    for (const pair of pairs) {
      for (const at of this.#take(pair, selections)) {
        const step = comparedStep(pair.a.drawn[at] ?? null, pair.b.drawn[at] ?? null);
        pair.steps[at] = step;
        steps.push({ sample: pair.sample, at, step });
      }
    }
    this.#context.emit({ type: 'steps', tokens: this.#newlyNamed(steps.map(({ step }) => step)), steps });
    const { samples, maxNewTokens } = this.#parameters;
    this.#context.emit({
      type: 'progress',
      done: this.#pairs.reduce((sum, pair) => sum + pair.steps.length, 0),
      total: samples * maxNewTokens,
      what: t('tokens of each text'),
    });
  }

  /** Takes what the sides have drawn. @returns the places at which they have */
  #take(
    { a, b, mayTurnBack }: Pair,
    selections: ReadonlyMap<DecodingSequence, TokenSelection>,
  ): ReadonlySet<number> {
    const places = new Set<number>();
    for (const side of [a, b]) {
      const { growing, chain } = side;
      const selection = selections.get(growing);
      // Without a way back only what both draw now is compared.
      if (!mayTurnBack) side.drawn = [];
      if (!selection) continue;
      const at = growing.sequence.chosen.length - 1;
      places.add(at);
      const taken = mayTurnBack ? copied(selection) : selection;
      side.drawn[at] = { selection: taken, answer: growing.next, chain };
    }
    return places;
  }

  #turnBack(pairs: readonly Pair[], turned: readonly TurnedBack[]): void {
    if (turned.length === 0) return;
    const told = turned.flatMap(({ growing, turn: { place: at } }) => {
      const pair = pairs.find(({ a, b }) => a.growing === growing || b.growing === growing);
      if (!pair) return [];
      const side = pair.a.growing === growing ? 'a' : 'b';
      pair[side].drawn.length = at;
      pair.steps = turnedBack(pair.steps, side, at);
      return [{ sample: pair.sample, side, at } as const];
    });
    this.#context.emit({ type: 'turned', turned: told });
  }

  #newlyNamed(steps: readonly AbStep[]): ResultToken[] {
    const ids = steps.flatMap(({ rows }) => rows.map(({ id }) => id));
    const fresh = [...new Set(ids)].filter((id) => !this.#named.has(id));
    for (const id of fresh) this.#named.add(id);
    return fresh.map((id) => resultToken(this.#model, id));
  }

  /** What has become of every sample. */
  samples(): AbSample[] {
    const { samples } = this.#parameters;
    return Array.from({ length: samples }, (_, i) => {
      const pair = this.#pairs[i];
      if (!pair) return { a: UNBEGUN, b: UNBEGUN, steps: [] };
      const [a, b] = [pair.a, pair.b].map(({ growing }) => completionOf(this.#model, growing));
      return { a: a!, b: b!, steps: [...pair.steps] };
    });
  }

  /** Every token that the steps name, by id. */
  tokens(): ResultToken[] {
    const ids = this.#pairs.flatMap(({ steps }) => steps.flatMap(({ rows }) => rows.map(({ id }) => id)));
    return [...new Set(ids)].sort((a, b) => a - b).map((id) => resultToken(this.#model, id));
  }

  /** A user stopped it before all texts had ended. */
  get isUnfinished(): boolean {
    return this.samples().some(({ a, b }) => a.end === 'stopped' || b.end === 'stopped');
  }
}
