import type { Candidates } from './candidates';
import { WINDOW } from './parameters';
import { SeenTokens } from './seenTokens';
import type { Sampler, SamplerContext, SamplerDefinition, SamplerHistory } from './types';

export interface PresencePenaltySpec {
  readonly sampler: 'presence-penalty';
  /** From -100 to 100; above 0 discourages repetition. */
  readonly penalty: number;
  readonly window?: number;
}

/**
 * Presence penalty: subtracts a constant from the logit of every token that has occurred, once, however often.
 *
 * OpenAI API reference, `presence_penalty`, 2020; here the prompt counts too, within the window, as in llama.cpp.
 *
 * - A negative penalty encourages repetition; 0 changes nothing.
 */
export const presencePenalty: SamplerDefinition<PresencePenaltySpec> = {
  name: 'presence-penalty',
  about: {
    label: 'Presence penalty',
    explanation: 'Subtracts a constant from the logit of every token that has occurred.',
    formula: 'logit′ = logit − α for tokens that occurred',
    paper: 'OpenAI API reference, presence_penalty, 2020',
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
  create: (spec, context) => new PresencePenalty(spec, context),
};

class PresencePenalty implements Sampler {
  readonly name = presencePenalty.name;
  readonly usesHistory = true;
  readonly #penalty: number;
  readonly #window: number;
  readonly #seen: SeenTokens;

  constructor(spec: PresencePenaltySpec, { vocabularySize }: SamplerContext) {
    this.#penalty = spec.penalty;
    this.#window = spec.window ?? 0;
    this.#seen = new SeenTokens(vocabularySize);
  }

  apply(candidates: Candidates, history: SamplerHistory): void {
    this.#seen.count(history, this.#window);
    for (let row = 0; row < this.#seen.distinct; row++) {
      const id = this.#seen.ids[row]!;
      candidates.setLogit(id, candidates.logits[id]! - this.#penalty);
    }
  }
}
