/** One group of beams, and how it grows by a token: shared by beam search and diverse beam search. */
import type { CacheHandle, NextToken } from '../languageModel';
import { logSoftmax, topIndices } from '../logits';
import type { SamplerChain } from '../samplers/chain';
import type { Continuation, EndReason, SearchPlan } from './common';

/**
 * When to stop. `true`: as soon as there are as many finished sequences as beams. `false`: when the best live beam,
 * scored at the length it has, is no better than the worst finished sequence; a guess, for a longer one may score
 * better. `'never'`: the same, scored at the length that favours it most, so that nothing better is missed.
 */
export type EarlyStopping = boolean | 'never';

export interface BeamSettings {
  readonly beams: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: EarlyStopping;
}

/** A continuation found by beam search. */
export interface BeamContinuation extends Continuation {
  /** Sum of the (processed) log-probabilities, divided by the number of tokens to the power of the length penalty. */
  readonly score: number;
}

interface Beam {
  readonly tokens: readonly number[];
  readonly logProbabilities: readonly number[];
  /** Sum of the processed log-probabilities. */
  readonly sum: number;
  readonly cache: CacheHandle | undefined;
}

interface Finished {
  readonly beam: Beam;
  readonly score: number;
  readonly end: EndReason;
}

/** A token that a beam could go on with. */
interface Candidate {
  readonly beam: Beam;
  readonly id: number;
  readonly sum: number;
  readonly rank: number;
  readonly logProbability: number;
  readonly cache: CacheHandle;
}

export class BeamState {
  /** Beams that can still grow, best first. */
  live: readonly Beam[] = [{ tokens: [], logProbabilities: [], sum: 0, cache: undefined }];
  #finished: readonly Finished[] = [];
  #canImprove = true;

  constructor(
    readonly plan: SearchPlan,
    readonly chain: SamplerChain,
    readonly settings: BeamSettings,
  ) {}

  /**
   * Grows every live beam by a token.
   * @param answers the model's, one per live beam.
   * @param penalties what to take off the rank of a token, by id; it decides which beams live, and is not part of
   * their score.
   * @returns the tokens that were taken, one for every sequence that goes on or has just ended.
   */
  advance(answers: readonly NextToken[], penalties?: ReadonlyMap<number, number>): number[] {
    const { beams } = this.settings;
    // Twice as many as there are beams: however many of them end, enough are left to go on with.
    const candidates = this.live
      .flatMap((beam, i) => this.#candidates(beam, answers[i]!, 2 * beams, penalties))
      .sort((a, b) => b.rank - a.rank)
      .slice(0, 2 * beams)
      .map(extend)
      .map((beam) => ({ beam, end: this.plan.endOf(beam.tokens) }));
    const ended = candidates.slice(0, beams).filter(({ end }) => end !== null);
    this.#finish(ended);
    this.live = candidates
      .filter(({ end }) => end === null)
      .slice(0, beams)
      .map(({ beam }) => beam);
    this.#canImprove &&= this.#couldImprove();
    return [...ended.map(({ beam }) => beam), ...this.live].map(({ tokens }) => tokens.at(-1)!);
  }

  /** Whether there is anything left to do. */
  get open(): boolean {
    const enough = this.settings.earlyStopping === true && this.#finished.length === this.settings.beams;
    return this.live.length > 0 && this.#canImprove && !enough;
  }

  /** The best `count` sequences, best first; those still open, marked as stopped, only after all finished ones. */
  results(count: number): BeamContinuation[] {
    const stopped = this.plan.isStopped()
      ? this.live.filter(({ tokens }) => tokens.length > 0).map((beam) => this.#end(beam, 'stopped'))
      : [];
    return [...this.#finished, ...stopped].slice(0, count).map(({ beam, score, end }) => ({
      tokens: beam.tokens,
      text: this.plan.text(beam.tokens),
      ...this.plan.reached(beam.tokens, end),
      logProbabilities: beam.logProbabilities,
      end,
      score,
    }));
  }

  #candidates(
    beam: Beam,
    { logits, cache }: NextToken,
    count: number,
    penalties: ReadonlyMap<number, number> | undefined,
  ): Candidate[] {
    const { prompt } = this.plan;
    const logProbabilities = logSoftmax(logits);
    const history = { tokens: [...prompt, ...beam.tokens], promptLength: prompt.length };
    // Samplers act on log-probabilities, and what they leave is not renormalised.
    const processed = this.chain.apply(logProbabilities, history).logits;
    const ranked = Float64Array.from(processed);
    for (const [id, penalty] of penalties ?? []) ranked[id]! -= penalty;
    return topIndices(ranked, count)
      .filter((id) => ranked[id]! > -Infinity)
      .map((id) => ({
        beam,
        id,
        sum: beam.sum + processed[id]!,
        rank: beam.sum + ranked[id]!,
        logProbability: logProbabilities[id]!,
        cache,
      }));
  }

  #finish(best: readonly { readonly beam: Beam; readonly end: EndReason | null }[]): void {
    const { beams, earlyStopping } = this.settings;
    if (!this.#canImprove || (earlyStopping === true && this.#finished.length === beams)) return;
    const ended = best.flatMap(({ beam, end }) => (end === null ? [] : [this.#end(beam, end)]));
    this.#finished = [...this.#finished, ...ended].sort((a, b) => b.score - a.score).slice(0, beams);
  }

  #end(beam: Beam, end: EndReason): Finished {
    return { beam, score: beam.sum / beam.tokens.length ** this.settings.lengthPenalty, end };
  }

  /** Whether the best live beam could still displace a finished sequence. */
  #couldImprove(): boolean {
    const { beams, lengthPenalty, earlyStopping } = this.settings;
    if (this.live.length === 0) return false;
    if (this.#finished.length < beams) return true;
    const longest =
      earlyStopping === 'never' && lengthPenalty > 0 ? this.plan.maxNewTokens : this.live[0]!.tokens.length;
    const best = Math.max(...this.live.map(({ sum }) => sum));
    return best / longest ** lengthPenalty > this.#finished.at(-1)!.score;
  }
}

function extend({ beam, id, sum, logProbability, cache }: Candidate): Beam {
  return {
    tokens: [...beam.tokens, id],
    logProbabilities: [...beam.logProbabilities, logProbability],
    sum,
    cache,
  };
}
