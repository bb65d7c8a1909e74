import { activate } from './activation';
import type { Gpt2Config } from '../checkpoint/config';
import { GraphBuilder, type Dimension, type Graph, type Operator, type ValueInfo } from './graph';
import type { StepWeights } from './stepWeights';

/**
 * GPT-2 (Radford et al., 2019) as one graph that serves every use: reading a prompt in pieces, one step of many
 * sequences, scoring. The keys and values of tokens come in two parts, so that N continuations of one prompt share
 * its part: `prefix` (of all sequences) and `own` (of each), which has room for the new tokens at its end.
 *
 * With G sequences of S new tokens each (one of both is 1), P prefix tokens, T earlier and N = T + S own tokens,
 * H heads of width D, K kept and R chosen rows:
 *
 * | value | shape | |
 * |---|---|---|
 * | `ids`, `positions` | [G, S] int64 | new tokens and their places |
 * | `places` | [1, S, 1] int64 | where among the own tokens the new ones are: T to N - 1 |
 * | `mask` | [S, P + N] | added to the attention scores: 0, or -Infinity where a new token must not look |
 * | `kept` | [K] int64 | which of the G x S rows (sequence by sequence) logits or states are wanted of |
 * | `rows` | [R] int64 | which of the kept rows to give logits for |
 * | `prefix_key_L`, `prefix_value_L` | [P, H, D] | of layer L, token by token |
 * | `own_key_L`, `own_value_L` | [N, H, G, D] | |
 * | `logits` | [R, V] | out |
 * | `sums` | [R] | out: of each row of the logits; no finite number where one of them is none |
 * | `grown_key_L`, `grown_value_L` | [N, H, G, D] | out: own keys and values, now with those of the new tokens |
 * | `states` | [K, E] | out: hidden states of the kept rows after the final layer norm, which logits are made of |
 *
 * A `grown` output that is given the memory of its `own` input is written only at the new tokens, without a copy of
 * the others. P is at least 1, since ONNX Runtime's strided products divide by it: an empty prefix is one token that
 * the mask hides.
 *
 * The results of a sequence are the same to the last bit in float32 whatever other sequences run with it. Its own
 * tokens are multiplied in products of its own. Its query is one row of the prefix's products, and a row's bits do
 * not depend on how many there are, with one exception: a single row goes to another kernel, unless the product is
 * scaled. So these are scaled by a half, which is exact, and doubled elsewhere.
 */
