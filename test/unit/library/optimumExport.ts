/**
 * Writes GPT-2 as ONNX with the inputs and outputs that Optimum gives its exports, from plain operators and with
 * a writer of its own: nothing here comes from the product.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs/light';
import type { Shape } from './float64Gpt2';
import type { Tensor } from './tinyGpt2';

/** Fields of onnx.proto: [name, number, type], `*` for repeated ones. */
const messages: Record<string, [name: string, id: number, type: string][]> = {
  Entry: [
    ['key', 1, 'string'],
    ['value', 2, 'string'],
  ],
  Tensor: [
    ['dims', 1, '*int64'],
    ['dataType', 2, 'int32'],
    ['name', 8, 'string'],
    ['rawData', 9, 'bytes'],
    ['externalData', 13, '*Entry'],
    ['dataLocation', 14, 'int32'],
  ],
  Dimension: [
    ['dimValue', 1, 'int64'],
    ['dimParam', 2, 'string'],
  ],
  Dimensions: [['dim', 1, '*Dimension']],
  TensorType: [
    ['elemType', 1, 'int32'],
    ['shape', 2, 'Dimensions'],
  ],
  Type: [['tensorType', 1, 'TensorType']],
  ValueInfo: [
    ['name', 1, 'string'],
    ['type', 2, 'Type'],
  ],
  Attribute: [
    ['name', 1, 'string'],
    ['f', 2, 'float'],
    ['i', 3, 'int64'],
    ['s', 4, 'bytes'],
    ['g', 6, 'Graph'],
    ['ints', 8, '*int64'],
    ['type', 20, 'int32'],
  ],
  Node: [
    ['input', 1, '*string'],
    ['output', 2, '*string'],
    ['name', 3, 'string'],
    ['opType', 4, 'string'],
    ['attribute', 5, '*Attribute'],
  ],
  Graph: [
    ['node', 1, '*Node'],
    ['name', 2, 'string'],
    ['initializer', 5, '*Tensor'],
    ['input', 11, '*ValueInfo'],
    ['output', 12, '*ValueInfo'],
  ],
  OperatorSet: [
    ['domain', 1, 'string'],
    ['version', 2, 'int64'],
  ],
  Model: [
    ['irVersion', 1, 'int64'],
    ['graph', 7, 'Graph'],
    ['opsetImport', 8, '*OperatorSet'],
  ],
};
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([message, fields]) => [
      message,
      {
        fields: Object.fromEntries(
          fields.map(([name, id, type]) => [
            name,
            type.startsWith('*') ? { id, type: type.slice(1), rule: 'repeated' } : { id, type },
          ]),
        ),
      },
    ]),
  ),
});

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

type AttributeValue = number | string | readonly number[] | { f: number } | { g: object };

function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  if ('f' in value) return { name, type: 1, f: value.f };
  if ('g' in value) return { name, type: 5, g: value.g };
  return { name, type: 7, ints: value };
}

export const valueInfo = (name: string, elemType: number, shape: readonly (number | string)[]): object => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
    },
  },
});

export interface WritableNode {
  opType: string;
  input: string[];
  output: string[];
  name: string;
  attribute: object[];
}

/** Collects nodes; every value gets a name of its own. */
export class Nodes {
  readonly nodes: WritableNode[] = [];
  readonly initializers: Record<string, unknown>[] = [];

  constructor(private readonly prefix: string) {}

  many(
    opType: string,
    input: string[],
    count: number,
    attributes: Record<string, AttributeValue> = {},
  ): string[] {
    const name = `${this.prefix}${this.nodes.length}`;
    const output = Array.from({ length: count }, (_, i) => `${name}_${i}`);
    this.push(opType, input, output, attributes);
    return output;
  }

  one(opType: string, input: string[], attributes: Record<string, AttributeValue> = {}): string {
    return this.many(opType, input, 1, attributes)[0]!;
  }

  push(
    opType: string,
    input: string[],
    output: string[],
    attributes: Record<string, AttributeValue> = {},
  ): void {
    const attributeList = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.nodes.push({ opType, input, output, name: output[0]!, attribute: attributeList });
  }

