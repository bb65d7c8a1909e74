/** What a beam search looked at, step by step. */
import type { Context, LanguageModel, ModelInfo, NextToken, Vocabulary } from '../core/languageModel';
import { logSoftmax, topIndices } from '../core/logits';
import type { BeamCandidate, BeamRecord } from './branchesTypes';
import { resultToken } from './results';

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
  readonly #steps: Candidate[][] = [];
  /** The beams that lived on after each step. */
  readonly #kept: (readonly (readonly number[])[])[] = [];
  #totals = new Map<string, number>([['', 0]]);

  constructor(model: LanguageModel, prompt: readonly number[], beams: number) {
    this.info = model.info;
    this.vocabulary = model.vocabulary;
    this.#model = model;
    this.#promptLength = prompt.length;
    this.#beams = beams;
  }

  encode(text: string): number[] {
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
    this.#kept.push(sequences.map((ids) => [...ids]));
  }

  /** @param finished the sequences that the search returned. */
  steps(finished: readonly (readonly number[])[]): BeamRecord['steps'] {
    const ended = new Set(finished.map((ids) => ids.join()));
    return this.#steps.map((candidates, step) => {
      const kept = new Set(this.#kept[step]?.map((ids) => ids.join()));
      return candidates.map((candidate) => {
        const key = candidate.ids.join();
        const fate = kept.has(key) ? 'kept' : ended.has(key) ? 'finished' : 'dropped';
        return { ...candidate, fate };
      });
    });
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
