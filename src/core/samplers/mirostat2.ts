import type { Candidates } from './candidates';
import { LEARNING_RATE, Surprises, TARGET } from './surprise';
import type { Sampler, SamplerContext, SamplerDefinition, SamplerHistory } from './types';

export interface Mirostat2Spec {
  readonly sampler: 'mirostat-2';
  /** Target surprise in bits, above 0 and at most 100. */
  readonly tau: number;
  /** Learning rate, from 0 to 10. */
  readonly eta: number;
}

/**
 * Mirostat 2: removes the tokens whose surprise -log2 p is above a limit mu that follows feedback, so that the
 * surprise per token stays near the target tau. After a token of surprise S is drawn, mu falls by eta (S - tau).
 *
 * Basu, Ramachandran, Keskar and Varshney, Mirostat: A Neural Text Decoding Algorithm that Directly Controls
 * Perplexity, 2021: its alternative algorithm, which makes no assumption about the distribution.
 *
 * - mu starts at 2 tau and is kept in `history.memory`; without a memory every step is a first step.
 * - S is measured before the cut, as in the paper (llama.cpp measures it after the cut).
 * - The best token and its equals always stay.
 */
export const mirostat2: SamplerDefinition<Mirostat2Spec> = {
  name: 'mirostat-2',
  about: {
    label: 'Mirostat 2',
    explanation: 'Cuts by surprise, and adapts the cut so that the text stays equally surprising.',
    formula: 'keep i where −log₂ p_i ≤ μ; then μ ← μ − η (S − τ)',
    paper:
      'Basu, Ramachandran, Keskar and Varshney, Mirostat: A Neural Text Decoding Algorithm that Directly Controls Perplexity, 2021',
    parameters: [TARGET, LEARNING_RATE],
  },
  create: (spec, context) => new Mirostat2(spec, context),
};

class Mirostat2 implements Sampler {
  readonly name = mirostat2.name;
  readonly usesHistory = true;
  readonly initialState: number;
  readonly #spec: Mirostat2Spec;
  readonly #surprises: Surprises;

  constructor(spec: Mirostat2Spec, context: SamplerContext) {
    this.#spec = spec;
    this.initialState = 2 * spec.tau;
    this.#surprises = new Surprises(context);
  }

  apply(candidates: Candidates, _history: SamplerHistory, mu: number): void {
    this.#surprises.measure(candidates);
    const { ids, logits, count } = candidates;
    const { bits } = this.#surprises;
    const best = candidates.largest();
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      if (bits[id]! > mu && logits[id]! < best) candidates.remove(id);
    }
  }

  accept(id: number, mu: number): number {
    return this.#surprises.feedback(id, mu, this.#spec.tau, this.#spec.eta);
  }
}