  integers(...values: number[]): string {
    return this.constant(INT64, [values.length], Buffer.from(BigInt64Array.from(values, BigInt).buffer));
  }

  scalar(value: number, type: number): string {
    const data = type === INT64 ? BigInt64Array.of(BigInt(value)) : Float32Array.of(value);
    return this.constant(type, [], Buffer.from(data.buffer));
  }

  constant(dataType: number, dims: number[], rawData: Buffer): string {
    const name = `${this.prefix}constant_${this.initializers.length}`;
    this.initializers.push({ name, dataType, dims, rawData });
    return name;
  }
}

/** GPT-2 from `input_ids` and `attention_mask` to `logits` and `present.*`, with or without past. */
function forward(
  n: Nodes,
  { n_embd: e, n_layer, n_head: heads }: Shape,
  past: boolean,
  suffix: string,
): void {
  const d = e / heads;
  const gather = (shape: string, axis: number): string =>
    n.one('Gather', [n.one('Shape', [shape]), n.scalar(axis, INT64)], { axis: 0 });
  const fresh = gather('input_ids', 1);
  const before = past ? gather('past_key_values.0.key', 2) : n.scalar(0, INT64);
  const total = n.one('Add', [before, fresh]);
  const one = n.scalar(1, INT64);
  const columns = n.one('Range', [n.scalar(0, INT64), total, one]);
  const rows = n.one('Unsqueeze', [n.one('Range', [before, total, one]), n.integers(1)]);
  const causal = n.one('Where', [
    n.one('LessOrEqual', [columns, rows]),
    n.scalar(0, FLOAT),
    n.scalar(-3.4e38, FLOAT),
  ]);
  const attended = n.one('Cast', [n.one('Unsqueeze', ['attention_mask', n.integers(1, 2)])], { to: FLOAT });
  const padding = n.one('Mul', [n.one('Sub', [n.scalar(1, FLOAT), attended]), n.scalar(-1e4, FLOAT)]);
  const norm = (x: string, name: string): string =>
    n.one('LayerNormalization', [x, `${name}.weight`, `${name}.bias`], { axis: -1, epsilon: { f: 1e-5 } });
  const linear = (x: string, name: string): string =>
    n.one('Add', [n.one('MatMul', [x, `${name}.weight`]), `${name}.bias`]);
  const split = (x: string): string =>
    n.one('Transpose', [n.one('Reshape', [x, n.integers(0, 0, heads, d)])], { perm: [0, 2, 1, 3] });

  let hidden = n.one('Add', [
    n.one('Gather', ['wte.weight', 'input_ids']),
    n.one('Gather', ['wpe.weight', 'position_ids']),
  ]);
  for (let layer = 0; layer < n_layer; layer++) {
    const block = `h.${layer}`;
    const [query, key, value] = n
      .many('Split', [linear(norm(hidden, `${block}.ln_1`), `${block}.attn.c_attn`)], 3, {
        axis: -1,
        num_outputs: 3,
      })
      .map(split);
    const [keys, values] = [key!, value!].map((rest, i) => {
      const kind = i === 0 ? 'key' : 'value';
      const present = `present.${layer}.${kind}${suffix}`;
      if (past) n.push('Concat', [`past_key_values.${layer}.${kind}`, rest], [present], { axis: 2 });
      else n.push('Identity', [rest], [present]);
      return present;
    });
    const scores = n.one('Div', [
      n.one('MatMul', [query!, n.one('Transpose', [keys!], { perm: [0, 1, 3, 2] })]),
      n.scalar(Math.sqrt(d), FLOAT),
    ]);
    const weights = n.one('Softmax', [n.one('Add', [n.one('Add', [scores, causal]), padding])], { axis: -1 });
    const mixed = n.one('Transpose', [n.one('MatMul', [weights, values!])], { perm: [0, 2, 1, 3] });
    hidden = n.one('Add', [
      hidden,
      linear(n.one('Reshape', [mixed, n.integers(0, 0, e)]), `${block}.attn.c_proj`),
    ]);
    const inner = n.one('Gelu', [linear(norm(hidden, `${block}.ln_2`), `${block}.mlp.c_fc`)], {
      approximate: 'tanh',
    });
    hidden = n.one('Add', [hidden, linear(inner, `${block}.mlp.c_proj`)]);
  }
  n.push(
    'MatMul',
    [norm(hidden, 'ln_f'), n.one('Transpose', ['wte.weight'], { perm: [1, 0] })],
    [`logits${suffix}`],
  );
}

