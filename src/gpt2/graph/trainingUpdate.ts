import { GraphBuilder, type Graph, type ValueInfo } from './graph';

/** Settings of AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019), as PyTorch names them. */
export interface AdamW {
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What changes from step to step, each a number without dimensions that the graph takes as input. */
export interface UpdateFactors {
  /** What the parameters are multiplied by: 1 - learning rate x weight decay. */
  readonly decay: number;
  /** What a gradient counts in the first moment: 1 - beta1, times the clipping factor. */
  readonly first: number;
  /** What a squared gradient counts in the second moment: 1 - beta2, times the square of the clipping factor. */
  readonly second: number;
  /** Learning rate with the corrections of both moments' bias. */
  readonly rate: number;
  /** epsilon with the correction of the second moment's bias. */
  readonly epsilon: number;
}

/**
 * The factors of step `step`, counted from 1.
 * The update p -= rate m' / (sqrt(v') + epsilon) with m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t) is
 * rearranged so that the corrections are in the factors alone.
 * @param clip what the gradients are multiplied by.
 */
export function updateFactors(adamW: AdamW, learningRate: number, step: number, clip: number): UpdateFactors {
  const correction1 = 1 - adamW.beta1 ** step;
  const correction2 = Math.sqrt(1 - adamW.beta2 ** step);
  return {
    decay: 1 - learningRate * adamW.weightDecay,
    first: (1 - adamW.beta1) * clip,
    second: (1 - adamW.beta2) * clip * clip,
    rate: (learningRate * correction2) / correction1,
    epsilon: adamW.epsilon * correction2,
  };
}

/**
 * What gradients are multiplied by so that their norm over all parameters is at most `most` (Pascanu et al.,
 * 2013), with PyTorch's guard against division by 0; 1 where `most` is null.
 */
export function clippingFactor(norm: number, most: number | null): number {
  return most === null ? 1 : Math.min(1, most / (norm + 1e-6));
}

/** The arrays of the update, all of one length: read as `name`, written as `new.name`. */
export const UPDATED = ['parameter', 'first', 'second'] as const;

/**
 * AdamW's update of a stretch of parameters. A stretch should fit the processor's cache: the update is a dozen
 * operations on each number, and would else wait for memory a dozen times.
 *
 * | value | shape | |
 * |---|---|---|
 * | `parameter`, `first`, `second`, `gradient` | [n] | a stretch of parameters, their moments, their gradient |
 * | `factor.*` | [] | the `UpdateFactors` |
 * | `new.parameter`, `new.first`, `new.second` | [n] | out |
 *
 * Each output may be written into the memory of its input: an input is read by one operation only, and its
 * output comes from a later one that needs that operation's result.
 */
export function buildUpdateGraph({ beta1, beta2 }: AdamW): Graph {
  const g = new GraphBuilder();
  const mul = (a: string, b: string): string => g.add('Mul', [a, b]);
  const add = (a: string, b: string): string => g.add('Add', [a, b]);
  g.output('new.first', add(mul('first', g.float(beta1)), mul('gradient', 'factor.first')));
  const square = mul(mul('gradient', 'gradient'), 'factor.second');
  g.output('new.second', add(mul('second', g.float(beta2)), square));
  const change = g.add('Div', [
    mul('new.first', 'factor.rate'),
    add(g.add('Sqrt', ['new.second']), 'factor.epsilon'),
  ]);
  g.output('new.parameter', g.add('Sub', [mul('parameter', 'factor.decay'), change]));
  const stretch = (name: string): ValueInfo => ({ name, type: 'float32', shape: ['n'] });
  return g.build(
    'adamw',
    [
      ...[...UPDATED, 'gradient'].map(stretch),
      ...['decay', 'first', 'second', 'rate', 'epsilon'].map((name): ValueInfo => ({
        name: `factor.${name}`,
        type: 'float32',
        shape: [],
      })),
    ],
    UPDATED.map((name) => stretch(`new.${name}`)),
  );
}
