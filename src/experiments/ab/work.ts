/** The growing of the texts of A/B. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import {
  beginDecoding,
  completionOf,
  decodeTogether,
  sequencesTogether,
  type Completion,
  type DecodingSequence,
} from '../kit/decodingLoop';
import type { RunContext } from '../kit/experiment';
import { resultToken, type ResultToken } from '../kit/results';
import { TokenSelector, type TokenSelection } from '../kit/tokenSelection';
import { comparedStep } from './comparison';
import type { AbParameters } from './parameters';
import type { AbEvent, AbSample, AbStep } from './result';

/** Where the texts of a side begin. */
export interface Start {
  readonly promptIds: readonly number[];
  /** White space at the end of the prompt that the first token begins with. */
  readonly owed: string;
  readonly next: NextToken;
}

interface Side {
  readonly growing: DecodingSequence;
  readonly owed: string;
}

/** The two texts of a sample. */
interface Pair {
  readonly a: Side;
  readonly b: Side;
  readonly steps: AbStep[];
}

const UNBEGUN: Completion = { ids: [], text: '', end: 'stopped', logProbability: 0 };

export class AbWork {
  readonly #model: LanguageModel;
  readonly #parameters: AbParameters;
  readonly #context: RunContext<AbEvent>;
  readonly #pairs: Pair[] = [];
  readonly #named = new Set<number>();
  #done = 0;

  constructor(model: LanguageModel, parameters: AbParameters, context: RunContext<AbEvent>) {
    this.#model = model;
    this.#parameters = parameters;
    this.#context = context;
  }

  /** Grows all texts, sample by sample where all together would need too much memory. */
  async grow(a: Start, b: Start): Promise<void> {
    const { samples, maxNewTokens } = this.#parameters;
    const together = Math.max(1, Math.floor(sequencesTogether(maxNewTokens) / 2));
    for (let from = 0; from < samples && !this.#context.signal.aborted; from += together) {
      const count = Math.min(together, samples - from);
      const pairs = Array.from({ length: count }, (_, i) => this.#begin(from + i, a, b));
      this.#pairs.push(...pairs);
      await decodeTogether(
        this.#model,
        pairs.flatMap((pair) => [pair.a.growing, pair.b.growing]),
        maxNewTokens,
        this.#context,
        {
          onSelections: (choices, live) => {
            this.#record(new Map(live.map((growing, i) => [growing, choices[i]!])));
          },
        },
      );
    }
  }

  /** Each side of a sample has a selector of its own: both distributions are compared before they are filled anew. */
  #begin(sample: number, a: Start, b: Start): Pair {
    const { chain, otherChain, seed } = this.#parameters;
    const side = (spec: AbParameters['chain'], { promptIds, owed, next }: Start): Side => {
      const selector = new TokenSelector(this.#model, { chain: spec, greedy: false, seed, alternatives: 1 });
      return { growing: beginDecoding(selector, selector.begin(sample, promptIds), next), owed };
    };
    return { a: side(chain, a), b: side(otherChain, b), steps: [] };
  }

  #record(selections: ReadonlyMap<DecodingSequence, TokenSelection>): void {
    const { chain, otherChain, samples, maxNewTokens } = this.#parameters;
    const steps: { sample: number; at: number; step: AbStep }[] = [];
    this.#pairs.forEach((pair, sample) => {
      const [a, b] = [selections.get(pair.a.growing), selections.get(pair.b.growing)];
      if (!a && !b) return;
      const step = comparedStep(
        a ? { selection: a, chain } : null,
        b ? { selection: b, chain: otherChain } : null,
        pair.a.growing.next === pair.b.growing.next,
      );
      steps.push({ sample, at: pair.steps.length, step });
      pair.steps.push(step);
    });
    this.#done += steps.length;
    this.#context.emit({ type: 'steps', tokens: this.#newlyNamed(steps.map(({ step }) => step)), steps });
    this.#context.emit({
      type: 'progress',
      done: this.#done,
      total: samples * maxNewTokens,
      what: 'tokens of each text',
    });
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
      return {
        a: pair ? this.#completion(pair.a) : UNBEGUN,
        b: pair ? this.#completion(pair.b) : UNBEGUN,
        steps: pair ? [...pair.steps] : [],
      };
    });
  }

  #completion({ growing, owed }: Side): Completion {
    const completion = completionOf(this.#model, growing);
    return { ...completion, text: completion.text.slice(owed.length) };
  }

  /** Every token that the steps name, by id. */
  tokens(): ResultToken[] {
    return [...this.#named].sort((a, b) => a - b).map((id) => resultToken(this.#model, id));
  }

  /** A user stopped it before all texts had ended. */
  get isUnfinished(): boolean {
    return this.samples().some(({ a, b }) => a.end === 'stopped' || b.end === 'stopped');
  }
}
