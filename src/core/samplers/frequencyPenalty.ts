import type { Candidates } from './candidates';
import { WINDOW } from './parameters';
import { SeenTokens } from './seenTokens';
import type { Sampler, SamplerContext, SamplerDefinition, SamplerHistory } from './types';

export interface FrequencyPenaltySpec {
  readonly sampler: 'frequency-penalty';
  /** From -100 to 100; above 0 discourages repetition. */
  readonly penalty: number;
  readonly window?: number;
}

/**
 * Frequency penalty: subtracts from the logit of every token a constant for each time that it has occurred.
 *
 * OpenAI API reference, `frequency_penalty`, 2020; here the prompt counts too, within the window, as in llama.cpp.
 *
 * - A negative penalty encourages repetition; 0 changes nothing.
 */
export const frequencyPenalty: SamplerDefinition<FrequencyPenaltySpec> = {
  name: 'frequency-penalty',
  about: {
    label: 'Frequency penalty',
    explanation: 'Subtracts a constant from the logit of every token for each time that it has occurred.',
    formula: 'logit′ = logit − α · count',
    paper: 'OpenAI API reference, frequency_penalty, 2020',
    parameters: [
      {
        name: 'penalty',
        label: 'Penalty',
        explanation: 'Above 0 discourages repetition, below 0 encourages it.',
        kind: 'number',
        min: -100,
        max: 100,
        slider: { min: -2, max: 2, step: 0.1 },
        default: 0.5,
      },
      WINDOW,
    ],
  },
  create: (spec, context) => new FrequencyPenalty(spec, context),
};

class FrequencyPenalty implements Sampler {
  readonly name = frequencyPenalty.name;
  readonly usesHistory = true;
  readonly #penalty: number;
  readonly #window: number;
  readonly #seen: SeenTokens;

  constructor(spec: FrequencyPenaltySpec, { vocabularySize }: SamplerContext) {
    this.#penalty = spec.penalty;
    this.#window = spec.window ?? 0;
    this.#seen = new SeenTokens(vocabularySize);
  }

  apply(candidates: Candidates, history: SamplerHistory): void {
    this.#seen.count(history, this.#window);
    for (let row = 0; row < this.#seen.distinct; row++) {
      const id = this.#seen.ids[row]!;
      candidates.setLogit(id, candidates.logits[id]! - this.#penalty * this.#seen.counts[id]!);
    }
  }
}
