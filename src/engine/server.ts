/** The engine's side of the protocol: loads models, runs experiments, tells what went wrong. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMessageConnection, IPCMessageReader } from 'vscode-jsonrpc/node';
import type { LanguageModel } from '../core/languageModel';
import { messageOf } from '../core/messageOf';
import type { ModelAccess, Runnable } from '../experiments/kit/experiment';
import { offersOf } from '../experiments/kit/offers';
import { ChannelWriter } from './channel';
import { nativeCalls } from '../onnx/nativeCalls';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { RemoteError } from '../remote/remoteError';
import type { NetworkSettings, ServerAddress, ServerDescription } from '../remote/source';
import { Models, type Displaced, type ModelsOptions } from './models';
import { startPulse } from './pulse';
import {
  ConfigureNotification,
  EngineError,
  EventNotification,
  HeldNotification,
  LoadNotification,
  LoadRequest,
  ProbeRequest,
  RunRequest,
  StatusRequest,
  TellNotification,
  toResponseError,
  UnloadRequest,
  type ModelSource,
} from './protocol';
import { signalOf } from './signalOf';
import type { FileExperiment } from './training/training';
import { Told, untilTold } from './told';
import { Turns } from './turns';
import { t } from '../l10n/language';

/**
 * `load` throws RangeError for a wrong toy, EngineError `model` for a checkpoint that cannot be used; `memory`
 * throws the latter.
 */
export interface EngineParts extends Pick<ModelsOptions, 'load' | 'memory'> {
  /** Asks a server what it is. @throws RemoteError */
  readonly probe?: Probe;
  /** By their names, like those below. */
  readonly experiments: Readonly<Record<string, Runnable>>;
  /** Experiments that need a model's files instead of the model. */
  readonly onFiles?: Readonly<Record<string, FileExperiment>>;
}

type Probe = (
  server: ServerAddress,
  network: NetworkSettings | undefined,
  signal: AbortSignal,
) => Promise<ServerDescription>;

/** Models of each kind kept in memory: two, so that comparing them does not load them again and again. */
const MODELS_KEPT = 2;

/**
 * Answers requests over the channel to the parent process until that is gone; then this process ends. Beside the bundle
 * that it is part of lies that of the engine's second thread.
 */
export function serve({ experiments, onFiles = {}, probe, ...loader }: EngineParts): void {
  const writer = new ChannelWriter(process);
  const connection = createMessageConnection(new IPCMessageReader(process), writer, console);
  const notify = (sending: Promise<void>, what: string): void => {
    sending.catch((error: unknown) => {
      console.error(`${what} could not be sent: ${messageOf(error)}`);
    });
  };
  let pulse: Promise<void> | undefined;
  /** Before the first native call, and not where the toy is all that is wanted. */
  const ensurePulse = (source: ModelSource): Promise<void> | undefined =>
    source.kind !== 'gpt2' ? pulse : (pulse ??= startPulse(join(__dirname, 'pulseThread.js'), nativeCalls));
  const models = new Models({
    ...loader,
    load: async (source, tools) => {
      const [model] = await Promise.all([loader.load(source, tools), ensurePulse(source)]);
      return model;
    },
    limit: MODELS_KEPT,
    onProgress: (source, done, total) => {
      notify(
        connection.sendNotification(LoadNotification, { source: withoutKey(source), done, total }),
        'Progress',
      );
    },
    onHeld: (held) => {
      notify(connection.sendNotification(HeldNotification, { models: held }), 'The list of models');
    },
  });
  const turns = new Turns();
  const told = new Told();
  /** Models whose files runs use, by their runs. */
  const filesInUse = new Map<number, string>();
  let running = 0;

  /** The next turn of the event loop, once the channel takes more: by then a stop that was sent has arrived. */
  const pause = async (): Promise<void> => {
    await writer.drained;
    await nextTurn();
  };

  connection.onNotification(ConfigureNotification, (settings) => {
    turns.prioritize = settings.prioritize;
    turns.wake();
    models.configure(settings).catch((error: unknown) => {
      console.error(`A model could not be freed: ${messageOf(error)}`);
    });
  });

  connection.onRequest(LoadRequest, ({ source }, token) =>
    answer(() => useModel(models, source, signalOf(token), ({ info, vocabulary }) => ({ info, vocabulary }))),
  );

  connection.onRequest(RunRequest, (request, token) =>
    answer(async () => {
      const { run, experiment, source, others = [], parameters, priority = 'panel', ahead } = request;
      const signal = signalOf(token);
      const emit = (event: unknown): void => {
        notify(connection.sendNotification(EventNotification, { run, event }), `An event of ${experiment}`);
      };
      const pauseInTurn = async (): Promise<void> => {
        await pause();
        await turns.turn(priority, signal);
      };
      running += 1;
      try {
        const files = ownOf(onFiles, experiment);
        if (files) {
          await ensurePulse(source);
          if (source.kind === 'gpt2') filesInUse.set(run, source.id);
          const work = files.prepare(parameters);
          const context = { emit, pause: pauseInTurn, signal, onMessage: told.open(run) };
          return { result: await work(source, context, models.resources) };
        }
        const prepared = findExperiment(experiments, experiment).prepare(parameters);
        const sources = [source, ...others];
        const access = modelAccess(models, sources, (source, action) =>
          useModel(models, source, signal, (model) => turns.while(priority, () => action(model))),
        );
        const wanted = ahead && untilTold(told.open(run), signal);
        const context = { emit, pause: pauseInTurn, signal, ...(wanted && { wanted: () => wanted }) };
        return { result: await stoppable(signal, prepared(access, context)) };
      } finally {
        running -= 1;
        told.close(run);
        filesInUse.delete(run);
      }
    }),
  );

  connection.onNotification(TellNotification, ({ run, message }) => {
    told.take(run, message);
  });

  connection.onRequest(ProbeRequest, ({ server }, token) =>
    answer(() => {
      if (!probe) throw new RangeError(t('This engine asks no servers.'));
      const signal = signalOf(token);
      return stoppable(signal, probe(server, models.network, signal));
    }),
  );

  connection.onRequest(UnloadRequest, ({ source }) =>
    answer(async () => ({ unloaded: await models.unload(source) })),
  );
  connection.onRequest(StatusRequest, () => ({
    models: models.ids,
    busy: [...new Set([...models.busy, ...filesInUse.values()])],
    running,
  }));

  process.once('disconnect', () => {
    process.exit(0);
  });
  connection.listen();
}

