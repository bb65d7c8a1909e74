import { activate } from './activation';
import type { Gpt2Config } from '../checkpoint/config';
import { GraphBuilder, type Graph, type ValueInfo } from './graph';
import type { StepWeights } from './stepWeights';

/**
 * GPT-2 (Radford et al., 2019) as one graph that serves every use: reading a prompt in pieces, one step of many
 * sequences, scoring. The keys and values of earlier tokens come in two parts, so that N continuations of one
 * prompt share its part: `prefix` (of all sequences) and `suffix` (of each). Only the keys and values of the new
 * tokens go out; the caller appends them to its arrays.
 *
 * With G sequences of S new tokens each, P prefix and T suffix tokens, H heads of width D, R chosen rows:
 *
 * | value | shape | |
 * |---|---|---|
 * | `ids`, `positions` | [G, S] int64 | new tokens and their places |
 * | `mask` | [S, P + T + S] | added to the attention scores: 0, or -Infinity where a new token must not look |
 * | `rows` | [R] int64 | which of the G x S rows (sequence by sequence) to give logits for |
 * | `prefix_key_L`, `prefix_value_L` | [P, 1, H, 1, D] | of layer L, token by token |
 * | `suffix_key_L`, `suffix_value_L` | [T, 1, H, G, D] | |
 * | `logits` | [R, V] | out |
 * | `new` | [2 x layers, H, G, S, D] | out: keys and values of the new tokens, layer by layer |
 * | `states` | [G x S, E] | out: hidden states of the new tokens after the final layer norm, which logits are made of |
 *
 * P and T are at least 1, since ONNX Runtime's strided products divide by them: an empty part is one token that
 * the mask hides. The three parts of the attention (prefix, suffix, new) are multiplied apart and never joined in memory, only
 * their scores are. Every matrix product of a sequence has the same shape whatever other sequences run with it,
 * so in float32 its results are the same to the last bit.
 */
export function buildStepGraph(weights: StepWeights): Graph {
  const { config } = weights;
  const g = new GraphBuilder();
  const weight = (name: string): string => weights.tensor(g, name);
  const headWidth = config.width / config.heads;

  const flat = g.add('Reshape', ['ids', g.integers(-1)]);
  const positions = g.add('Reshape', ['positions', g.integers(-1)]);
  // [G * S, E]; the shape [G, S, 3, H, D] of a layer's projections.
  let hidden = g.add('Add', [weights.embed(g, flat), g.add('Gather', [weight('wpe.weight'), positions])]);
  const split = g.add('Concat', [g.add('Shape', ['ids']), g.integers(3, config.heads, headWidth)], {
    axis: 0,
  });
  const sizes = g.add(
    'Concat',
    [
      g.add('Shape', ['prefix_key_0'], { start: 0, end: 1 }),
      g.add('Shape', ['suffix_key_0'], { start: 0, end: 1 }),
      g.add('Shape', ['ids'], { start: 1, end: 2 }),
    ],
    { axis: 0 },
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

  const fresh: string[] = [];
  let normalized = normalize('h.0.ln_1');
  for (let layer = 0; layer < config.layers; layer++) {
    const block = `h.${layer}`;
    const projected = g.add('Reshape', [linear(normalized, `${block}.attn.c_attn`), split]);
    const heads = g.add('Transpose', [projected], { perm: [2, 3, 0, 1, 4] });
    // Each [1, H, G, S, D].
    const [rawQuery, key, value] = g.addMany('Split', [heads], 3, { axis: 0, num_outputs: 3 });
    fresh.push(key!, value!);
    const query = g.add('Mul', [rawQuery!, g.float(config.attentionScale(layer))]);

    // Token-by-token caches become [1, H, G or 1, tokens, D] by strides, without a copy.
    const stored = { transBatchB: 1 };
    const scores = g.add(
      'Concat',
      [
        g.add('com.microsoft.FusedMatMul', [query, `prefix_key_${layer}`], { ...stored, transB: 1 }),
        g.add('com.microsoft.FusedMatMul', [query, `suffix_key_${layer}`], { ...stored, transB: 1 }),
        g.add('com.microsoft.FusedMatMul', [query, key!], { transB: 1 }),
      ],
      { axis: -1 },
    );
    const [ofPrefix, ofSuffix, ofNew] = g.addMany(
      'Split',
      [g.add('Softmax', [g.add('Add', [scores, 'mask'])], { axis: -1 }), sizes],
      3,
      { axis: -1 },
    );
    const attended = g.add('Sum', [
      g.add('com.microsoft.FusedMatMul', [ofPrefix!, `prefix_value_${layer}`], stored),
      g.add('com.microsoft.FusedMatMul', [ofSuffix!, `suffix_value_${layer}`], stored),
      g.add('com.microsoft.FusedMatMul', [ofNew!, value!]),
    ]);
    const joined = g.add('Reshape', [
      g.add('Transpose', [attended], { perm: [0, 2, 3, 1, 4] }),
      g.integers(-1, config.width),
    ]);
    normalized = addAndNormalize(linear(joined, `${block}.attn.c_proj`), `${block}.ln_2`);
    const inner = activate(g, linear(normalized, `${block}.mlp.c_fc`), config.activation);
    const next = layer + 1 < config.layers ? `h.${layer + 1}.ln_1` : 'ln_f';
    normalized = addAndNormalize(linear(inner, `${block}.mlp.c_proj`), next);
  }
  g.output('logits', weights.logits(g, g.add('Gather', [normalized, 'rows'])));
  g.output('states', normalized);
  g.output('new', g.add('Concat', fresh, { axis: 0 }));

  return g.build('gpt2', stepInputs(config), [
    { name: 'logits', type: 'float32', shape: ['R', config.vocabularySize] },
    { name: 'new', type: 'float32', shape: [2 * config.layers, config.heads, 'G', 'S', headWidth] },
    { name: 'states', type: 'float32', shape: ['G * S', config.width] },
  ]);
}

function stepInputs(config: Gpt2Config): ValueInfo[] {
  const headWidth = config.width / config.heads;
  const inputs: ValueInfo[] = [
    { name: 'ids', type: 'int64', shape: ['G', 'S'] },
    { name: 'positions', type: 'int64', shape: ['G', 'S'] },
    { name: 'mask', type: 'float32', shape: ['S', 'P + T + S'] },
    { name: 'rows', type: 'int64', shape: ['R'] },
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const part of ['key', 'value']) {
      inputs.push(
        { name: `prefix_${part}_${layer}`, type: 'float32', shape: ['P', 1, config.heads, 1, headWidth] },
        { name: `suffix_${part}_${layer}`, type: 'float32', shape: ['T', 1, config.heads, 'G', headWidth] },
      );
    }
  }
  return inputs;
}
