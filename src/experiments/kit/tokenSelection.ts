/** Draws one token after the other, and says of each what the model thought. */
import * as v from 'valibot';
import { drawToken } from '../../core/draw';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { argmax, logSumExp, rankOf, topIndices } from '../../core/logits';
import { randomStream, type RandomStream } from '../../core/random';
import {
  SamplerChain,
  type ChainMemory,
  type ChainSpec,
  type ProcessedDistribution,
  type SamplerHistory,
} from '../../core/samplers/chain';
import { logitsOf } from './readPrompt';

const alternativeSchema = v.object({ id: v.number(), raw: v.number(), processed: v.number() });
export type Alternative = v.InferOutput<typeof alternativeSchema>;

/** One drawn token, with what the model thought at that step. */
export const tokenStepSchema = v.object({
  /** Which completion, from 0. */
  sample: v.number(),
  id: v.number(),
  /** Probability of this token before the chain, at temperature 1. */
  raw: v.number(),
  /** Probability after the chain; 1 when greedy. */
  processed: v.number(),
  /** Rank among the raw logits, 0 = most probable. */
  rank: v.number(),
  /** The best tokens at this step, most probable first. */
  alternatives: v.array(alternativeSchema),
});
export type TokenStep = v.InferOutput<typeof tokenStepSchema>;

/** Alternatives reported for every step, where nothing else is asked for. */
const ALTERNATIVES = 8;

/** A sequence that tokens are chosen for. */
export interface SelectedSequence {
  /** Which sample, from 0. */
  readonly sample: number;
  /** The prompt, and after it what was chosen. */
  readonly tokens: number[];
  readonly promptLength: number;
  /** Sum over the chosen tokens of the natural log of the raw probability. */
  logProbability: number;
  readonly random: RandomStream;
  readonly memory: ChainMemory;
  readonly history: SamplerHistory;
}

export interface SelectorOptions {
  readonly chain: ChainSpec;
  /** Take the largest logit, the lowest id among equals, instead of drawing from the chain's distribution. */
  readonly greedy: boolean;
  readonly seed: number;
  /** How many alternatives to report for every step; 8 when left out. */
  readonly alternatives?: number;
}

/** A token that was chosen, and the distribution that it was chosen from. */
export interface TokenSelection {
  readonly step: TokenStep;
  /** Entropy of the distribution after the chain, in nats. */
  readonly entropy: number;
  /** Tokens that the chain left. */
  readonly kept: number;
  /** What it was drawn from. Its vectors are the selector's, which fills them anew for the next token. */
  readonly distribution: ProcessedDistribution;
}

/** What one vector of logits says, before and after the chain. */
interface Judgement {
  readonly logits: ArrayLike<number>;
  readonly raw: Float64Array;
  readonly processed: Float64Array;
  readonly entropy: number;
  readonly kept: number;
  readonly distribution: ProcessedDistribution;
  alternatives: Alternative[];
}

/**
 * Chooses tokens for any number of sequences with one chain. Sample i draws from the stream `(seed, 'sample', i)`,
 * one number per token, and samplers that draw from `(seed, 'sampler', i)`: what becomes of a sample does not
 * depend on the others.
 */
export class TokenSelector {
  readonly #chain: SamplerChain;
  readonly #options: SelectorOptions;
  #last: Judgement | undefined;

  /** @throws RangeError when the chain does not fit the model's vocabulary. */
  constructor(model: LanguageModel, options: SelectorOptions) {
    this.#chain = new SamplerChain(options.chain, model.info.vocabularySize, model.vocabulary);
    this.#options = options;
  }

  begin(sample: number, prompt: readonly number[]): SelectedSequence {
    const { seed } = this.#options;
    const tokens = [...prompt];
    const promptLength = prompt.length;
    const memory = this.#chain.newMemory();
    return {
      sample,
      tokens,
      promptLength,
      logProbability: 0,
      random: randomStream(seed, 'sample', sample),
      memory,
      history: { tokens, promptLength, memory, random: randomStream(seed, 'sampler', sample) },
    };
  }

  /** Chooses the next token from the model's answer and appends it. */
  select(sequence: SelectedSequence, next: NextToken): TokenSelection {
    const { greedy } = this.#options;
    const logits = logitsOf(next);
    const { raw, processed, alternatives, entropy, kept, distribution } = this.#judge(sequence, logits);
    const id = greedy ? argmax(logits) : drawToken(processed, sequence.random.next());
    this.#chain.accept(id, sequence.memory);
    sequence.tokens.push(id);
    // A hot sampler can draw what is so improbable that its raw probability has underflowed.
    sequence.logProbability += raw[id]! > 0 ? Math.log(raw[id]!) : logits[id]! - logSumExp(logits);
    const step: TokenStep = {
      sample: sequence.sample,
      id,
      raw: raw[id]!,
      processed: greedy ? 1 : processed[id]!,
      rank: rankOf(logits, id),
      alternatives,
    };
    return { step, entropy, kept, distribution };
  }

  #judge({ history }: SelectedSequence, logits: ArrayLike<number>): Judgement {
    // Samples often share their logits: for as long as they say the same, and at every step of the toy.
    if (this.#last?.logits === logits && !this.#chain.usesHistory) return this.#last;
    const distribution = this.#chain.apply(logits, history);
    const { raw, probabilities, entropy, kept } = distribution;
    this.#last = {
      logits,
      raw,
      processed: probabilities,
      entropy,
      kept,
      distribution,
      alternatives: topIndices(logits, this.#options.alternatives ?? ALTERNATIVES).map((id) => ({
        id,
        raw: raw[id]!,
        processed: probabilities[id]!,
      })),
    };
    return this.#last;
  }
}
