/**
 * The 8-bit layout of transformers.js' own models (`model_quantized.onnx`): ONNX Runtime's dynamic quantization.
 * Every matrix and the tables of embeddings are signed bytes with one scale each; what is multiplied by a matrix is
 * quantized while the model runs.
 */
import { Nodes, type WritableModel, type WritableNode } from '../../unit/library/optimumExport';

/** ONNX's numbers of types. */
const FLOAT = 1;
const INT8 = 3;

/** The names of a quantized tensor, of its scale and of its zero point. */
type Quantized = readonly [codes: string, scale: string, zero: string];

/** Quantizes an export in place; its weights must be in it. */
export function quantizeExport({ graph }: WritableModel): void {
  const added = new Nodes('quantized_');
  const floats = new Map<string, { readonly dims: number[]; readonly values: Float32Array }>();
  for (const { name, dims, rawData, dataType } of graph.initializer) {
    if (typeof name !== 'string' || !Array.isArray(dims) || !Buffer.isBuffer(rawData)) continue;
    if (dataType !== FLOAT || dims.length !== 2) continue;
    const values = new Float32Array(rawData.buffer, rawData.byteOffset, rawData.length / 4);
    floats.set(name, { dims: dims.map(Number), values });
  }
  const known = new Map<string, Quantized>();
  const quantized = (weight: string, transposed = false): Quantized => {
    const key = `${weight} ${String(transposed)}`;
    const names = known.get(key) ?? quantize(floats.get(weight)!, transposed, added);
    known.set(key, names);
    return names;
  };

  /** What the output of a node that transposes a weight is of. */
  const transposes = new Map<string, string>();
  const replaced = graph.node.flatMap((node): WritableNode[] => {
    const { opType, input, output } = node;
    const nodes = new Nodes(`${output[0]!}_`);
    if (opType === 'Transpose' && floats.has(input[0]!)) {
      transposes.set(output[0]!, input[0]!);
      return [];
    }
    if (opType === 'Gather' && floats.has(input[0]!)) {
      const [codes, scale, zero] = quantized(input[0]!);
      nodes.push('DequantizeLinear', [nodes.one('Gather', [codes, input[1]!]), scale, zero], output);
      return nodes.nodes;
    }
    const tied = transposes.get(input[1]!);
    const weight = tied ?? input[1]!;
    if (opType !== 'MatMul' || !floats.has(weight)) return [node];
    const [codes, scale, zero] = quantized(weight, tied !== undefined);
    const [given, givenScale, givenZero] = nodes.many('DynamicQuantizeLinear', [input[0]!], 3);
    const product = nodes.one('MatMulInteger', [given!, codes, givenZero!, zero]);
    const factor = nodes.one('Mul', [givenScale!, scale]);
    nodes.push('Mul', [nodes.one('Cast', [product], { to: FLOAT }), factor], output);
    return nodes.nodes;
  });
  graph.node.splice(0, Infinity, ...replaced);
  const kept = graph.initializer.filter(({ name }) => typeof name !== 'string' || !floats.has(name));
  graph.initializer.splice(0, Infinity, ...kept, ...added.initializers);
}

function quantize(
  { dims, values }: { readonly dims: readonly number[]; readonly values: Float32Array },
  transposed: boolean,
  nodes: Nodes,
): Quantized {
  const [rows, columns] = [dims[0]!, dims[1]!];
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const scale = most / 127;
  const codes = new Int8Array(values.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      codes[transposed ? j * rows + i : i * columns + j] = Math.round(values[i * columns + j]! / scale);
    }
  }
  const shape = transposed ? [columns, rows] : [rows, columns];
  return [
    nodes.constant(INT8, shape, Buffer.from(codes.buffer)),
    nodes.scalar(scale, FLOAT),
    nodes.constant(INT8, [], Buffer.alloc(1)),
  ];
}
