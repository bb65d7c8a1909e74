/** What the engine's benchmark asks of this project and of its peers alike, and what they answer. */

/** Continue one prompt `samples` times by `tokens` tokens each. */
export interface Task {
  readonly prompt: readonly number[];
  readonly samples: number;
  /** 0: only the distribution after the prompt is wanted. */
  readonly tokens: number;
  /** Tokens are drawn from so many of the most probable ones, at temperature 1; null: always the most probable. */
  readonly topK: number | null;
}

/** What a task took, in milliseconds. */
export interface Measured {
  readonly wall: number;
  /** Of all threads of the process together. */
  readonly processor: number;
  /** The part of `wall` that was not the network itself, where it is known. */
  readonly outside?: number;
}

/** How a contestant is set up. */
export interface Settings {
  readonly threads: number;
  /** The model's file or folder, as the contestant takes it. */
  readonly model: string;
  /** Its kind of weights, where there are several. */
  readonly precision?: string;
  /** Folder for quantized weights. */
  readonly cache?: string;
  /** The prompt of the first distribution, by whose time the loading is measured. */
  readonly prompt: readonly number[];
}