/**
 * Calls `action` with the model once it is loaded. A stop while it loads is answered at once, and the load goes
 * on for whoever asks next; from then on the stop is the action's own matter.
 */
function useModel<T>(
  models: Models,
  source: ModelSource,
  signal: AbortSignal,
  action: (model: LanguageModel) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let waiting = true;
    const stop = (): void => {
      // A model that is already there begins before the next turn of the event loop.
      setImmediate(() => {
        if (waiting) reject(new EngineError('stopped', t('Stopped before the model was loaded.')));
        waiting = false;
      });
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const used = models.use(source, async (model) => {
      if (!waiting) return;
      waiting = false;
      resolve(await action(model));
    });
    used.catch(reject);
  });
}

/** Gives a run its models, and watches how they are held in memory meanwhile. */
function modelAccess(
  models: Models,
  sources: readonly ModelSource[],
  use: <T>(source: ModelSource, action: (model: LanguageModel) => Promise<T>) => Promise<T>,
): ModelAccess {
  const seen = new Map<ModelSource, { readonly needed: number; readonly grown: number | null }>();
  let turns: Displaced | null = null;
  return {
    count: sources.length,
    use: (index, action) => {
      const source = sources[index]!;
      if (seen.has(source)) turns ??= models.displaced(source) ?? null;
      return use(source, async (model) => {
        try {
          return await action(model);
        } finally {
          seen.set(source, models.memoryOf(source) ?? seen.get(source) ?? NOTHING_SEEN);
        }
      });
    },
    memory: () => ({ models: sources.map((source) => seen.get(source) ?? NOTHING_SEEN), turns }),
  };
}

/** A source as it may be told: progress can end up in a log. */
function withoutKey(source: ModelSource): ModelSource {
  if (source.kind !== 'remote') return source;
  const { key: _, ...server } = source.server;
  return { ...source, server };
}

const NOTHING_SEEN = { needed: 0, grown: null };

/** What an action gives; one that rejects with its signal's reason has nothing to give to a stop. */
async function stoppable<T>(signal: AbortSignal, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw signal.aborted && error === signal.reason
      ? new EngineError('stopped', t('Stopped before it was done.'))
      : error;
  }
}

function findExperiment(experiments: EngineParts['experiments'], name: string): Runnable {
  const found = ownOf(experiments, name);
  if (found) return found;
  const known = Object.keys(experiments).join(', ');
  throw new RangeError(t('There is no experiment "{0}"; the engine knows {1}.', name, known));
}

/** A name comes from outside, and may be one that every object has. */
function ownOf<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Errors cross the channel as values with a code and a sentence. */
async function answer<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toResponseError(toEngineError(error));
  }
}

function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof RangeError) return new EngineError('parameter', error.message, offersOf(error));
  if (error instanceof ModelFileError) return new EngineError('model', error.message);
  if (error instanceof RemoteError) return new EngineError(error.code, error.message);
  console.error(error);
  return new EngineError(
    'engine',
    t('The model process met an unexpected error: {0}. The log has the details.', messageOf(error)),
  );
}
