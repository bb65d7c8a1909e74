import protobuf from 'protobufjs/light';
import type { Attribute, Constant, ElementType, Graph, Operator, ValueInfo } from '../gpt2/graph/graph';

/** The messages of onnx.proto that a graph needs, with the field numbers of the ONNX format. */
const onnx = protobuf.Root.fromJSON({
  nested: {
    OperatorSetId: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
        externalData: { rule: 'repeated', type: 'Entry', id: 13 },
        dataLocation: { type: 'int32', id: 14 },
      },
    },
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } },
    SequenceType: { fields: { elemType: { type: 'Type', id: 1 } } },
    Type: {
      fields: { tensorType: { type: 'TensorType', id: 1 }, sequenceType: { type: 'SequenceType', id: 4 } },
    },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
      },
    },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetId', id: 8 },
      },
    },
  },
});
const modelType = onnx.lookupType('Model');

/** Numbers of onnx.proto's `TensorProto.DataType`, `AttributeProto.AttributeType` and `DataLocation`. */
const DATA_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  float16: 10,
  bfloat16: 16,
};
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;
const EXTERNAL = 1;

/** ONNX IR and operator set that the operators of `src/gpt2` are written for. */
const IR_VERSION = 9;
const OPSETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/**
 * Writes a graph as an ONNX model (https://onnx.ai); constants in files stay there and are only pointed to.
 * @param sequence name of an output that the model gets before its others: a sequence without tensors.
 */
export function encodeOnnx(graph: Graph, sequence: string): Uint8Array {
  return modelType
    .encode(
      modelType.fromObject({
        irVersion: IR_VERSION,
        producerName: 'decoding-lab',
        opsetImport: OPSETS,
        graph: {
          name: graph.name,
          node: [...graph.operators.map(encodeOperator), { opType: 'SequenceEmpty', output: [sequence] }],
          initializer: graph.constants.map(encodeConstant),
          input: graph.inputs.map(encodeValueInfo),
          output: [encodeSequenceInfo(sequence), ...graph.outputs.map(encodeValueInfo)],
        },
      }),
    )
    .finish();
}

function encodeOperator(operator: Operator): object {
  return {
    opType: operator.type,
    domain: operator.domain,
    name: operator.name,
    input: operator.inputs,
    output: operator.outputs,
    attribute: Object.entries(operator.attributes).map(([name, value]) => ({
      name,
      ...encodeAttribute(value),
    })),
  };
}

function encodeAttribute(value: Attribute): object {
  if (typeof value === 'number') return { type: ATTRIBUTE_TYPES.int, i: value };
  if (typeof value === 'string') return { type: ATTRIBUTE_TYPES.string, s: Buffer.from(value) };
  if ('float' in value) return { type: ATTRIBUTE_TYPES.float, f: value.float };
  return { type: ATTRIBUTE_TYPES.ints, ints: value };
}

function encodeConstant({ name, type, shape, data }: Constant): object {
  const tensor = { name, dataType: DATA_TYPES[type], dims: shape };
  if (data instanceof Uint8Array) return { ...tensor, rawData: data };
  const place = { location: data.file, offset: String(data.offset), length: String(data.byteLength) };
  return {
    ...tensor,
    dataLocation: EXTERNAL,
    externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
  };
}

function encodeValueInfo({ name, type, shape }: ValueInfo): object {
  const dim = shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return { name, type: { tensorType: { elemType: DATA_TYPES[type], shape: { dim } } } };
}

function encodeSequenceInfo(name: string): object {
  return { name, type: { sequenceType: { elemType: { tensorType: { elemType: DATA_TYPES.float32 } } } } };
}
