import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../core/messageOf';
import type { Graph } from '../gpt2/graph/graph';
import { encodeOnnx } from './encode';
import { nativeCall } from './nativeCalls';
import { t } from '../l10n/language';
import { thisMachine, whyNoRuntime } from './platforms';

type Runtime = typeof ort;

/** onnxruntime-node cannot be loaded, or it refused a graph. The message is a sentence for people. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

export type Tensors = Record<string, Tensor>;

/** A graph ready to run. */
export interface Session {
  /**
   * Runs the graph; the thread is blocked from start to end. Inputs are read where they lie.
   * Other work of this process gets its turn before each run.
   * @param wanted names of outputs; without it all of them come. They are arrays of their own, each a copy.
   */
  run(inputs: Tensors, wanted?: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  /** Runs the graph as `run` does; the outputs named in `outputs` are written where those tensors lie, not copied. */
  runInto(inputs: Tensors, outputs: Tensors): Promise<void>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** Folder in which the graph's constants lie. */
  readonly directory: string;
  readonly threads?: number | undefined;
  /**
   * False: no second, joined block of memory is laid out for a shape that comes again. It makes small runs quicker;
   * a large one takes half as much memory again for it.
   */
  readonly memoryPattern?: boolean;
}

/**
 * A graph's first output, for `runInto`. When a graph has run, onnxruntime-node copies every output into a new array,
 * those too that were written where they were wanted: for a training step as many bytes as the model has, which the
 * system has to find and to clear each time. It copies in the order of the outputs, and refuses a sequence: with one
 * at their head the call ends when all is written and nothing copied.
 */
const SEQUENCE = 'decoding-lab.none';
/** What the refusal says. A version that takes sequences would say nothing, and copy. */
const REFUSED = 'Non tensor type';

/**
 * Half of the processors, at most 8: memory is the limit then, and an editor needs the others. Two hyperthreads of one
 * core count as two processors, and multiply little faster than one; of a Mac's processors some are slow; and every
 * operator ends with its slowest thread, also with one that another program keeps waiting. On two processors
 * (`npm run bench -- threads`), a second thread made GPT-2 124M 1.3 to 1.8 times as fast with 32-bit weights, hardly
 * faster with 8-bit ones, the bundled model slower, and the panel missed more frames: there it is one.
 */
export function defaultThreads(): number {
  return Math.min(8, Math.max(1, Math.floor(availableParallelism() / 2)));
}

/** Loads the native binding on first use, so that a machine without it can still use the toy model. */
export async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new RuntimeError(whyNoRuntime(error, thisMachine()), { cause: error });
  }
}

/** @throws RuntimeError when the binding cannot be loaded, or there is too little memory for the weights. */
export async function createSession(graph: Graph, options: SessionOptions): Promise<Session> {
  const runtime = await loadRuntime();
  let session: InferenceSession;
  try {
    const bytes = encodeOnnx(graph, SEQUENCE);
    const settings = {
      intraOpNumThreads: options.threads ?? defaultThreads(),
      graphOptimizationLevel: 'all',
      enableMemPattern: options.memoryPattern ?? true,
      extra: {
        session: {
          // A graph given as bytes has no folder of its own; its constants may lie only below this one.
          model_external_initializers_file_folder_path: options.directory,
          // Waiting threads sleep: spinning halves the speed of a shared machine and burns a core when idle.
          intra_op: { allow_spinning: '0' },
        },
      },
    } satisfies InferenceSession.SessionOptions;
    session = await nativeCall(() => runtime.InferenceSession.create(bytes, settings));
  } catch (error) {
    throw new RuntimeError(
      t(
        'The model in {0} could not be loaded by onnxruntime: {1}. Free memory or choose a smaller model; if it persists, download the model again.',
        options.directory,
        messageOf(error),
      ),
    );
  }
  const names = graph.outputs.map(({ name }) => name);
  return {
    run: (inputs, wanted = names) => nativeCall(() => session.run(inputs, wanted)),
    runInto: async (inputs, outputs) => {
      try {
        await nativeCall(() => session.run(inputs, { [SEQUENCE]: null, ...outputs }));
      } catch (error) {
        if (!messageOf(error).startsWith(REFUSED)) throw error;
      }
    },
    release: () => session.release(),
  };
}
