/** From a model's source to the model. */
import { mkdir } from 'node:fs/promises';
import type { LanguageModel } from '../core/languageModel';
import { messageOf } from '../core/messageOf';
import { ToyModel } from '../core/toyModel';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { cacheBytes, estimateMemory, PROCESS_BYTES } from '../library/memory';
import { inspectHere } from '../library/inspect';
import type { NetworkSettings, ServerAddress, ServerDescription } from '../remote/source';
import type { LoadTools } from './models';
import { EngineError, type ModelSource } from './protocol';
import { t } from '../l10n/language';

/** Bytes for texts read earlier, where no limit is set. */
const PROMPT_CACHE_BYTES = 256e6;

/**
 * Loads a model; the first time that one is wanted in quantized form, writes that form.
 * @throws RangeError when a toy's words or logits cannot be used.
 * @throws EngineError with code `model` when a checkpoint is missing, damaged or of the wrong shape, or when
 * ONNX Runtime cannot be loaded on this machine; `stopped` when it was stopped.
 * @throws RemoteError when a server cannot be used.
 */
export async function loadModel(source: ModelSource, tools: LoadTools): Promise<LanguageModel> {
  if (source.kind === 'toy') return new ToyModel(source);
  const { signal, onProgress, threads, memoryLimit, network } = tools;
  if (source.kind === 'remote') {
    const { loadRemote } = await import('../remote/loadRemote');
    try {
      return await loadRemote(source, { network, signal });
    } catch (error) {
      if (signal.aborted) throw new EngineError('stopped', t('Connecting to {0} was stopped.', source.name));
      throw error;
    }
  }
  // Loaded at first use, so that the toy works where GPT-2 cannot.
  const [{ loadGpt2 }, { RuntimeError }] = await Promise.all([
    import('../onnx/loadGpt2'),
    import('../onnx/runtime'),
  ]);
  const { precision, cacheDirectory } = source;
  try {
    if (cacheDirectory !== undefined) await mkdir(cacheDirectory, { recursive: true });
    return await loadGpt2(source, {
      signal,
      onProgress,
      // What this process writes is the log that a user can open.
      onNote: console.warn,
      promptCacheBytes: Math.min(PROMPT_CACHE_BYTES, (memoryLimit ?? Infinity) / 8),
      ...(threads !== undefined && { threads }),
      ...(precision !== undefined && { precision }),
      ...(cacheDirectory !== undefined && { cacheDirectory }),
    });
  } catch (error) {
    if (signal.aborted) {
      throw new EngineError('stopped', t('Preparing {0} was stopped; nothing of it was kept.', source.name));
    }
    throw modelError(source.name, error, error instanceof RuntimeError);
  }
}

/** What answers at an address. @throws RemoteError */
export async function probeServer(
  server: ServerAddress,
  network: NetworkSettings | undefined,
  signal: AbortSignal,
): Promise<ServerDescription> {
  const { probeServer: probe } = await import('../remote/loadRemote');
  return probe(server, { network, signal });
}

/**
 * Bytes that a model needs beside the process: its weights and one full context.
 * @throws EngineError as `loadModel`.
 */
export async function modelMemory(source: ModelSource): Promise<number> {
  if (source.kind !== 'gpt2') return 0;
  try {
    const { shape, ...folder } = await inspectHere(source.directory);
    return folder.format === 'onnx'
      ? folder.bytes + cacheBytes(shape)
      : estimateMemory(shape, source.precision ?? 'fp32') - PROCESS_BYTES;
  } catch (error) {
    throw modelError(source.name, error, false);
  }
}

/** @param known whether the error is a sentence for people; anything but that and ModelFileError is introduced. */
function modelError(name: string, error: unknown, known: boolean): EngineError {
  const what = messageOf(error);
  const told = known || error instanceof ModelFileError;
  return new EngineError('model', told ? what : t('The model {0} cannot be used: {1}', name, what));
}
