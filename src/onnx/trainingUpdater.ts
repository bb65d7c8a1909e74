import type { Tensor } from 'onnxruntime-node';
import { buildUpdateGraph, UPDATED, updateFactors, type AdamW } from '../gpt2/graph/trainingUpdate';
import { createSession, loadRuntime, type Session, type SessionOptions, type Tensors } from './runtime';
import type { TrainedTensor } from './trainingState';

/** Numbers of a stretch: its eight arrays fit a processor's cache, and starting a run costs little beside it. */
const STRETCH = 1 << 17;

interface Stretch {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

/** AdamW on the arrays of a model in training, in place. */
export class TrainingUpdater {
  private constructor(
    private readonly session: Session,
    private readonly stretches: readonly Stretch[],
    private readonly factors: Readonly<Record<string, Tensor>>,
    private readonly adamW: AdamW,
  ) {}

  static async create(
    tensors: readonly TrainedTensor[],
    adamW: AdamW,
    options: SessionOptions,
  ): Promise<TrainingUpdater> {
    const session = await createSession(buildUpdateGraph(adamW), options);
    const { Tensor: TensorClass } = await loadRuntime();
    const factors = Object.fromEntries(
      Object.keys(updateFactors(adamW, 0, 1, 1)).map((name) => [
        name,
        new TensorClass('float32', new Float32Array(1), []),
      ]),
    );
    const factorInputs = Object.fromEntries(
      Object.entries(factors).map(([name, tensor]) => [`factor.${name}`, tensor]),
    );
    const stretches = tensors.flatMap((tensor) => {
      const starts = Array.from(
        { length: Math.ceil(tensor.parameter.length / STRETCH) },
        (_, i) => i * STRETCH,
      );
      return starts.map((start): Stretch => {
        const part = (array: Float32Array): Tensor => {
          const view = array.subarray(start, start + STRETCH);
          return new TensorClass('float32', view, [view.length]);
        };
        const updated = Object.fromEntries(UPDATED.map((name) => [name, part(tensor[name])]));
        return {
          inputs: { ...updated, gradient: part(tensor.gradient), ...factorInputs },
          outputs: Object.fromEntries(UPDATED.map((name) => [`new.${name}`, updated[name]!])),
        };
      });
    });
    return new TrainingUpdater(session, stretches, factors, adamW);
  }

  /** Applies the gradients as step `step`, counted from 1, multiplied by `clip`. */
  async update(step: number, learningRate: number, clip: number): Promise<void> {
    for (const [name, value] of Object.entries(updateFactors(this.adamW, learningRate, step, clip))) {
      (this.factors[name]!.data as Float32Array)[0] = value as number;
    }
    for (const { inputs, outputs } of this.stretches) await this.session.runInto(inputs, outputs);
  }

  release(): Promise<void> {
    return this.session.release();
  }
}
