/** What a beam search looked at, step by step. */
import type { Context, LanguageModel, ModelInfo, NextToken, Vocabulary } from '../../core/languageModel';
import { logSoftmax, topIndices } from '../../core/logits';
import { findStop } from '../../core/stopStrings';
import type { BeamCandidate, BeamRecord } from './result';
import { resultToken } from '../kit/results';

export interface BeamLimits {
  readonly beams: number;
  readonly length: number;
  /** Texts that end a sequence. */
  readonly stop: readonly string[];
}

type Candidate = Omit<BeamCandidate, 'fate'>;

/**
 * A model that passes everything on to another and keeps, of every step of a beam search, the candidates: of all
 * continuations of all beams the best by summed log-probability, twice as many as there are beams.
 */
export class BeamRecorder implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  readonly #model: LanguageModel;
  readonly #promptLength: number;
  readonly #beams: number;
  readonly #length: number;
  readonly #stop: readonly string[];
  readonly #steps: Candidate[][] = [];
  /** The beams that lived on after each step. */
  readonly #kept: Set<string>[] = [];
  #totals = new Map<string, number>([['', 0]]);

  /** @param length most new tokens: what has so many has ended. */
  constructor(model: LanguageModel, prompt: readonly number[], { beams, length, stop }: BeamLimits) {
    this.info = model.info;
    this.vocabulary = model.vocabulary;
    this.#model = model;
    this.#promptLength = prompt.length;
    this.#beams = beams;
    this.#length = length;
    this.#stop = stop;
  }

  encode(text: string): number[] | Promise<number[]> {
    return this.#model.encode(text);
  }

  decode(ids: readonly number[]): string {
    return this.#model.decode(ids);
  }

  async next(contexts: readonly Context[], signal?: AbortSignal): Promise<NextToken[]> {
    const answers = await this.#model.next(contexts, signal);
    const candidates = contexts.flatMap(({ tokens }, beam) =>
      this.#continuations(tokens.slice(this.#promptLength), beam, answers[beam]!),
    );
    this.#steps.push(candidates.sort((a, b) => b.total - a.total).slice(0, 2 * this.#beams));
    this.#totals = new Map(candidates.map(({ ids, total }) => [ids.join(), total]));
    return answers;
  }

  #continuations(ids: readonly number[], beam: number, { logits }: NextToken): Candidate[] {
    const before = this.#totals.get(ids.join()) ?? 0;
    const logProbabilities = logSoftmax(logits);
    return topIndices(logProbabilities, 2 * this.#beams)
      .filter((id) => logProbabilities[id]! > -Infinity)
      .map((id) => ({
        beam,
        token: resultToken(this.#model, id),
        ids: [...ids, id],
        logProbability: logProbabilities[id]!,
        total: before + logProbabilities[id]!,
      }));
  }

  /** To be told which beams live on after a step. */
  keep(sequences: readonly (readonly number[])[]): void {
    this.#kept.push(new Set(sequences.map((ids) => ids.join())));
  }

  steps(): BeamRecord['steps'] {
    return this.#steps.map((candidates, step) =>
      candidates.map((candidate, place) => ({ ...candidate, fate: this.#fate(candidate, step, place) })),
    );
  }

  /** What ends counts only among the step's best. */
  #fate({ ids }: Candidate, step: number, place: number): BeamCandidate['fate'] {
    if (this.#kept[step]?.has(ids.join())) return 'kept';
    return place < this.#beams && this.#isEnded(ids) ? 'finished' : 'dropped';
  }

  #isEnded(ids: readonly number[]): boolean {
    if (this.info.endOfText.includes(ids.at(-1)!) || ids.length === this.#length) return true;
    return this.#stop.length > 0 && findStop(this.decode(ids), this.#stop) !== undefined;
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
