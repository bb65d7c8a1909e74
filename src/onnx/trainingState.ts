import type { Checkpoint } from '../gpt2/checkpoint/checkpoint';
import { expectedShapes } from '../gpt2/checkpoint/checkpoint';
import { readFloats } from '../gpt2/checkpoint/floats';
import { RuntimeError } from './runtime';
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

/** One parameter of a model in training, with what belongs to it; all arrays have the parameter's length. */
export interface TrainedTensor {
  /** As in the checkpoint, without prefix. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly parameter: Float32Array;
  /** AdamW's moments: running means of the gradient and of its square. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly gradient: Float32Array;
}

/**
 * Reads a model's parameters, widened to float32, and makes room for training them.
 * @returns the tensors in the order of `expectedShapes`, moments and gradients 0.
 * @throws RuntimeError when there is not enough memory.
 */
export async function readTrainedTensors(checkpoint: Checkpoint): Promise<TrainedTensor[]> {
  const tensors: TrainedTensor[] = [];
  for (const [name, shape] of expectedShapes(checkpoint.config)) {
    const length = shape.reduce((a, b) => a * b, 1);
    const parameter = await readFloats(checkpoint.weights.get(name)!, 0, length);
    const room = (): Float32Array => allocate(length);
    tensors.push({ name, shape, parameter, first: room(), second: room(), gradient: room() });
  }
  return tensors;
}

function allocate(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch {
    throw new RuntimeError(
      t(
        'There is no memory for another {0} MB of training state. Close other programs or train a smaller model.',
        asGiven(Math.ceil((length * 4) / 1e6)),
      ),
    );
  }
}
