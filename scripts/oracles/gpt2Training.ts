import type { LanguageModel } from '../../src/core/languageModel';
import { arrangeBatches, windowStarts } from '../../src/experiments/kit/textBatches';
import { Gpt2Trainer, type TokenBatch } from '../../src/onnx/training';
import { compare } from './modelChecks';

/** Loss and training of a `gpt2-tiny/1` reference. */
export interface TrainingReference {
  readonly loss: {
    readonly token_stream: readonly number[];
    readonly context_length: number;
    readonly stride: number;
    readonly batch_size: number;
    readonly drop_last: boolean;
    readonly batch_losses: readonly number[];
    readonly mean: number;
  };
  readonly training: {
    readonly batches: readonly {
      readonly inputs: readonly (readonly number[])[];
      readonly targets: readonly (readonly number[])[];
    }[];
    readonly losses: readonly number[];
    readonly gradient_l2_norms: readonly number[];
    readonly parameters_after_step_3: Tensors;
    readonly parameters_after_step_6: Tensors;
  };
}

type Tensors = Readonly<
  Record<string, { readonly first8: readonly number[]; readonly sum: number; readonly l2: number }>
>;

const BATCH_LOSS_TOLERANCE = 1e-5;
const LOSS_TOLERANCE = 1e-4;
const NORM_TOLERANCE = 1e-3;
const PARAMETER_TOLERANCE = 1e-4;

/** As the reference's `optimizer` says. */
const ADAM_W = { weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const LEARNING_RATE = 4e-4;

/** Checks batch losses, and six AdamW steps with what they make of the parameters. */
export async function checkTraining(
  directory: string,
  model: LanguageModel,
  reference: TrainingReference,
): Promise<string[]> {
  const trainer = await Gpt2Trainer.open(directory, { adamW: ADAM_W, dropout: 0, seed: 0 });
  try {
    return [
      ...(await checkLoss('batch losses', reference, async (windows) => {
        const parts = [
          windows.map((tokens) => tokens.slice(0, -1)),
          windows.map((tokens) => tokens.slice(1)),
        ];
        return meanOf(await trainer.tokenLosses(batchOf(parts[0]!, parts[1]!)));
      })),
      ...(await checkLoss('batch losses by scoring', reference, async (windows) => {
        const scores = await Promise.all(windows.map((tokens) => model.score!(tokens)));
        return meanOf(scores.flatMap(({ logProbabilities }) => [...logProbabilities.subarray(1)])) * -1;
      })),
      ...(await checkSteps(trainer, reference)),
    ];
  } finally {
    await trainer.release();
  }
}

/** @param meanLoss of windows of context + 1 tokens. */
async function checkLoss(
  what: string,
  { loss }: TrainingReference,
  meanLoss: (windows: readonly (readonly number[])[]) => Promise<number>,
): Promise<string[]> {
  const { token_stream: stream, context_length: context } = loss;
  const starts = windowStarts(stream.length, { context, stride: loss.stride });
  const losses: number[] = [];
  for (const windows of arrangeBatches(starts.length, loss.batch_size, { dropLast: loss.drop_last })) {
    losses.push(await meanLoss(windows.map((i) => stream.slice(starts[i], starts[i]! + context + 1))));
  }
  return [
    ...compare(what, losses, loss.batch_losses, BATCH_LOSS_TOLERANCE),
    ...compare(`${what}, mean`, [meanOf(losses)], [loss.mean], BATCH_LOSS_TOLERANCE),
  ];
}

async function checkSteps(trainer: Gpt2Trainer, { training }: TrainingReference): Promise<string[]> {
  const mismatches: string[] = [];
  const losses: number[] = [];
  const ratios: number[] = [];
  for (const [i, { inputs, targets }] of training.batches.entries()) {
    const step = i + 1;
    const options = { step, learningRate: LEARNING_RATE, clipNorm: null };
    const { loss, gradientNorm } = await trainer.step(batchOf(inputs, targets), options);
    losses.push(loss);
    ratios.push(gradientNorm / training.gradient_l2_norms[i]!);
    if (step === 3) mismatches.push(...compareTensors(trainer, step, training.parameters_after_step_3));
    if (step === 6) mismatches.push(...compareTensors(trainer, step, training.parameters_after_step_6));
  }
  return [
    ...compare('training losses', losses, training.losses, LOSS_TOLERANCE),
    ...compare(
      'gradient norms, as a share of the reference',
      ratios,
      training.gradient_l2_norms.map(() => 1),
      NORM_TOLERANCE,
    ),
    ...mismatches,
  ];
}

function compareTensors(trainer: Gpt2Trainer, step: number, expected: Tensors): string[] {
  return Object.entries(expected).flatMap(([name, { first8, sum, l2 }]) => {
    const own = trainer.tensors.find((tensor) => tensor.name === name)?.parameter ?? new Float32Array();
    const squares = own.reduce((total, value) => total + value * value, 0);
    const what = `${name} after step ${step}`;
    return [
      ...compare(what, own.subarray(0, 8), first8, PARAMETER_TOLERANCE),
      ...compare(`${what}, sum`, [own.reduce((a, b) => a + b, 0)], [sum], PARAMETER_TOLERANCE),
      ...compare(`${what}, norm`, [Math.sqrt(squares)], [l2], PARAMETER_TOLERANCE),
    ];
  });
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}

function batchOf(
  inputs: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): TokenBatch {
  return {
    windows: inputs.length,
    length: inputs[0]!.length,
    ids: Int32Array.from(inputs.flat()),
    targets: Int32Array.from(targets.flat()),
  };
}
