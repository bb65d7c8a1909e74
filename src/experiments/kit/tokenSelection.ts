/** Draws one token after the other, and says of each what the model thought. */
import * as v from 'valibot';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { argmax, logSumExp } from '../../core/logits';
import { randomStream, type RandomStream } from '../../core/random';
import {
  SamplerChain,
  type ChainMemory,
  type ChainSpec,
  type ProcessedDistribution,
  type SamplerHistory,
  type Standing,
} from '../../core/samplers/chain';
import { UNKNOWN } from '../../core/samplers/listedChain';
import { alternativeSchema, Judge, type Judgement } from './judgement';
import { logitsOf } from './readPrompt';
import type { TurnBack } from './turnBack';

/** One drawn token, with what the model thought at that step. */
export const tokenStepSchema = v.object({
  /** Which completion, from 0. */
  sample: v.number(),
  id: v.number(),
  /** Probability of this token before the chain, at temperature 1. */
  raw: v.number(),
  /** Probability after the chain; 1 when greedy. null where a server drew it and what the chain does is not known. */
  processed: v.nullable(v.number()),
  /** Rank among the raw logits, 0 = most probable; -1 where a server drew a token beyond those that it lists. */
  rank: v.number(),
  /** The best tokens at this step, most probable first. */
  alternatives: v.array(alternativeSchema),
  /**
   * Where the text is held to a shape: the probability before the chain of all tokens that could come by the shape
   * alone, whatever the other samplers and their order; see `SamplerChain.mask`.
   */
  fitting: v.optional(v.number()),
  /** The most probable token before the chain, where the shape did not let it come. */
  wanted: v.optional(v.number()),
});
export type TokenStep = v.InferOutput<typeof tokenStepSchema>;

/** Alternatives reported for every step, where nothing else is asked for. */
const ALTERNATIVES = 8;

/** A token that was chosen. */
export interface TokenChoice {
  readonly step: TokenStep;
  /** Entropy of the distribution it was drawn from, in nats; null where the model lists only a part of that. */
  readonly entropy: number | null;
  /** Tokens that could be drawn; null as the entropy. */
  readonly kept: number | null;
}

/** What a sequence was before a token was chosen. */
interface Mark {
  readonly logProbability: number;
  readonly memory: ChainMemory;
}

/** A sequence that tokens are chosen for. */
export interface SelectedSequence {
  /** Which sample, from 0. */
  readonly sample: number;
  /** The prompt, and after it what was chosen. */
  readonly tokens: number[];
  readonly promptLength: number;
  /** What of the prompt's text the first new token has to begin with; empty where the prompt's tokens are all of it. */
  readonly owed: string;
  /** The choices of the tokens after the prompt. */
  readonly chosen: TokenChoice[];
  /** Sum over the chosen tokens of the natural log of the raw probability. */
  logProbability: number;
  readonly random: RandomStream;
  readonly memory: ChainMemory;
  readonly history: SamplerHistory;
  /** The most by which a probability after the chain may be off; null: not known. */
  off: number | null;
  /** Where the text had to go back to, in order. */
  readonly turns: TurnBack[];
  /** Before every chosen token, where the text may have to go back. */
  readonly marks: Mark[];
  /** Tokens that must not come again at a place, by how many were chosen before it. */
  readonly banned: Map<number, Set<number>>;
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
export interface TokenSelection extends TokenChoice {
  /** What the chain made of the logits. Its vectors are the selector's, which fills them anew for the next token. */
  readonly distribution: ProcessedDistribution;
}

/**
 * Why no token can be chosen: none has the shape that the text is held to, all that could come here were taken back
 * before, or what was drawn is one of the tokens that the model does not list.
 */
export type NoToken = 'stuck' | 'banned' | 'unlisted';

/**
 * Chooses tokens for any number of sequences with one chain. Sample i draws from the stream `(seed, 'sample', i)`,
 * one number per token, and samplers that draw from `(seed, 'sampler', i)`: what becomes of a sample does not
 * depend on the others.
 */
export class TokenSelector {
  readonly #model: LanguageModel;
  readonly #chain: SamplerChain;
  readonly #options: SelectorOptions;
  readonly #judge: Judge;

  /** @throws RangeError when the chain does not fit the model's vocabulary. */
  constructor(model: LanguageModel, options: SelectorOptions) {
    this.#model = model;
    this.#chain = new SamplerChain(options.chain, model.info.vocabularySize, model.vocabulary);
    this.#options = options;
    this.#judge = new Judge(model, this.#chain, options.greedy, options.alternatives ?? ALTERNATIVES);
  }

  /** True where a text may have to go back over its tokens. */
  get mayTurnBack(): boolean {
    return this.#chain.turningStep >= 0 && !this.#options.greedy;
  }

  /** @param owed see `SelectedSequence.owed` */
  begin(sample: number, prompt: readonly number[], owed = ''): SelectedSequence {
    const { seed } = this.#options;
    const tokens = [...prompt];
    const promptLength = prompt.length;
    const memory = this.#chain.newMemory();
    return {
      sample,
      tokens,
      promptLength,
      owed,
      chosen: [],
      logProbability: 0,
      random: randomStream(seed, 'sample', sample),
      memory,
      history: {
        tokens,
        promptLength,
        owed: new TextEncoder().encode(owed).length,
        memory,
        random: randomStream(seed, 'sampler', sample),
      },
      off: 0,
      turns: [],
      marks: [],
      banned: new Map(),
    };
  }

  /** Samplers, in the order in which they act. */
  get chain(): ChainSpec {
    return this.#options.chain;
  }

  get greedy(): boolean {
    return this.#options.greedy;
  }

  get seed(): number {
    return this.#options.seed;
  }

