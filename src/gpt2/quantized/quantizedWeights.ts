import { basename } from 'node:path';
import { blockBytes, blockCount } from './blockQuantization';
import { expectedShapes, type Checkpoint } from '../checkpoint/checkpoint';
import type { Constant, GraphBuilder } from '../graph/graph';
import type { QuantizedFile } from './quantizedFile';
import { matrixPlan, type MatrixPlan, type QuantizedVariant } from './quantizedLayout';
import type { StepWeights } from '../graph/stepWeights';

/** `accuracy_level` that lets products run on whole numbers: activations are quantized block by block to 8 bits. */
const INT8_PRODUCTS = 4;

/** A quantized model's weights. The embedding and the output projection tied to it are the same bytes. */
export function quantizedWeights(
  { config }: Checkpoint,
  variant: QuantizedVariant,
  { file, layout }: QuantizedFile,
): StepWeights {
  const shapes = new Map(expectedShapes(config));
  const stored = (
    g: GraphBuilder,
    name: string,
    type: 'float32' | 'uint8',
    shape: readonly number[],
    alias = name,
  ): string => {
    const byteLength = shape.reduce((a, b) => a * b, type === 'float32' ? 4 : 1);
    const data: Constant['data'] = { file: basename(file), offset: layout.offsets.get(name)!, byteLength };
    return g.constant({ name: alias, type, shape, data });
  };
  const matrix = (g: GraphBuilder, name: string): { plan: MatrixPlan; codes: string; scales: string } => {
    const plan = matrixPlan(name, shapes.get(name)!, variant)!;
    const blocks = blockCount(plan.inputs, plan.format);
    return {
      plan,
      codes: stored(g, `${name}.codes`, 'uint8', [plan.outputs, blocks, blockBytes(plan.format)]),
      scales: stored(g, `${name}.scales`, 'float32', [plan.outputs, blocks]),
    };
  };
  const multiply = (g: GraphBuilder, input: string, name: string, bias: readonly string[]): string => {
    const { plan, codes, scales } = matrix(g, name);
    return g.add('com.microsoft.MatMulNBits', [input, codes, scales, ...bias], {
      K: plan.inputs,
      N: plan.outputs,
      bits: plan.format.bits,
      block_size: plan.format.blockSize,
      accuracy_level: INT8_PRODUCTS,
    });
  };
  const tensor = (g: GraphBuilder, name: string): string => stored(g, name, 'float32', shapes.get(name)!);

  return {
    config,
    tensor,
    embed: (g, ids) => {
      const { plan, scales } = matrix(g, 'wte.weight');
      const width = blockCount(plan.inputs, plan.format) * plan.format.blockSize;
      // The same bytes once more, as one row per token.
      const rows = stored(g, 'wte.weight.codes', 'uint8', [plan.outputs, width], 'wte.weight.rows');
      const gathered = g.add('com.microsoft.GatherBlockQuantized', [rows, ids, scales], {
        bits: plan.format.bits,
        block_size: plan.format.blockSize,
        gather_axis: 0,
        quantize_axis: 1,
      });
      // The last block of a row may be filled up with zeros.
      return width === config.width
        ? gathered
        : g.add('Slice', [gathered, g.integers(0), g.integers(config.width), g.integers(1)]);
    },
    // Inputs 3 and 4, zero points and group indices, are left out.
    linear: (g, input, name) => multiply(g, input, `${name}.weight`, ['', '', tensor(g, `${name}.bias`)]),
    logits: (g, hidden) => multiply(g, hidden, config.tied ? 'wte.weight' : 'lm_head.weight', []),
  };
}
