import { expectedShapes } from '../checkpoint/checkpoint';
import type { Gpt2Config } from '../checkpoint/config';
import { GraphBuilder, type Graph, type ValueInfo } from './graph';
import { Tape } from './trainingTape';

/** Prefix of the outputs that hold the gradients, before the parameter's name. */
export const GRADIENT = 'gradient.';

/** Where dropout happens and what it acts on: `hidden` [G x S, width] or `attention` [G, heads, S, S]. */
export interface DropoutPlace {
  readonly input: string;
  readonly on: 'hidden' | 'attention';
}

/** The places of dropout in GPT-2, in the order of the computation; each is a uint8 input of the training graph. */
export function dropoutPlaces({ layers }: Pick<Gpt2Config, 'layers'>): DropoutPlace[] {
  const places: DropoutPlace[] = [{ input: 'kept.embedding', on: 'hidden' }];
  for (let layer = 0; layer < layers; layer++) {
    places.push(
      { input: `kept.h.${layer}.attention`, on: 'attention' },
      { input: `kept.h.${layer}.attn`, on: 'hidden' },
      { input: `kept.h.${layer}.mlp`, on: 'hidden' },
    );
  }
  return places;
}

/**
 * One training step up to the gradients: forward, cross-entropy, reverse-mode differentiation.
 *
 * | value | shape | |
 * |---|---|---|
 * | `ids`, `targets` | [G, S] int64 | G windows of S tokens, and the token that follows each |
 * | every parameter, by its name | its shape | in |
 * | `kept.*` | see `dropoutPlaces` | in, with dropout only |
 * | `losses` | [G x S] | out: cross-entropy of every token, nats |
 * | `gradient.*`, by parameter | its shape | out: of the mean loss |
 * | `squares` | [parameters] | out: sum of the squares of each gradient, in the order of `expectedShapes` |
 *
 * @param dropout probability that a number is dropped, 0 to below 1.
 */
export function buildGradientGraph(config: Gpt2Config, dropout = 0): Graph {
  const g = new GraphBuilder();
  const tape = new Tape(g);
  g.output('losses', forward(g, tape, config, dropout));
  tape.backward();
  const squares: string[] = [];
  const parameters = expectedShapes(config);
  for (const [name, shape] of parameters) {
    const gradient = `${GRADIENT}${name}`;
    g.output(gradient, tape.gradientOf(name, shape));
    // Rows first: a single sum over millions of numbers would lose digits.
    const rows = shape.length > 1 ? g.add('ReduceSumSquare', [gradient, g.integers(-1)]) : undefined;
    const total = rows
      ? g.add('ReduceSum', [rows, g.integers(0, 1)])
      : g.add('ReduceSumSquare', [gradient, g.integers(0)]);
    squares.push(g.add('Reshape', [total, g.integers(1)]));
  }
  g.output('squares', g.add('Concat', squares, { axis: 0 }));
  return g.build('gpt2-training', inputs(config, dropout), [
    { name: 'losses', type: 'float32', shape: ['N'] },
    { name: 'squares', type: 'float32', shape: [parameters.length] },
    ...parameters.map(([name, shape]): ValueInfo => ({ name: GRADIENT + name, type: 'float32', shape })),
  ]);
}

/** The losses alone: the training graph without its backward half and without dropout. */
export function buildLossGraph(config: Gpt2Config): Graph {
  const g = new GraphBuilder();
  g.output('losses', forward(g, new Tape(g), config, 0));
  return g.build('gpt2-loss', inputs(config, 0), [{ name: 'losses', type: 'float32', shape: ['N'] }]);
}

/** Logits [1, V] of the token that follows `ids` [1, S]; every parameter is an input. */
export function buildNextTokenGraph(config: Gpt2Config): Graph {
  const g = new GraphBuilder();
  const hidden = hiddenStates(g, new Tape(g), config, 0);
  const last = g.add('Gather', [hidden, g.integers(-1)]);
  g.output('logits', g.add('Gemm', [last, outputTable(config)], { transB: 1 }));
  return g.build(
    'gpt2-next',
    inputs(config, 0).filter(({ name }) => name !== 'targets'),
    [{ name: 'logits', type: 'float32', shape: [1, config.vocabularySize] }],
  );
}

