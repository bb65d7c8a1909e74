import type { GraphBuilder } from './graph';

/** The function between the two products of a feed-forward layer. */
export type Activation = 'gelu' | 'gelu-tanh' | 'gelu-quick' | 'relu' | 'silu' | 'tanh' | 'sigmoid';

/** What configurations call them (`activation_function`), as transformers reads those names. */
export const ACTIVATION_NAMES: Readonly<Record<string, Activation>> = {
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  gelu_python_tanh: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_accurate: 'gelu-tanh',
  gelu: 'gelu',
  gelu_python: 'gelu',
  quick_gelu: 'gelu-quick',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
};

/** Number of `TensorProto.DataType.FLOAT`. */
const FLOAT = 1;

/** Coefficients of the tanh approximation of GELU (Hendrycks and Gimpel, 2016). */
const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;
/** Slope of the sigmoid approximation of GELU (the same paper). */
const QUICK = 1.702;

/** An activation of x for inference alone: operators that ONNX Runtime has in one piece, where it has them. */
export function activate(g: GraphBuilder, x: string, activation: Activation): string {
  switch (activation) {
    case 'gelu-tanh':
      return g.add('com.microsoft.FastGelu', [x]);
    case 'gelu':
      return g.add('com.microsoft.Gelu', [x]);
    default:
      return differentiable(g, x, activation).y;
  }
}

/** An activation written out, and how the gradient of x follows from that of y. */
export interface Differentiable {
  readonly y: string;
  /** Writes dL/dx, given dL/dy. */
  readonly backward: (dy: string) => string;
}

/** @returns y = f(x) and the product of dy with f'(x). Each formula stands beside its derivative. */
export function differentiable(g: GraphBuilder, x: string, activation: Activation): Differentiable {
  const mul = (a: string, b: string): string => g.add('Mul', [a, b]);
  const plus = (a: string, b: string): string => g.add('Add', [a, b]);
  const rest = (a: string): string => g.add('Sub', [g.float(1), a]);
  const by = (a: string, factor: number): string => mul(a, g.float(factor));
  const sloped = (y: string, slope: () => string): Differentiable => ({
    y,
    backward: (dy) => mul(dy, slope()),
  });
  switch (activation) {
    case 'gelu-tanh': {
      // Written as x s with s = sigmoid(2 u) and u = sqrt(2 / pi) (x + 0.044715 x^3), which is the same function.
      const linear = 2 * GELU_SCALE;
      const cube = 2 * GELU_SCALE * GELU_CUBE;
      const square = mul(x, x);
      const argument = (first: number, second: number): string => plus(by(square, second), g.float(first));
      const s = g.add('Sigmoid', [mul(x, argument(linear, cube))]);
      const y = mul(x, s);
      // y' = s + x s' and s' = s (1 - s) (2 u)', so that y' = s + y (1 - s) (2 u)'.
      return sloped(y, () => plus(s, mul(mul(y, rest(s)), argument(linear, 3 * cube))));
    }
    case 'gelu': {
      // x Phi(x), with the normal distribution's Phi(x) = (1 + erf(x / sqrt 2)) / 2 and density exp(-x^2 / 2) / sqrt(2 pi).
      const phi = by(plus(g.add('Erf', [by(x, Math.SQRT1_2)]), g.float(1)), 0.5);
      return sloped(mul(x, phi), () => {
        const density = by(g.add('Exp', [by(mul(x, x), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
        return plus(phi, mul(x, density));
      });
    }
    case 'gelu-quick': {
      const s = g.add('Sigmoid', [by(x, QUICK)]);
      const y = mul(x, s);
      return sloped(y, () => plus(s, by(mul(y, rest(s)), QUICK)));
    }
    case 'silu': {
      const s = g.add('Sigmoid', [x]);
      const y = mul(x, s);
      return sloped(y, () => plus(s, mul(y, rest(s))));
    }
    case 'relu':
      // The slope at 0 is 0, as PyTorch has it.
      return sloped(g.add('Relu', [x]), () =>
        g.add('Cast', [g.add('Greater', [x, g.float(0)])], { to: FLOAT }),
      );
    case 'tanh': {
      const y = g.add('Tanh', [x]);
      return sloped(y, () => rest(mul(y, y)));
    }
    case 'sigmoid': {
      const y = g.add('Sigmoid', [x]);
      return sloped(y, () => mul(y, rest(y)));
    }
  }
}
