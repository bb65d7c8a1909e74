/** The extension's side of the engine: starts its process when it is needed, and again after it died. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CancellationTokenSource, type CancellationToken } from 'vscode-jsonrpc/node';
import { messageOf } from '../core/messageOf';
import { ownBuffers } from './channel';
import { EngineProcess } from './engineProcess';
import { loadPolicy, probePolicy, runPolicy, shortPolicy, type Limits } from './waitPolicies';
import { waitFor, type WaitPolicy } from './waitFor';
import {
  ConfigureNotification,
  EngineError,
  EventNotification,
  fromResponseError,
  HeldNotification,
  LoadNotification,
  LoadRequest,
  ProbeRequest,
  RunRequest,
  StatusRequest,
  TellNotification,
  UnloadRequest,
  type EngineSettings,
  type EngineStatus,
  type HeldModel,
  type LoadedModel,
  type LoadProgress,
  type ModelSource,
  type Priority,
} from './protocol';
import type { ServerAddress, ServerDescription } from '../remote/source';
import { t } from '../l10n/language';

export {
  EngineError,
  type EngineErrorCode,
  type EngineSettings,
  type EngineStatus,
  type HeldModel,
  type LoadedModel,
  type LoadProgress,
  type ModelSource,
  type Priority,
} from './protocol';

export type { NetworkSettings, RemoteSource, ServerAddress, ServerDescription } from '../remote/source';

export type EngineState = 'stopped' | 'starting' | 'ready' | 'failed';

export interface EngineClientOptions {
  /** Path of the engine's bundle, `dist/engine.js`. */
  readonly entry: string;
  /** Takes what the engine writes, and what befalls it. */
  readonly log: (line: string) => void;
  readonly onState?: (state: EngineState) => void;
  /** Told while a model is prepared for its first use; after the engine's end nothing more is told. */
  readonly onLoading?: (progress: LoadProgress) => void;
  /** Told of the models in the engine's memory whenever they change. */
  readonly onHeld?: (models: readonly HeldModel[]) => void;
  /** Asked for whenever the engine starts, and by `configure`. */
  readonly settings?: () => EngineSettings;
  /** Environment variables beside those of this process. */
  readonly env?: Record<string, string>;
  /** Milliseconds for which an engine that owes an answer may neither answer nor work before it is ended; 15,000 unless told. */
  readonly hangMs?: number;
  /** Milliseconds that callers wait at most for an answer to these requests; `load` counts from its last progress. */
  readonly limits?: Partial<Limits>;
}

export interface RunOptions<Event = unknown> {
  /** Further models, where the experiment compares some. */
  readonly others?: readonly ModelSource[];
  readonly onEvent?: (event: Event) => void;
  readonly signal?: AbortSignal;
  /** `panel` when left out. */
  readonly priority?: Priority;
  /** Nobody has asked for it yet; false unless told. See `RunParameters`. */
  readonly ahead?: boolean;
  /** Called as the run begins, with what tells it something while it goes on. */
  readonly onBegin?: (tell: (message: unknown) => void) => void;
  /** Whether a stop asks the run to put things in order, so that its answer is waited for; false unless told. */
  readonly keepsOnStop?: boolean;
}

/** How long the end of a process may go unnoticed after the first sign of it. */
const NOTICE_MS = 500;

type Send<T> = (engine: EngineProcess, token: CancellationToken) => Promise<T>;

/**
 * Requests to the engine. All of them reject with an `EngineError`: `parameter` and `model` for what the caller
 * gave, those of `RemoteError` for servers, `engine` when the process died (the next request starts it again), `stopped` after `dispose` or when a
 * stop came before there was anything to answer.
 *
 * No caller waits for the engine's sake: a stop is answered at once, whatever the engine is at, and what it answers
 * later is dropped. As long as it owes that answer it is watched, and ended if it hangs; see `Watchdog`.
 */
export class EngineClient {
  readonly #options: EngineClientOptions;
  readonly #listeners = new Map<number, (event: unknown) => void>();
  #engine: EngineProcess | undefined;
  #runs = 0;
  #pending = 0;
  /** Starts the limits of loads anew. */
  readonly #loads = new Set<() => void>();
  #disposed = false;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  /** The engine's process id while it runs. */
  get pid(): number | undefined {
    return this.#engine?.pid;
  }

  /** Requests that have not been answered. */
  get pending(): number {
    return this.#pending;
  }

