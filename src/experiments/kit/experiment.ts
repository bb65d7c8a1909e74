import type * as v from 'valibot';
import type { LanguageModel } from '../../core/languageModel';
import type { ReportOf } from '../report/types';

/** What an experiment is given beside its model and parameters. */
export interface RunContext<Event> {
  /** Sends a partial result; typed arrays in it are not copied through JSON. */
  readonly emit: (event: Event) => void;
  /**
   * To be awaited between tokens: lets other work of the process happen (the arrival of a stop, another run's
   * token), and waits while the reader of the events is behind.
   */
  readonly pause: () => Promise<void>;
  /** Aborted when the user stops the run: the experiment returns what it has, marked as stopped. */
  readonly signal: AbortSignal;
  /**
   * Of a run that was begun before anybody has asked for it: to be awaited where the first of its answer has been sent
   * and the rest is work; resolves once it is asked for, or stopped. Left out of all others.
   */
  readonly wanted?: () => Promise<void>;
  /**
   * Ends a run whose model has failed, where what it has is worth keeping: as a stop, but that the result says why.
   * Left out where nothing is kept.
   */
  readonly breakOff?: (error: Error) => void;
}

/**
 * Ends a run as `RunContext.breakOff` does, where it can; a stop that comes by an error is no failure.
 * @throws the error where it cannot, and where it is about what was asked
 */
export function breakOff(context: Pick<RunContext<never>, 'signal' | 'breakOff'>, error: unknown): void {
  if (context.signal.aborted) return;
  if (!context.breakOff || !(error instanceof Error) || error instanceof RangeError) throw error;
  context.breakOff(error);
}

/** What is known of an experiment without running it. */
export interface ExperimentDescription<Parameters, Event, Result> {
  /** @throws RangeError naming the parameter, its value and the allowed range. */
  readonly parse: (value: unknown) => Parameters;
  /** What it sends while it runs. */
  readonly events: v.GenericSchema<unknown, Event>;
  readonly result: v.GenericSchema<unknown, Result>;
  /** What a result says; left out where it is shown in an editor only. */
  readonly report?: ReportOf<Result>;
}

/**
 * One experiment: a function of a model and parameters that reports progress, can be stopped, and ends in a
 * plain value that can be drawn, saved, exported and replayed.
 */
export interface Experiment<Parameters, Event, Result> extends ExperimentDescription<
  Parameters,
  Event,
  Result
> {
  readonly run: (model: LanguageModel, parameters: Parameters, context: RunContext<Event>) => Promise<Result>;
}

/** Several models, each in memory only while it is used: they need not fit into it together. */
export interface ModelAccess {
  readonly count: number;
  /** @throws whatever the loading or the action throws */
  use<T>(index: number, action: (model: LanguageModel) => Promise<T>): Promise<T>;
  /** What has been seen of their memory so far; left out where nobody measures it. */
  readonly memory?: () => MemoryOfModels;
}

/** How models were held in memory. */
export interface MemoryOfModels {
  /** Model by model, in bytes. */
  readonly models: readonly {
    /** Estimate for the weights and one full context. */
    readonly needed: number;
    /** By how much the process has grown with it; null where that could not be told apart from other models. */
    readonly grown: number | null;
  }[];
  /**
   * Why a model had to leave for another, to be loaded again: there was too little memory, or only so many are
   * kept. null where all stayed.
   */
  readonly turns: 'memory' | 'number' | null;
}

/** An experiment that compares models. */
export interface ComparingExperiment<Parameters, Event, Result> extends ExperimentDescription<
  Parameters,
  Event,
  Result
> {
  readonly compare: (
    models: ModelAccess,
    parameters: Parameters,
    context: RunContext<Event>,
  ) => Promise<Result>;
}

/** An experiment with its parameters read and checked, ready for a model. */
export type PreparedRun = (models: ModelAccess, context: RunContext<unknown>) => Promise<unknown>;

/** An experiment seen from where its types of parameters, events and result do not matter. */
export interface Runnable {
  /** @throws RangeError naming the parameter, its value and the allowed range. */
  readonly prepare: (parameters: unknown) => PreparedRun;
}

/** An experiment on one model, as an entry of the registry. */
export function onModel<Parameters, Event, Result extends object>(
  experiment: Experiment<Parameters, Event, Result>,
): Experiment<Parameters, Event, Result> & Runnable {
  const run: typeof experiment.run = (model, parameters, context) =>
    model.info.server
      ? runThere(experiment.run, model, parameters, context)
      : experiment.run(model, parameters, context);
  return { ...experiment, run, ...runnableOn({ ...experiment, run }) };
}

/** A server may fail at any time: what has come until then is kept, with what went wrong. */
async function runThere<Parameters, Event, Result extends object>(
  run: Experiment<Parameters, Event, Result>['run'],
  model: LanguageModel,
  parameters: Parameters,
  context: RunContext<Event>,
): Promise<Result> {
  const ended = new AbortController();
  let failure: Error | undefined;
  const result = await run(model, parameters, {
    ...context,
    signal: AbortSignal.any([context.signal, ended.signal]),
    breakOff: (error) => {
      failure = error;
      ended.abort(error);
    },
  });
  return failure ? { ...result, stopped: true, brokeOff: failure.message } : result;
}

/** What it takes to run an experiment on the first of the models that it is given. */
export function runnableOn<Parameters, Event, Result>({
  parse,
  run,
}: Pick<Experiment<Parameters, Event, Result>, 'parse' | 'run'>): Runnable {
  return {
    prepare: (value) => {
      const parameters = parse(value);
      return (models, context) => models.use(0, (model) => run(model, parameters, context));
    },
  };
}

/** An experiment that compares models, as an entry of the registry. */
export function onModels<Parameters, Event, Result>(
  experiment: ComparingExperiment<Parameters, Event, Result>,
): ComparingExperiment<Parameters, Event, Result> & Runnable {
  return {
    ...experiment,
    prepare: (value) => {
      const parameters = experiment.parse(value);
      return (models, context) => experiment.compare(models, parameters, context);
    },
  };
}
