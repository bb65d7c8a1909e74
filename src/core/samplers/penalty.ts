import type { Candidates } from './candidates';
import type { NumberParameter } from './parameters';
import { SeenTokens } from './seenTokens';
import type { Sampler, SamplerContext, SamplerDefinition, SamplerDescription, SamplerHistory } from './types';

/** What every penalty is given. */
interface PenaltySpec {
  readonly sampler: string;
  readonly penalty: number;
  /** Only the last so many tokens count; 0, or left out, means all of them. */
  readonly window?: number;
}

/** The logit of a token that has occurred `count` times, penalised. */
type Penalise = (logit: number, penalty: number, count: number) => number;

/**
 * A penalty: a sampler that changes the logit of every distinct token that has occurred, the prompt included, within
 * the window, and no other.
 */
export function penaltySampler<Spec extends PenaltySpec>(
  name: Spec['sampler'],
  about: SamplerDescription,
  penalise: Penalise,
): SamplerDefinition<Spec> {
  return { name, about, create: (spec, context) => new Penalty(spec, context, penalise) };
}

/** The penalty of those that subtract it. */
export const SUBTRACTED: NumberParameter = {
  name: 'penalty',
  label: 'Penalty',
  explanation: 'Above 0 discourages repetition, below 0 encourages it.',
  kind: 'number',
  min: -100,
  max: 100,
  slider: { min: -2, max: 2, step: 0.1 },
  default: 0.5,
};

class Penalty implements Sampler {
  readonly name: string;
  readonly usesHistory = true;
  readonly #penalty: number;
  readonly #window: number;
  readonly #penalise: Penalise;
  readonly #seen: SeenTokens;

  constructor(spec: PenaltySpec, { vocabularySize }: SamplerContext, penalise: Penalise) {
    this.name = spec.sampler;
    this.#penalty = spec.penalty;
    this.#window = spec.window ?? 0;
    this.#penalise = penalise;
    this.#seen = new SeenTokens(vocabularySize);
  }

  apply(candidates: Candidates, history: SamplerHistory): void {
    this.#seen.count(history, this.#window);
    for (let row = 0; row < this.#seen.distinct; row++) {
      const id = this.#seen.ids[row]!;
      candidates.setLogit(id, this.#penalise(candidates.logits[id]!, this.#penalty, this.#seen.counts[id]!));
    }
  }
}
