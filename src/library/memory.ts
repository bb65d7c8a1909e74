/** Memory that a model needs here, before it is loaded. */
import { totalmem } from 'node:os';
import { blockBytes, blockCount, fitted } from '../gpt2/quantized/blockQuantization';
import { QUANTIZED_VARIANTS } from '../gpt2/quantized/quantizedLayout';
import type { ModelShape } from './catalog';

/** How the weights are kept in memory: as float32, or quantized (see `QUANTIZED_VARIANTS`). */
export type Precision = 'fp32' | keyof typeof QUANTIZED_VARIANTS;

export const PRECISIONS: readonly Precision[] = ['fp32', 'int8', 'int8-fast', 'int4'];

/** The engine process with ONNX Runtime and the tokenizer, and the largest intermediate results; measured. */
export const PROCESS_BYTES = 300e6;

/**
 * Bytes that one model and one full context need.
 * @param shape layers, width, context and vocabulary of the GPT-2.
 */
export function estimateMemory(shape: ModelShape, precision: Precision): number {
  const { layers, width, context, vocabulary } = shape;
  const vectors = 4 * (context * width + layers * 13 * width + 2 * width);
  const matrix = (outputs: number, inputs: number, part: 'layers' | 'embedding'): number => {
    if (precision === 'fp32') return outputs * inputs * 4;
    const format = fitted(QUANTIZED_VARIANTS[precision][part], inputs);
    // Each block of weights has its codes and a float32 scale.
    return outputs * blockCount(inputs, format) * (blockBytes(format) + 4);
  };
  const matrices = matrix(vocabulary, width, 'embedding') + layers * 12 * matrix(width, width, 'layers');
  return matrices + vectors + cacheBytes(shape) + PROCESS_BYTES;
}

/** What a training's memory depends on. */
export interface TrainingShape extends Omit<ModelShape, 'context'> {
  readonly parameters: number;
  readonly heads: number;
  readonly dropout: number;
  /** Tokens of a window. */
  readonly length: number;
}

/**
 * Bytes that a training takes beside the process: `fixed`, and for every window of a batch. Fixed are, per parameter,
 * the weight, its gradient and two moments, and four copies of the largest table while its gradient is made. A
 * token's numbers in `window` were fitted to the memory that 12 trainings of seven shapes took, and rounded up.
 */
export function trainingMemory({
  parameters,
  layers,
  width,
  vocabulary,
  heads,
  dropout,
  length,
}: TrainingShape): {
  readonly fixed: number;
  readonly window: number;
} {
  const hidden = 34 * layers * width;
  const attention = (dropout > 0 ? 4.1 : 1.5) * layers * heads * length;
  return {
    fixed: 16 * parameters + 16 * vocabulary * width,
    window: 4 * length * (hidden + attention + 2.1 * vocabulary),
  };
}

/** Bytes of the keys and values of one full context. */
export function cacheBytes({ layers, width, context }: ModelShape): number {
  return 2 * layers * width * context * 4;
}

/** Memory of this machine, in bytes. */
export interface MachineMemory {
  /** Free for a new process without pushing others out, as far as the system says. */
  readonly free: number;
  readonly total: number;
}

/** Asks the system; a limit on this process's group (a container) counts. */
export function machineMemory(): MachineMemory {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const available = process.availableMemory();
  // macOS keeps nearly all memory filled with what it can drop, and does not count that as available.
  const free = process.platform === 'darwin' ? Math.max(available, total / 2) : available;
  return { free: Math.min(free, total), total };
}

/** What a model needs and whether it fits now, by precision; precisions that it cannot have are missing. */
export type MemoryNeed = Readonly<
  Partial<Record<Precision, { readonly bytes: number; readonly fits: boolean }>>
>;

/**
 * Compares a model's needs with the memory that is free.
 * @param asItIs bytes of weights and cache of a model that can be run only as it is stored.
 */
export function memoryNeed(shape: ModelShape, memory: MachineMemory, asItIs?: number): MemoryNeed {
  const need = (bytes: number): { bytes: number; fits: boolean } => ({ bytes, fits: bytes <= memory.free });
  if (asItIs !== undefined) return { fp32: need(asItIs + PROCESS_BYTES) };
  return Object.fromEntries(PRECISIONS.map((p) => [p, need(estimateMemory(shape, p))]));
}
