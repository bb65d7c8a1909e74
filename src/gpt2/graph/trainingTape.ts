import { differentiable, type Activation } from './activation';
import type { GraphBuilder } from './graph';

/** Part of a table's gradient that touches some rows only: `rows` [n, width] belong to the rows `indices` [n]. */
interface SparseRows {
  readonly indices: string;
  readonly rows: string;
}

interface Parts {
  readonly dense: string[];
  readonly sparse: SparseRows[];
}

/** Number of `TensorProto.DataType.FLOAT`. */
const FLOAT = 1;

/**
 * Reverse-mode differentiation (Linnainmaa, 1970; see Griewank and Walther, Evaluating Derivatives, 2008): every
 * operation writes itself into the graph and remembers how to write the gradients of its inputs, given that of
 * its output. `backward` then goes through the operations from the last to the first. Without `backward` the
 * graph is the forward computation alone.
 *
 * Values are names in the graph, all float32 unless stated; N is a number of rows.
 */
export class Tape {
  readonly #g: GraphBuilder;
  readonly #steps: (() => void)[] = [];
  readonly #gradients = new Map<string, Parts>();

  constructor(g: GraphBuilder) {
    this.#g = g;
  }

  /** Rows `indices` [N] int64 of `table` [rows, width]: [N, width]. */
  gather(table: string, indices: string): string {
    const y = this.#g.add('Gather', [table, indices]);
    this.#onBackward(y, (dy) => {
      this.#parts(table).sparse.push({ indices, rows: dy });
    });
    return y;
  }

  /** The sum of two values of one shape. */
  add(a: string, b: string): string {
    const y = this.#g.add('Add', [a, b]);
    this.#onBackward(y, (dy) => {
      this.#flow(a, dy);
      this.#flow(b, dy);
    });
    return y;
  }

  /** x [N, in] times weight [in, out], plus bias [out]: [N, out]. */
  linear(x: string, weight: string, bias: string): string {
    const g = this.#g;
    const y = g.add('Gemm', [x, weight, bias]);
    this.#onBackward(y, (dy) => {
      this.#flow(weight, g.add('Gemm', [x, dy], { transA: 1 }));
      this.#flow(bias, g.add('ReduceSum', [dy, g.integers(0)], { keepdims: 0 }));
      this.#flow(x, g.add('Gemm', [dy, weight], { transB: 1 }));
    });
    return y;
  }

  /** Each row of x [N, width] with mean 0 and variance 1, times weight, plus bias (Ba et al., 2016). */
  layerNorm(x: string, weight: string, bias: string, epsilon: number): string {
    const g = this.#g;
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    const [y, mean, inverse] = g.addMany('LayerNormalization', [x, weight, bias], 3, attributes);
    this.#onBackward(y!, (dy) => {
      const normal = g.add('Mul', [g.add('Sub', [x, mean!]), inverse!]);
      const product = g.add('Mul', [dy, normal]);
      this.#flow(weight, g.add('ReduceSum', [product, g.integers(0)], { keepdims: 0 }));
      this.#flow(bias, g.add('ReduceSum', [dy, g.integers(0)], { keepdims: 0 }));
      const scaled = g.add('Mul', [dy, weight]);
      const slope = g.add('ReduceMean', [g.add('Mul', [product, weight]), g.integers(-1)]);
      const level = g.add('ReduceMean', [scaled, g.integers(-1)]);
      const flat = g.add('Sub', [g.add('Sub', [scaled, level]), g.add('Mul', [normal, slope])]);
      this.#flow(x, g.add('Mul', [flat, inverse!]));
    });
    return y!;
  }

  /** A feed-forward layer's activation, number by number. */
  activation(x: string, activation: Activation): string {
    const { y, backward } = differentiable(this.#g, x, activation);
    this.#onBackward(y, (dy) => {
      this.#flow(x, backward(dy));
    });
    return y;
  }

  /** The same numbers in another shape, an int64 list in which 0 keeps a dimension and -1 takes what is left. */
  reshape(x: string, shape: string): string {
    const g = this.#g;
    const y = g.add('Reshape', [x, shape]);
    this.#onBackward(y, (dy) => {
      this.#flow(x, g.add('Reshape', [dy, g.add('Shape', [x])]));
    });
    return y;
  }

  transpose(x: string, perm: readonly number[]): string {
    const g = this.#g;
    const y = g.add('Transpose', [x], { perm });
    this.#onBackward(y, (dy) => {
      this.#flow(x, g.add('Transpose', [dy], { perm: perm.map((_, i) => perm.indexOf(i)) }));
    });
    return y;
  }

  /** Three equal parts along the first dimension; the gradients of all three must flow. */
  splitInThree(x: string): [string, string, string] {
    const g = this.#g;
    const parts = g.addMany('Split', [x], 3, { axis: 0, num_outputs: 3 });
    this.#steps.push(() => {
      const gradients = parts.map((part) => this.#gradient(part));
      if (gradients.every((gradient) => gradient !== undefined)) {
        this.#flow(x, g.add('Concat', gradients, { axis: 0 }));
      }
    });
    return parts as [string, string, string];
  }

  /** alpha a b, or alpha a b^T, of stacks of matrices [..., n, k] and [..., k, m] or [..., m, k]. */
  matmul(a: string, b: string, { transposed = false, alpha = 1 } = {}): string {
    const g = this.#g;
    const product = (x: string, y: string, transA: boolean, transB: boolean): string =>
      g.add('com.microsoft.FusedMatMul', [x, y], {
        transA: Number(transA),
        transB: Number(transB),
        alpha: { float: alpha },
      });
    const y = product(a, b, false, transposed);
    this.#onBackward(y, (dy) => {
      this.#flow(a, product(dy, b, false, !transposed));
      this.#flow(b, transposed ? product(dy, a, true, false) : product(a, dy, true, false));
    });
    return y;
  }

  /** Softmax over the last dimension of scores [..., S, S], to which the constant mask [S, S] is added first. */
  maskedSoftmax(scores: string, mask: string): string {
    const g = this.#g;
    const y = g.add('Softmax', [g.add('Add', [scores, mask])], { axis: -1 });
    this.#onBackward(y, (dy) => {
      const mean = g.add('ReduceSum', [g.add('Mul', [dy, y]), g.integers(-1)]);
      this.#flow(scores, g.add('Mul', [g.add('Sub', [dy, mean]), y]));
    });
    return y;
  }

  /**
   * Dropout (Srivastava et al., 2014): `kept` is a uint8 input of x's shape with 1 where a number stays, and what
   * stays is divided by `share`, the probability of staying.
   */
  dropout(x: string, kept: string, share: number): string {
    const g = this.#g;
    const factor = g.add('Mul', [g.add('Cast', [kept], { to: FLOAT }), g.float(1 / share)]);
    const y = g.add('Mul', [x, factor]);
    this.#onBackward(y, (dy) => {
      this.#flow(x, g.add('Mul', [dy, factor]));
    });
    return y;
  }

  /**
   * Cross-entropy in nats of the logits x table^T against the targets: [N]. Its gradients are those of the mean
   * over the N rows, and `backward` begins with them.
   * @param x [N, width]
   * @param table [vocabulary, width]
   * @param targets [N] int64
   */
  crossEntropy(x: string, table: string, targets: string): string {
    const g = this.#g;
    const logits = g.add('Gemm', [x, table], { transB: 1 });
    const logProbabilities = g.add('LogSoftmax', [logits], { axis: -1 });
    const column = g.add('Unsqueeze', [targets, g.integers(1)]);
    const chosen = g.add('GatherElements', [logProbabilities, column], { axis: 1 });
    const losses = g.add('Neg', [g.add('Squeeze', [chosen, g.integers(1)])]);
    this.#steps.push(() => {
      // The gradient of the logits is (p - onehot) / N. The one-hot part picks rows, so it is never written out.
      const p = g.add('Exp', [logProbabilities]);
      const count = g.add('Cast', [g.add('Size', [targets])], { to: FLOAT });
      const share = g.add('Mul', [x, g.add('Div', [g.float(1), count])]);
      this.#flow(table, g.add('Gemm', [p, share], { transA: 1 }));
      this.#parts(table).sparse.push({ indices: targets, rows: g.add('Neg', [share]) });
      const mean = g.add('Gemm', [p, table]);
      const pull = g.add('Sub', [mean, g.add('Gather', [table, targets])]);
      this.#flow(x, g.add('Div', [pull, count]));
    });
    return losses;
  }

  /** Writes the gradients of everything that was computed so far; to be called once. */
  backward(): void {
    for (const step of this.#steps.reverse()) step();
  }

  /**
   * The gradient of a parameter of the given shape after `backward`.
   * @throws Error when nothing depends on the parameter.
   */
  gradientOf(parameter: string, shape: readonly number[]): string {
    const parts = this.#gradients.get(parameter);
    if (parts === undefined) throw new Error(`Nothing depends on ${parameter}.`);
    return this.#sum(parts, shape);
  }

  #onBackward(y: string, step: (dy: string) => void): void {
    this.#steps.push(() => {
      const dy = this.#gradient(y);
      if (dy !== undefined) step(dy);
    });
  }

  #flow(value: string, gradient: string): void {
    this.#parts(value).dense.push(gradient);
  }

  #parts(value: string): Parts {
    let parts = this.#gradients.get(value);
    if (parts === undefined) {
      parts = { dense: [], sparse: [] };
      this.#gradients.set(value, parts);
    }
    return parts;
  }

  #gradient(value: string): string | undefined {
    const parts = this.#gradients.get(value);
    return parts && this.#sum(parts);
  }

  /** @param shape needed where every part is sparse. */
  #sum({ dense, sparse }: Parts, shape: readonly number[] = []): string {
    const g = this.#g;
    const sum = dense.length > 1 ? g.add('Sum', dense) : dense[0];
    if (sparse.length === 0) return sum!;
    const joined = (names: readonly string[]): string =>
      names.length > 1 ? g.add('Concat', names, { axis: 0 }) : names[0]!;
    const rows = joined(sparse.map((part) => part.rows));
    const indices = joined(sparse.map((part) => part.indices));
    const spread = g.add('Expand', [g.add('Unsqueeze', [indices, g.integers(1)]), g.add('Shape', [rows])]);
    const base = sum ?? g.add('ConstantOfShape', [g.integers(...shape)]);
    // One row after the other: the same sum to the last bit, however often a row comes.
    return g.add('ScatterElements', [base, spread, rows], { axis: 0, reduction: 'add' });
  }
}
