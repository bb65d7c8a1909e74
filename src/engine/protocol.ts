/**
 * Requests between the client (in the extension) and the engine process, over JSON-RPC. Messages travel as
 * structured clones, not as JSON text: typed arrays stay typed arrays.
 */
import { NotificationType, RequestType, RequestType0, ResponseError } from 'vscode-jsonrpc/node';
import type { ModelInfo, Vocabulary } from '../core/languageModel';
import type { Offer } from '../experiments/kit/offers';
import type { Precision } from '../library/memory';
import type { RemoteErrorCode } from '../remote/remoteError';
import type { NetworkSettings, RemoteSource, ServerAddress, ServerDescription } from '../remote/source';

/** Where a model comes from. */
export type ModelSource =
  | { readonly kind: 'toy'; readonly words: readonly string[]; readonly logits: readonly number[] }
  | {
      readonly kind: 'gpt2';
      readonly id: string;
      readonly name: string;
      readonly directory: string;
      /** How the weights are held; `fp32` when left out. */
      readonly precision?: Precision;
      /** Folder for the file of quantized weights; the model's own when left out. */
      readonly cacheDirectory?: string;
    }
  | RemoteSource;

/** What a user chose for the engine. */
export interface EngineSettings {
  /** Processors that a model uses; half of them when left out. */
  readonly threads?: number;
  /** Most bytes that the process and its models may take; what is free when left out. */
  readonly memoryLimit?: number;
  /** Milliseconds after its last use at which a model is freed; never when left out. */
  readonly unloadAfter?: number;
  /** Whether runs wait for those of higher priority; they take turns otherwise. */
  readonly prioritize: boolean;
  /** How servers are reached. */
  readonly network?: NetworkSettings;
}

/** Who waits for a run: a user who types, one who looks at the panel, nobody in particular. */
export type Priority = 'typing' | 'panel' | 'background';

/** How far the preparation of a model is; `done` equals `total` when it is over, also when it failed. */
export interface LoadProgress {
  readonly source: ModelSource;
  readonly done: number;
  readonly total: number;
}

/** What kind of thing went wrong: a parameter, a model's files, the engine itself, that it was stopped, or a server. */
export type EngineErrorCode = 'parameter' | 'model' | 'engine' | 'stopped' | RemoteErrorCode;

/** An error of the engine; its message is a sentence for people. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  /** What can be run in place of what was refused. */
  readonly offers: readonly Offer[];

  constructor(code: EngineErrorCode, sentence: string, offers: readonly Offer[] = []) {
    super(sentence);
    this.code = code;
    this.offers = offers;
  }
}

export interface LoadedModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
}

export interface RunParameters {
  /** Chosen by the client; the run's events repeat it. */
  readonly run: number;
  readonly experiment: string;
  readonly source: ModelSource;
  /** Further models, where the experiment compares some. */
  readonly others?: readonly ModelSource[];
  readonly parameters: unknown;
  /** `panel` when left out. */
  readonly priority?: Priority;
  /** Nobody has asked for it yet: it goes on behind its first answer once it is told anything. */
  readonly ahead?: boolean;
}

export interface EngineStatus {
  /** Ids of the models in memory, least recently used first. */
  readonly models: readonly string[];
  /** Ids of the models that are used now, and of those whose files a training reads. */
  readonly busy: readonly string[];
  /** Runs that have not been answered. */
  readonly running: number;
}

/** A model in the engine's memory. */
export interface HeldModel {
  /** As in its source. */
  readonly id: string;
  /** What it takes: by how much the process has grown with it, or where that is not known, what it needs. */
  readonly bytes: number;
  readonly measured: boolean;
}

interface ErrorData {
  readonly code: EngineErrorCode;
  readonly offers: readonly Offer[];
}

export const LoadRequest = new RequestType<{ source: ModelSource }, LoadedModel, ErrorData>('load');
export const RunRequest = new RequestType<RunParameters, { result: unknown }, ErrorData>('run');
/** Frees a model's memory as soon as nothing uses it. */
export const UnloadRequest = new RequestType<{ source: ModelSource }, { unloaded: boolean }, ErrorData>(
  'unload',
);
export const StatusRequest = new RequestType0<EngineStatus, ErrorData>('status');
/** Asks a server what it is. */
export const ProbeRequest = new RequestType<{ server: ServerAddress }, ServerDescription, ErrorData>('probe');
/** Takes effect for what comes next; models in memory are loaded again where they must be. */
export const ConfigureNotification = new NotificationType<EngineSettings>('configure');
/** What a run that goes on is told; one that has ended or does not listen takes no notice. */
export const TellNotification = new NotificationType<{ run: number; message: unknown }>('tell');
/** The models in memory, whenever one came or went, or it became known what one takes. */
export const HeldNotification = new NotificationType<{ models: readonly HeldModel[] }>('held');
export const LoadNotification = new NotificationType<LoadProgress>('loading');
/** A partial result of a run. */
export const EventNotification = new NotificationType<{ run: number; event: unknown }>('event');

/** JSON-RPC's range for errors of the application. */
const APPLICATION_ERROR = -32001;
const CODES: Readonly<Record<EngineErrorCode, true>> = {
  ...{ parameter: true, model: true, engine: true, stopped: true },
  ...{ network: true, access: true, missing: true, refused: true, answer: true },
};

export function toResponseError(error: EngineError): ResponseError<ErrorData> {
  return new ResponseError(APPLICATION_ERROR, error.message, {
    code: error.code,
    offers: error.offers,
  });
}

/** The engine's error as it was thrown there; undefined when the error is JSON-RPC's own. */
export function fromResponseError(error: unknown): EngineError | undefined {
  if (!(error instanceof ResponseError)) return undefined;
  const { code, offers } = (error.data ?? {}) as Partial<ErrorData>;
  return code !== undefined && Object.hasOwn(CODES, code)
    ? new EngineError(code, error.message, offers)
    : undefined;
}