  /** Starts the process for requests that are about to come. */
  start(): void {
    if (!this.#disposed) this.#ensureEngine();
  }

  /** Loads a model, or finds it loaded. */
  async load(source: ModelSource, signal?: AbortSignal): Promise<LoadedModel> {
    let renewal: (() => void) | undefined;
    try {
      const loaded = await this.#request(
        signal,
        (engine, token) => engine.connection.sendRequest(LoadRequest, { source }, token),
        loadPolicy(source, this.#options.limits),
        (renew) => {
          renewal = renew;
          this.#loads.add(renew);
        },
      );
      return ownBuffers(loaded);
    } finally {
      if (renewal) this.#loads.delete(renewal);
    }
  }

  /**
   * Asks a server what it is. Rejects also with the codes of a `RemoteError`; where a server asks for a key and none
   * is given, with `access` or with a description that says so.
   */
  probe(server: ServerAddress, signal?: AbortSignal): Promise<ServerDescription> {
    return this.#request(
      signal,
      (engine, token) => engine.connection.sendRequest(ProbeRequest, { server }, token),
      probePolicy(server, this.#options.limits),
    );
  }

  /**
   * Runs an experiment. Its events arrive in order, all of them before the result. After an abort of the signal
   * the run resolves with the experiment's own partial result.
   */
  async run(
    experiment: string,
    source: ModelSource,
    parameters: unknown,
    options: RunOptions = {},
  ): Promise<unknown> {
    const { signal, priority = 'panel', others, onBegin, keepsOnStop = false, ahead } = options;
    const { onEvent = () => undefined } = options;
    return this.#listening(onEvent, async (run) => {
      const { result } = await this.#request(
        signal,
        (engine, token) => {
          onBegin?.((message) => {
            void this.#tell(engine, run, message);
          });
          return engine.connection.sendRequest(
            RunRequest,
            {
              run,
              experiment,
              source,
              parameters,
              priority,
              ...(others && { others }),
              ...(ahead && { ahead }),
            },
            token,
          );
        },
        runPolicy(priority, keepsOnStop),
      );
      return ownBuffers(result);
    });
  }

  async #tell({ connection }: EngineProcess, run: number, message: unknown): Promise<void> {
    try {
      await connection.sendNotification(TellNotification, { run, message });
    } catch (error) {
      // A connection that has been closed throws at once.
      this.#options.log(`The model process could not be told ${JSON.stringify(message)}: ${String(error)}`);
    }
  }

  /** Tells a running engine the settings of now; one that starts later asks for them then. */
  configure(): void {
    if (this.#engine?.usable) this.#sendSettings(this.#engine);
  }

  async #listening<T>(onEvent: (event: unknown) => void, request: (run: number) => Promise<T>): Promise<T> {
    const run = this.#runs++;
    this.#listeners.set(run, onEvent);
    try {
      return await request(run);
    } finally {
      this.#listeners.delete(run);
    }
  }

  /** Frees a model's memory once no run uses it; does nothing where no engine runs. */
  async unload(source: ModelSource): Promise<void> {
    if (!this.#engine?.usable) return;
    await this.#request(
      undefined,
      (engine) => engine.connection.sendRequest(UnloadRequest, { source }),
      shortPolicy('unload', this.#options.limits),
    );
  }

  /** What the engine holds and does. */
  status(): Promise<EngineStatus> {
    return this.#request(
      undefined,
      (engine) => engine.connection.sendRequest(StatusRequest),
      shortPolicy('status', this.#options.limits),
    );
  }

  /** Ends the process and rejects what is pending; resolves when the process is gone. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#engine?.end(shutDown());
  }

  async #request<T>(
    signal: AbortSignal | undefined,
    send: Send<T>,
    policy: WaitPolicy,
    onLimit?: (renew: () => void) => void,
  ): Promise<T> {
    if (this.#disposed) throw shutDown();
    if (signal?.aborted) throw new EngineError('stopped', t('Stopped before it began.'));
    const engine = this.#ensureEngine();
    const source = new CancellationTokenSource();
    let unwatch: (() => void) | undefined;
    const owed = (): void => {
      source.cancel();
      unwatch ??= engine.watch();
    };
    const answer = this.#answer(engine, send, source.token).finally(() => {
      unwatch?.();
      source.dispose();
    });
    this.#pending += 1;
    try {
      return await waitFor(answer, { signal, onOwed: owed, ...policy, ...(onLimit && { onLimit }) });
    } finally {
      this.#pending -= 1;
    }
  }

  async #answer<T>(engine: EngineProcess, send: Send<T>, token: CancellationToken): Promise<T> {
    try {
      return await send(engine, token);
    } catch (error) {
      throw fromResponseError(error) ?? (await this.#lost(engine, error));
    }
  }

  /** What to say of a request that failed without an answer of the engine: as a rule, that the process is gone. */
  async #lost(engine: EngineProcess, error: unknown): Promise<EngineError> {
    // A write can fail a moment before the end of the process is known.
    const ended = await Promise.race([engine.ended, sleep(NOTICE_MS, undefined, { ref: false })]);
    if (ended) return ended;
    const what = messageOf(error);
    return new EngineError('engine', t('The request could not be sent to the model process: {0}.', what));
  }

  #sendSettings({ connection }: EngineProcess): void {
    const settings = this.#options.settings?.();
    if (!settings) return;
    connection.sendNotification(ConfigureNotification, settings).catch((error: unknown) => {
      this.#options.log(`The settings could not be sent to the model process: ${String(error)}`);
    });
  }

  #ensureEngine(): EngineProcess {
    if (this.#engine?.usable) return this.#engine;
    const { entry, env = {}, log, onState, hangMs = 15_000 } = this.#options;
    onState?.('starting');
    const engine = new EngineProcess({ entry, env, log, hangMs });
    this.#engine = engine;
    engine.connection.onNotification(EventNotification, ({ run, event }) => {
      this.#listeners.get(run)?.(ownBuffers(event));
    });
    engine.connection.onNotification(LoadNotification, (progress) => {
      for (const renew of this.#loads) renew();
      this.#options.onLoading?.(progress);
    });
    engine.connection.onNotification(HeldNotification, ({ models }) => this.#options.onHeld?.(models));
    this.#sendSettings(engine);
    engine.connection.sendRequest(StatusRequest).then(
      () => onState?.('ready'),
      () => undefined, // `ended` tells.
    );
    void engine.ended.then((error) => {
      if (this.#engine !== engine) return;
      this.#engine = undefined;
      this.#options.onHeld?.([]);
      if (!this.#disposed) log(error.message);
      onState?.(this.#disposed ? 'stopped' : 'failed');
    });
    return engine;
  }
}

function shutDown(): EngineError {
  return new EngineError('stopped', t('The model process was shut down.'));
}