export interface ExportOptions {
  /** `none`: the whole context every time; `past`: one graph for both; `merged`: two branches and a switch. */
  readonly cache: 'none' | 'past' | 'merged';
  /** Writes the weights into this file beside the graph. */
  readonly externalData?: string;
  /** Changes the model before it is written. */
  readonly change?: (model: WritableModel) => void;
}

export interface WritableModel {
  graph: { node: WritableNode[]; initializer: Record<string, unknown>[]; input: object[]; output: object[] };
}

/** Writes an export. @param tensors float32 weights by their names without prefix. */
export function writeExport(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  shape: Shape & { readonly vocab_size: number },
  { cache, externalData, change }: ExportOptions,
): void {
  const kinds = Array.from({ length: shape.n_layer }, (_, layer) =>
    ['key', 'value'].map((kind) => `${layer}.${kind}`),
  ).flat();
  const outputs = ['logits', ...kinds.map((kind) => `present.${kind}`)];
  const body = new Nodes('main_');
  if (cache === 'merged') {
    const branches = [true, false].map((past) => {
      const suffix = past ? '_then' : '_else';
      const branch = new Nodes(`${suffix}_`);
      forward(branch, shape, past, suffix);
      const output = outputs.map((name) => ({ name: name + suffix }));
      return { name: suffix, node: branch.nodes, initializer: branch.initializers, output };
    });
    body.push('If', ['use_cache_branch'], outputs, {
      then_branch: { g: branches[0]! },
      else_branch: { g: branches[1]! },
    });
  } else forward(body, shape, cache === 'past', '');

  let offset = 0;
  const data: Buffer[] = [];
  const weights = [...tensors].map(([name, tensor]) => {
    const rawData = Buffer.from(Float32Array.from(tensor.values).buffer);
    const described = { name, dataType: FLOAT, dims: tensor.shape };
    if (externalData === undefined) return { ...described, rawData };
    const place = { location: externalData, offset: String(offset), length: String(rawData.length) };
    data.push(rawData);
    offset += rawData.length;
    const entries = Object.entries(place).map(([key, value]) => ({ key, value }));
    return { ...described, dataLocation: 1, externalData: entries };
  });
  const d = shape.n_embd / shape.n_head;
  const cached = (name: string): object =>
    valueInfo(name, FLOAT, ['batch_size', shape.n_head, 'past_sequence_length', d]);
  const model = {
    irVersion: 9,
    opsetImport: [{ domain: '', version: 20 }],
    graph: {
      name: 'optimum',
      node: body.nodes,
      initializer: [...weights, ...body.initializers] as Record<string, unknown>[],
      input: [
        valueInfo('input_ids', INT64, ['batch_size', 'sequence_length']),
        valueInfo('attention_mask', INT64, ['batch_size', 'past_sequence_length + sequence_length']),
        valueInfo('position_ids', INT64, ['batch_size', 'sequence_length']),
        ...(cache === 'none' ? [] : kinds.map((kind) => cached(`past_key_values.${kind}`))),
        ...(cache === 'merged' ? [valueInfo('use_cache_branch', BOOL, [1])] : []),
      ],
      output: [
        valueInfo('logits', FLOAT, ['batch_size', 'sequence_length', shape.vocab_size]),
        ...kinds.map((kind) => cached(`present.${kind}`)),
      ],
    },
  };
  change?.(model);
  const type = root.lookupType('Model');
  writeFileSync(path, type.encode(type.fromObject(model)).finish());
  if (externalData !== undefined && !externalData.includes('..')) {
    writeFileSync(join(dirname(path), externalData), Buffer.concat(data));
  }
}