export function buildStepGraph(weights: StepWeights): Graph {
  const { config } = weights;
  const g = new GraphBuilder();
  const weight = (name: string): string => weights.tensor(g, name);
  const headWidth = config.width / config.heads;

  const flat = g.add('Reshape', ['ids', g.integers(-1)]);
  const positions = g.add('Reshape', ['positions', g.integers(-1)]);
  // [G * S, E]; the shapes [G, S, 3, H, D] of a layer's projections, [H, G, S, any] and [H, G x S, any] of scores.
  let hidden = g.add('Add', [weights.embed(g, flat), g.add('Gather', [weight('wpe.weight'), positions])]);
  const shape = (...parts: string[]): string => g.add('Concat', parts, { axis: 0 });
  const groups = g.add('Shape', ['ids']);
  const split = shape(groups, g.integers(3, config.heads, headWidth));
  const bySequence = shape(g.integers(config.heads), groups, g.integers(-1));
  const byRow = shape(g.integers(config.heads), g.add('Shape', [flat]), g.integers(-1));
  const sizes = shape(
    g.add('Shape', ['prefix_key_0'], { start: 0, end: 1 }),
    g.add('Shape', ['own_key_0'], { start: 0, end: 1 }),
  );

  // Apart, since ONNX Runtime computes its SkipLayerNormalization number by number, eight times as slowly.
  const normalize = (norm: string): string =>
    g.add('LayerNormalization', [hidden, weight(`${norm}.weight`), weight(`${norm}.bias`)], {
      axis: -1,
      epsilon: { float: config.layerNormEpsilon },
    });
  /** Adds to the hidden state and returns it normalized. */
  const addAndNormalize = (added: string, norm: string): string => {
    hidden = g.add('Add', [hidden, added]);
    return normalize(norm);
  };
  const linear = (input: string, name: string): string => weights.linear(g, input, name);
  /** Token-by-token caches become [H, tokens, D] or [H, G, tokens, D] by strides, without a copy. */
  const multiply = (a: string, cache: string, attributes: Operator['attributes'] = {}): string =>
    g.add('com.microsoft.FusedMatMul', [a, cache], { transBatchB: 1, ...attributes });
  const half = { alpha: { float: 0.5 } };

  let normalized = normalize('h.0.ln_1');
  for (let layer = 0; layer < config.layers; layer++) {
    const block = `h.${layer}`;
    const projected = g.add('Reshape', [linear(normalized, `${block}.attn.c_attn`), split]);
    const heads = g.add('Transpose', [projected], { perm: [2, 1, 3, 0, 4] });
    // Each [1, S, H, G, D].
    const [rawQuery, key, value] = g.addMany('Split', [heads], 3, { axis: 0, num_outputs: 3 });
    const grow = (part: string, added: string): string => {
      const grown = g.add('ScatterND', [`own_${part}_${layer}`, 'places', added]);
      g.output(`grown_${part}_${layer}`, grown);
      return grown;
    };
    const ownKey = grow('key', key!);
    const ownValue = grow('value', value!);
    const scaled = g.add('Mul', [rawQuery!, g.float(config.attentionScale(layer))]);
    const query = g.add('Reshape', [g.add('Transpose', [scaled], { perm: [0, 2, 3, 1, 4] }), bySequence]);
    const doubled = g.add('Reshape', [g.add('Add', [query, query]), byRow]);

    const scores = g.add(
      'Concat',
      [
        multiply(doubled, `prefix_key_${layer}`, { ...half, transB: 1 }),
        g.add('Reshape', [multiply(query, ownKey, { transB: 1 }), byRow]),
      ],
      { axis: -1 },
    );
    const [ofPrefix, ofOwn] = g.addMany(
      'Split',
      [g.add('Softmax', [g.add('Add', [scores, 'mask'])], { axis: -1 }), sizes],
      2,
      { axis: -1 },
    );
    const halfOfPrefix = multiply(ofPrefix!, `prefix_value_${layer}`, half);
    const attended = g.add('Sum', [
      halfOfPrefix,
      halfOfPrefix,
      g.add('Reshape', [multiply(g.add('Reshape', [ofOwn!, bySequence]), ownValue), byRow]),
    ]);
    const joined = g.add('Reshape', [
      g.add('Transpose', [attended], { perm: [1, 0, 2] }),
      g.integers(-1, config.width),
    ]);
    // After the last attention no token looks at another, so that those nothing is wanted of end here.
    const onward = (rows: string): string =>
      layer + 1 < config.layers ? rows : g.add('Gather', [rows, 'kept']);
    hidden = onward(hidden);
    normalized = addAndNormalize(linear(onward(joined), `${block}.attn.c_proj`), `${block}.ln_2`);
    const inner = activate(g, linear(normalized, `${block}.mlp.c_fc`), config.activation);
    const next = layer + 1 < config.layers ? `h.${layer + 1}.ln_1` : 'ln_f';
    normalized = addAndNormalize(linear(inner, `${block}.mlp.c_proj`), next);
  }
  const logits = weights.logits(g, g.add('Gather', [normalized, 'rows']));
  g.output('logits', logits);
  g.output('sums', g.add('ReduceSum', [logits, g.integers(1)], { keepdims: 0 }));
  g.output('states', normalized);

  return g.build('gpt2', stepInputs(config), [
    { name: 'logits', type: 'float32', shape: ['R', config.vocabularySize] },
    { name: 'sums', type: 'float32', shape: ['R'] },
    { name: 'states', type: 'float32', shape: ['K', config.width] },
    ...ownParts(config, 'grown'),
  ]);
}

function stepInputs(config: Gpt2Config): ValueInfo[] {
  return [
    { name: 'ids', type: 'int64', shape: ['G', 'S'] },
    { name: 'positions', type: 'int64', shape: ['G', 'S'] },
    { name: 'places', type: 'int64', shape: [1, 'S', 1] },
    { name: 'mask', type: 'float32', shape: ['S', 'P + N'] },
    { name: 'kept', type: 'int64', shape: ['K'] },
    { name: 'rows', type: 'int64', shape: ['R'] },
    ...cacheParts(config, 'prefix', ['P', config.heads, config.width / config.heads]),
    ...ownParts(config, 'own'),
  ];
}

function ownParts(config: Gpt2Config, name: string): ValueInfo[] {
  return cacheParts(config, name, ['N', config.heads, 'G', config.width / config.heads]);
}

function cacheParts({ layers }: Gpt2Config, name: string, shape: readonly Dimension[]): ValueInfo[] {
  return Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((part): ValueInfo => ({ name: `${name}_${part}_${layer}`, type: 'float32', shape })),
  ).flat();
}
