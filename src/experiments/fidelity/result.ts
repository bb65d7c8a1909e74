/** The values of a comparison of a model with the one that it stands for. */
import * as v from 'valibot';

export interface FidelityParameters {
  readonly text: string;
}

/** How near a model comes to another that it stands for, for example a quantized one to the whole. */
export const fidelitySchema = v.object({
  /** Tokens that were compared: all of the text but the first. */
  tokens: v.number(),
  /** exp of the mean negative log-probability of those tokens. */
  perplexity: v.number(),
  referencePerplexity: v.number(),
  /** Mean over the tokens of the Kullback-Leibler divergence of the model from the reference, in nats. */
  meanDivergence: v.number(),
  largestDivergence: v.number(),
  /** Share of the places at which both have the same most probable token. */
  sameBest: v.number(),
});
export type Fidelity = v.InferOutput<typeof fidelitySchema>;
