/**
 * GPT-2 written down a second time, in float64 and without any cleverness: what the product computes is compared
 * with this where no published figures exist. Follows Radford et al. (2019) as PyTorch's GPT-2 does.
 */

/** A matrix as a list of rows. */
type Matrix = readonly (readonly number[])[];

export interface Shape {
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
}

/** Flat float64 values of a parameter, by its name without prefix. */
export type Parameters = (name: string) => Float64Array;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** x [rows, n] times w [n, m], plus b. */
function linear(x: Matrix, w: Float64Array, b: Float64Array): number[][] {
  const m = b.length;
  return x.map((row) => Array.from(b, (bias, j) => sum(row.map((value, i) => value * w[i * m + j]!)) + bias));
}

function normalize(x: Matrix, weight: Float64Array, bias: Float64Array): number[][] {
  return x.map((row) => {
    const mean = sum(row) / row.length;
    const variance = sum(row.map((v) => (v - mean) ** 2)) / row.length;
    return row.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * weight[i]! + bias[i]!);
  });
}

const gelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const weights = scores.map((s) => Math.exp(s - largest));
  const total = sum(weights);
  return weights.map((w) => w / total);
}

/** Causal self-attention over rows of query, key and value side by side. */
function attend(projected: Matrix, { n_embd, n_head }: Shape): number[][] {
  const d = n_embd / n_head;
  return projected.map((row, position) =>
    Array.from({ length: n_embd }, (_, column) => {
      const head = Math.floor(column / d) * d;
      const scores = projected
        .slice(0, position + 1)
        .map(
          (other) =>
            sum(Array.from({ length: d }, (__, i) => row[head + i]! * other[n_embd + head + i]!)) /
            Math.sqrt(d),
        );
      return sum(softmax(scores).map((p, other) => p * projected[other]![2 * n_embd + column]!));
    }),
  );
}

const add = (a: Matrix, b: Matrix): number[][] => a.map((row, i) => row.map((v, j) => v + b[i]![j]!));

/**
 * Logits after the last of `ids`. `head` is the output matrix [vocabulary, n_embd]: `wte.weight` where tied.
 * `activation` is that of the feed-forward layers.
 */
export function lastLogits(
  ids: readonly number[],
  shape: Shape,
  p: Parameters,
  head: Float64Array,
  activation = gelu,
): number[] {
  const e = shape.n_embd;
  const row = (name: string, i: number): number[] => [...p(name).subarray(i * e, (i + 1) * e)];
  const layer = (x: Matrix, name: string): number[][] => linear(x, p(`${name}.weight`), p(`${name}.bias`));
  const norm = (x: Matrix, name: string): number[][] => normalize(x, p(`${name}.weight`), p(`${name}.bias`));
  let x: number[][] = ids.map((id, i) => add([row('wte.weight', id)], [row('wpe.weight', i)])[0]!);
  for (let l = 0; l < shape.n_layer; l++) {
    const mixed = attend(layer(norm(x, `h.${l}.ln_1`), `h.${l}.attn.c_attn`), shape);
    x = add(x, layer(mixed, `h.${l}.attn.c_proj`));
    const inner = layer(norm(x, `h.${l}.ln_2`), `h.${l}.mlp.c_fc`).map((values) => values.map(activation));
    x = add(x, layer(inner, `h.${l}.mlp.c_proj`));
  }
  const last = norm(x, 'ln_f').at(-1)!;
  return Array.from({ length: head.length / e }, (_, id) =>
    sum(last.map((value, i) => value * head[id * e + i]!)),
  );
}
