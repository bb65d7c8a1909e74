/** Methods in the chapter's form: single next tokens, drawn again and again. */
import { CumulativeTable } from '../../core/draw';
import { randomStream } from '../../core/random';
import type { ProcessedDistribution } from '../../core/samplers/chain';
import { coherence, diversity } from '../../core/statistics/diversity';
import { expectedDistinct } from '../../core/statistics/expectation';
import { expectedLargestCount } from '../../core/statistics/largestCount';
import { beyondList } from '../kit/listing';
import type { CooperativeYield } from '../kit/cooperativeYield';
import type { MethodResult, MethodSpec } from './result';
import { describeNext, distributionAfter, measureOf, methodToCome, plainSpec, type SharedWork } from './work';

/** With more draws, the expected coherence takes too long to compute. */
const MOST_FOR_COHERENCE = 64;

/** What one trial says. */
interface Trial {
  readonly diversity: number;
  readonly coherence: number;
  readonly logProbability: number;
}

export class MethodTokens {
  /** True until a user stops it before a trial. */
  whole = true;
  #done = 0;

  constructor(
    readonly shared: SharedWork,
    readonly turns: CooperativeYield,
  ) {}

  /** Trial t draws with the stream `(seed, 'trial', t)`, one number per token, whatever the method. */
  async measure(spec: MethodSpec): Promise<MethodResult> {
    if (spec.kind !== 'sampling') throw new Error(`${spec.name} draws no single tokens.`);
    const { parameters, context } = this.shared;
    const { samples, trials, seed, methods } = parameters;
    const after = distributionAfter(this.shared, spec.chain);
    if (!after) return { ...methodToCome(spec), unavailable: beyondList(this.shared.model.info) };
    const table = new CumulativeTable(after.probabilities);
    const counts = new Map<number, number>();
    const done: Trial[] = [];
    for (let trial = 0; trial < trials && this.whole; trial++) {
      this.whole = await this.turns.giveWay();
      if (!this.whole) break;
      const random = randomStream(seed, 'trial', trial);
      const ids = Array.from({ length: samples }, () => table.draw(random.next()));
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
      done.push({
        diversity: diversity(ids),
        coherence: coherence(ids),
        logProbability: ids.reduce((sum, id) => sum + Math.log(after.raw[id]!), 0) / samples,
      });
      this.#done += samples;
      const total = methods.length * trials * samples;
      context.emit({ type: 'progress', done: this.#done, total, what: 'draws' });
    }
    const exact = exactValues(after, samples);
    const all = (of: keyof Trial): number[] => done.map((trial) => trial[of]);
    return {
      name: spec.name,
      spec: plainSpec(spec),
      unavailable: null,
      deterministic: false,
      next: describeNext(this.shared, after, counts),
      measures: [
        ...measureOf('diversity', exact.diversity, all('diversity')),
        ...measureOf('coherence', exact.coherence, all('coherence')),
        ...measureOf('log-probability', exact.logProbability, all('logProbability')),
      ],
      texts: [],
    };
  }
}

/** What the means over many trials tend to. */
function exactValues(
  { raw, probabilities }: ProcessedDistribution,
  draws: number,
): { readonly diversity: number; readonly coherence: number | null; readonly logProbability: number } {
  let logProbability = 0;
  probabilities.forEach((p, id) => {
    if (p > 0) logProbability += p * Math.log(raw[id]!);
  });
  const possible = probabilities.filter((p) => p > 0);
  return {
    diversity: expectedDistinct(possible, draws) / draws,
    coherence: draws <= MOST_FOR_COHERENCE ? expectedLargestCount(possible, draws) / draws : null,
    logProbability,
  };
}
