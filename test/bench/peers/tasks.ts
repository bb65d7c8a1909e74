/** What the engine's benchmark asks of this project and of its peers alike, and what they answer. */

/** Several samples are drawn from the `TOP_K` most probable tokens, at temperature 1. */
export const TOP_K = 40;

/** Continue one prompt `samples` times by `tokens` tokens each; one sample takes the most probable token. */
export interface Task {
  readonly prompt: readonly number[];
  readonly samples: number;
  readonly tokens: number;
}

/** Milliseconds. */
export interface Timing {
  /** From the prompt to the logits after it. */
  readonly read: number;
  /** For the tokens after the first. */
  readonly grow: number;
  /** The share of `grow` that was not the network itself, where it is known. */
  readonly outside?: number;
}

/** The first message of a contestant's process. */
export interface Ready {
  /** Milliseconds from its start until its model could be used. */
  readonly ready: number;
}
