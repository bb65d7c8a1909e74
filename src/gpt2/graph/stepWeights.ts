import { relative, sep } from 'node:path';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { Gpt2Config } from '../checkpoint/config';
import type { ElementType, GraphBuilder } from './graph';
import type { Dtype } from '../checkpoint/safetensors';

/** How a graph gets at the weights of a model, in float32 or quantized. Names are those of the checkpoint. */
export interface StepWeights {
  readonly config: Gpt2Config;
  /** The token embeddings of `ids` [n]: float32 [n, width]. */
  embed(g: GraphBuilder, ids: string): string;
  /** A tensor as it is, in float32. */
  tensor(g: GraphBuilder, name: string): string;
  /** `input` [n, inputs] times the matrix `${name}.weight`, plus `${name}.bias`: float32 [n, outputs]. */
  linear(g: GraphBuilder, input: string, name: string): string;
  /** Logits of hidden states [n, width]: float32 [n, vocabulary]. */
  logits(g: GraphBuilder, hidden: string): string;
}

const ELEMENT_TYPES: Readonly<Record<Dtype, ElementType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/** Number of `TensorProto.DataType.FLOAT`, to which `Cast` widens. */
const FLOAT = 1;

/** The weights where they lie in the checkpoint; half-width numbers are widened when the graph is loaded. */
export function checkpointWeights(checkpoint: Checkpoint): StepWeights {
  const { config } = checkpoint;
  const tensor = (g: GraphBuilder, name: string): string => {
    const { dtype, shape, file, offset, byteLength } = checkpoint.weights.get(name)!;
    const location = relative(checkpoint.directory, file).split(sep).join('/');
    const stored = g.constant({
      name,
      type: ELEMENT_TYPES[dtype],
      shape,
      data: { file: location, offset, byteLength },
    });
    return dtype === 'F32' ? stored : g.add('Cast', [stored], { to: FLOAT });
  };
  return {
    config,
    tensor,
    embed: (g, ids) => g.add('Gather', [tensor(g, 'wte.weight'), ids]),
    linear: (g, input, name) =>
      g.add('Gemm', [input, tensor(g, `${name}.weight`), tensor(g, `${name}.bias`)]),
    logits: (g, hidden) =>
      g.add('Gemm', [hidden, tensor(g, config.tied ? 'wte.weight' : 'lm_head.weight')], { transB: 1 }),
  };
}