function outputTable({ tied }: Gpt2Config): string {
  return tied ? 'wte.weight' : 'lm_head.weight';
}

function forward(g: GraphBuilder, tape: Tape, config: Gpt2Config, dropout: number): string {
  const targets = g.add('Reshape', ['targets', g.integers(-1)]);
  return tape.crossEntropy(hiddenStates(g, tape, config, dropout), outputTable(config), targets);
}

/** GPT-2 (Radford et al., 2019) over whole windows, up to its last normalization: [G x S, width]. */
function hiddenStates(g: GraphBuilder, tape: Tape, config: Gpt2Config, dropout: number): string {
  const { width, heads, layers, layerNormEpsilon } = config;
  const drop = (x: string, input: string): string => (dropout > 0 ? tape.dropout(x, input, 1 - dropout) : x);
  const norm = (x: string, name: string): string =>
    tape.layerNorm(x, `${name}.weight`, `${name}.bias`, layerNormEpsilon);
  const linear = (x: string, name: string): string => tape.linear(x, `${name}.weight`, `${name}.bias`);

  const shape = g.add('Shape', ['ids']);
  const ids = g.add('Reshape', ['ids', g.integers(-1)]);
  const length = g.add('Gather', [shape, scalar(g, 1)]);
  const count = g.add('Range', [scalar(g, 0), length, scalar(g, 1)]);
  const positions = g.add('Reshape', [g.add('Expand', [count, shape]), g.integers(-1)]);
  // [G, S, 3, H, D]: the projections of a layer, head by head.
  const split = g.add('Concat', [shape, g.integers(3, heads, width / heads)], { axis: 0 });
  const joined = g.integers(-1, width);
  const square = g.add(
    'Concat',
    [g.add('Reshape', [length, g.integers(1)]), g.add('Reshape', [length, g.integers(1)])],
    {
      axis: 0,
    },
  );
  const hidden = g.add('Expand', [g.float(-Infinity), square]);
  // 0, and -Infinity where a place must not look at a later one.
  const mask = g.add('Trilu', [hidden, scalar(g, 1)], { upper: 1 });

  let x = drop(
    tape.add(tape.gather('wte.weight', ids), tape.gather('wpe.weight', positions)),
    'kept.embedding',
  );
  for (let layer = 0; layer < layers; layer++) {
    const block = `h.${layer}`;
    const projected = tape.reshape(linear(norm(x, `${block}.ln_1`), `${block}.attn.c_attn`), split);
    const [query, key, value] = tape.splitInThree(tape.transpose(projected, [2, 0, 3, 1, 4]));
    const alpha = config.attentionScale(layer);
    const seen = tape.maskedSoftmax(tape.matmul(query, key, { transposed: true, alpha }), mask);
    const mixed = tape.matmul(drop(seen, `kept.${block}.attention`), value);
    // [1, G, H, S, D] back to rows.
    const rows = tape.reshape(tape.transpose(mixed, [0, 1, 3, 2, 4]), joined);
    x = tape.add(x, drop(linear(rows, `${block}.attn.c_proj`), `kept.${block}.attn`));
    const inner = tape.activation(linear(norm(x, `${block}.ln_2`), `${block}.mlp.c_fc`), config.activation);
    x = tape.add(x, drop(linear(inner, `${block}.mlp.c_proj`), `kept.${block}.mlp`));
  }
  return norm(x, 'ln_f');
}

function inputs(config: Gpt2Config, dropout: number): ValueInfo[] {
  return [
    { name: 'ids', type: 'int64', shape: ['G', 'S'] },
    { name: 'targets', type: 'int64', shape: ['G', 'S'] },
    ...expectedShapes(config).map(([name, shape]): ValueInfo => ({ name, type: 'float32', shape })),
    ...(dropout > 0 ? dropoutPlaces(config) : []).map(({ input, on }): ValueInfo => ({
      name: input,
      type: 'uint8',
      shape: on === 'hidden' ? ['G * S', config.width] : [1, 'G', config.heads, 'S', 'S'],
    })),
  ];
}

/** A constant whole number without dimensions. */
function scalar(g: GraphBuilder, value: number): string {
  return g.constant({
    name: `int64_scalar_${value}`,
    type: 'int64',
    shape: [],
    data: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer),
  });
}
