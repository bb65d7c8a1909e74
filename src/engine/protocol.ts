/**
 * Requests between the client (in the extension) and the engine process, over JSON-RPC. Messages travel as
 * structured clones, not as JSON text: typed arrays stay typed arrays.
 */
import { NotificationType, RequestType, RequestType0, ResponseError } from 'vscode-jsonrpc/node';
import type { ModelInfo, Vocabulary } from '../core/languageModel';

/** Where a model comes from. */
export type ModelSource =
  | { readonly kind: 'toy'; readonly words: readonly string[]; readonly logits: readonly number[] }
  | { readonly kind: 'gpt2'; readonly id: string; readonly name: string; readonly directory: string };

/** What kind of thing went wrong: a parameter, a model's files, the engine itself, or that it was stopped. */
export type EngineErrorCode = 'parameter' | 'model' | 'engine' | 'stopped';

/** An error of the engine; its message is a sentence for people. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, sentence: string) {
    super(sentence);
    this.code = code;
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
  readonly parameters: unknown;
}

export interface EngineStatus {
  /** Ids of the models in memory, least recently used first. */
  readonly models: readonly string[];
  /** Runs that have not been answered. */
  readonly running: number;
}

interface ErrorData {
  readonly code: EngineErrorCode;
}

export const LoadRequest = new RequestType<{ source: ModelSource }, LoadedModel, ErrorData>('load');
export const RunRequest = new RequestType<RunParameters, { result: unknown }, ErrorData>('run');
/** Frees a model's memory as soon as nothing uses it. */
export const UnloadRequest = new RequestType<{ source: ModelSource }, { unloaded: boolean }, ErrorData>(
  'unload',
);
export const StatusRequest = new RequestType0<EngineStatus, ErrorData>('status');
/** A partial result of a run. */
export const EventNotification = new NotificationType<{ run: number; event: unknown }>('event');

/** JSON-RPC's range for errors of the application. */
const APPLICATION_ERROR = -32001;
const codes: readonly string[] = ['parameter', 'model', 'engine', 'stopped'] satisfies EngineErrorCode[];

export function toResponseError(error: EngineError): ResponseError<ErrorData> {
  return new ResponseError(APPLICATION_ERROR, error.message, { code: error.code });
}

/** The engine's error as it was thrown there; undefined when the error is JSON-RPC's own. */
export function fromResponseError(error: unknown): EngineError | undefined {
  if (!(error instanceof ResponseError)) return undefined;
  const { code } = (error.data ?? {}) as Partial<ErrorData>;
  return code !== undefined && codes.includes(code) ? new EngineError(code, error.message) : undefined;
}