  /** Chooses the next token from the model's answer and appends it; or says why there is none. */
  select(sequence: SelectedSequence, next: NextToken): TokenSelection | NoToken {
    const { greedy } = this.#options;
    const logits = logitsOf(next);
    const judged = this.#judge.of(sequence.history, next);
    if (judged.distribution.stranded && !greedy) return 'stuck';
    const banned = sequence.banned.get(sequence.chosen.length);
    const judgement = banned ? this.#judge.without(banned, sequence.history, logits, judged) : judged;
    if (!judgement) return 'banned';
    const id = greedy ? argmax(logits) : judgement.distribution.draw(sequence.random.next());
    if (next.listed && !next.listed.ids.includes(id)) return 'unlisted';
    return this.#append(sequence, next, judgement, id);
  }

  /** Appends a token that the model's own samplers have drawn. @returns `unlisted` where nothing is known of it */
  take(sequence: SelectedSequence, next: NextToken, id: number): TokenSelection | NoToken {
    if (next.listed && !next.listed.ids.includes(id)) return 'unlisted';
    const judgement = this.#judge.of(sequence.history, next);
    // What such a sampler did there is not told.
    const isKnown = judgement.outcome.off !== null && !this.#options.chain.some(isUnclear);
    return this.#append(sequence, next, isKnown ? judgement : unknownAfter(judgement), id);
  }

  #append(sequence: SelectedSequence, next: NextToken, judgement: Known, id: number): TokenSelection {
    const { greedy } = this.#options;
    const logits = logitsOf(next);
    const { alternatives, distribution, shape, outcome, isKnown = true } = judgement;
    const raw = distribution.rawOf(id);
    const step: TokenStep = {
      sample: sequence.sample,
      id,
      raw,
      processed: greedy ? 1 : isKnown ? distribution.processedOf(id) : null,
      rank: rankIn(next, judgement, id),
      alternatives: [...alternatives],
      ...shape,
    };
    if (this.mayTurnBack) {
      sequence.marks.push({ logProbability: sequence.logProbability, memory: sequence.memory.slice() });
    }
    this.#chain.accept(id, sequence.memory);
    const { within, off } = outcome;
    const { entropy, kept } = within ? distribution : { entropy: null, kept: null };
    const choice = { step, entropy, kept };
    sequence.tokens.push(id);
    sequence.chosen.push(choice);
    if (isKnown) sequence.off = sequence.off === null || off === null ? null : Math.max(sequence.off, off);
    // A hot sampler can draw what is so improbable that its raw probability has underflowed.
    sequence.logProbability += raw > 0 ? Math.log(raw) : logits[id]! - logSumExp(logits);
    return { ...choice, distribution };
  }

  /**
   * Takes back the end of a sequence where its last token has completed what must not come: the sequence is then what
   * it was before the first token of that, and this token does not come there again. Random numbers go on.
   * @returns what was taken back; undefined where nothing had to be.
   */
  turnBack(sequence: SelectedSequence): TurnBack | undefined {
    const found = this.mayTurnBack ? this.#chain.turnsBack(sequence.history) : undefined;
    if (!found) return undefined;
    const { tokens, promptLength, owed, chosen, marks, banned, memory } = sequence;
    const place = found.index - promptLength;
    const ids = tokens.slice(found.index);
    const taken = chosen.slice(place);
    const text = this.#model.decode(ids);
    const turn: TurnBack = {
      place,
      ids,
      text: place === 0 ? text.slice(owed.length) : text,
      phrase: found.text,
      // Where a text may go back, it is drawn here.
      processed: taken[0]!.step.processed!,
      raw: taken.reduce((product, { step }) => product * step.raw, 1),
    };
    const mark = marks[place]!;
    tokens.length = found.index;
    chosen.length = marks.length = place;
    memory.set(mark.memory);
    sequence.logProbability = mark.logProbability;
    // What was banned behind this place was so after other tokens.
    for (const later of [...banned.keys()]) if (later > place) banned.delete(later);
    banned.set(place, (banned.get(place) ?? new Set()).add(ids[0]!));
    sequence.turns.push(turn);
    return turn;
  }

  /** Whether a sequence could end here by the shapes that it is held to. */
  isWhole({ history }: SelectedSequence): boolean {
    return this.#options.greedy || this.#chain.isWhole(history);
  }

  /**
   * Whether texts of so many tokens can have the shapes that they are held to.
   * @throws RangeError naming the numbers where they cannot
   */
  checkLength(maxNewTokens: number): void {
    if (!this.#options.greedy) this.#chain.checkLength(maxNewTokens);
  }

  /** Whether a sequence can go on by the shapes that it is held to. */
  standing({ history }: SelectedSequence): Standing {
    return this.#options.greedy ? 'open' : this.#chain.standing(history);
  }
}

/** What is known where a token is appended. @property isKnown false where it is not known what the chain does there */
type Known = Judgement & { readonly isKnown?: boolean };

function unknownAfter(judgement: Judgement): Known {
  const alternatives = judgement.alternatives.map((each) => ({ ...each, processed: null }));
  return { ...judgement, alternatives, isKnown: false, outcome: UNKNOWN };
}

/** Draws by itself, or acts on logits that a server does not give. */
const isUnclear = (step: ChainSpec[number]): boolean =>
  (step.sampler === 'xtc' && step.probability > 0 && step.probability < 1) ||
  (step.sampler === 'repetition-penalty' && step.penalty !== 1);

/** Its place among the raw logits; -1 for a token that was listed only because it was drawn. */
function rankIn(next: NextToken, judgement: Judgement, id: number): number {
  if (!next.listed) return judgement.rankOf(id);
  const { logits } = judgement;
  // Logits are compared as they were listed, and the bound is one of them.
  return logits[id]! < next.listed.bound ? -1 : next.listed.ids.indexOf(id);
}
