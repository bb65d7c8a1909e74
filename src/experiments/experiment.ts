import type { LanguageModel } from '../core/languageModel';

/** What an experiment is given beside its model and parameters. */
export interface RunContext<Event> {
  /** Sends a partial result; typed arrays in it are not copied through JSON. */
  readonly emit: (event: Event) => void;
  /** Aborted when the person stops the run: the experiment returns what it has, marked as stopped. */
  readonly signal: AbortSignal;
}

/**
 * One experiment: a function of a model and parameters that reports progress, can be stopped, and ends in a
 * plain value that can be drawn, saved, exported and replayed.
 */
export interface Experiment<Parameters, Event, Result> {
  readonly name: string;
  /** @throws RangeError naming the parameter, its value and the allowed range. */
  readonly parse: (value: unknown) => Parameters;
  readonly run: (model: LanguageModel, parameters: Parameters, context: RunContext<Event>) => Promise<Result>;
}
