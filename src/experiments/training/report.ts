/** What a training says: how the losses fell, what it cost, and whether it can be continued to the last bit. */
import type { Evaluation, TrainingResult } from './result';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, whole } from '../../l10n/language';
import { rounded } from '../../l10n/numbers';

export const trainingReport: ReportOf<TrainingResult> = { summary, tables };

function summary(result: TrainingResult): string[] {
  const { continuity, sentence, history } = result;
  if (continuity) return verified(continuity);
  const first = history.evaluations[0];
  const last = history.evaluations.at(-1);
  return [
    ...(sentence === null ? [] : [sentence]),
    ...(first && last && first !== last ? [fall(first, last)] : []),
    extent(result),
    ...costs(result),
    ...(result.checkpoint === null
      ? []
      : [
          'The trained model is in the list of models; “continue” resumes from its weights and optimizer state.',
        ]),
  ];
}

function verified({
  steps,
  before,
  after,
  tensors,
  different,
}: NonNullable<TrainingResult['continuity']>): string[] {
  const runs = `${counted(steps, '{0} step', '{0} steps')} in one go and ${before} + ${after} steps resumed from a checkpoint`;
  return different.length === 0
    ? [
        `Continuity holds: ${runs} give the same ${whole(tensors)} tensors, to the last bit.`,
        'The weights and both moments of AdamW were compared. Saving the weights alone is not enough, because the moments decide the size of each step.',
      ]
    : [
        `Continuity is broken: ${runs} differ in ${whole(different.length)} of ${whole(tensors)} tensors, first in ${different[0]!}.`,
      ];
}

function fall(first: Evaluation, last: Evaluation): string {
  const part = (name: string, before: number | null, after: number | null): string[] => {
    if (before === null || after === null) return [];
    const [from, to] = [rounded(before), rounded(after)];
    if (from === to) return [`the ${name} loss stayed at ${to}`];
    return [`the ${name} loss ${after < before ? 'fell' : 'rose'} from ${from} to ${to}`];
  };
  const parts = [
    ...part('training', first.training, last.training),
    ...part('validation', first.validation, last.validation),
  ];
  return `From step ${first.step} to step ${last.step} ${parts.join(', and ')} nats per token.`;
}

function extent({ progress, settings, plan }: TrainingResult): string {
  return `It trained for ${counted(progress.step, '{0} step', '{0} steps')} of ${settings.batchSize} × ${settings.context} tokens (${counted(progress.epoch, '{0} whole epoch', '{0} whole epochs')}); the training part has ${counted(plan.trainingTokens, '{0} token', '{0} tokens')}.`;
}

function costs({ tokensPerSecond, progress, peakMemory }: TrainingResult): string[] {
  if (tokensPerSecond === null) return [];
  return [
    `It processed ${rounded(tokensPerSecond)} tokens per second and took ${rounded(progress.seconds)} seconds in all; the model process used ${rounded(peakMemory / 1e6)} MB of memory.`,
  ];
}

function tables(result: TrainingResult): ReportTable[] {
  const { history, continuity } = result;
  if (continuity) {
    return [
      {
        id: 'continuity',
        title: 'Continuity',
        columns: ['Run', 'Digest of all tensors (SHA-256)'],
        formats: ['text', 'text'],
        keys: 1,
        rows: [
          [counted(continuity.steps, '{0} step', '{0} steps'), continuity.straight],
          [`${continuity.before} + ${continuity.after}`, continuity.interrupted],
        ],
      },
    ];
  }
  const evaluations: ReportTable = {
    id: 'evaluations',
    title: 'Evaluations',
    note: `Means over at most ${counted(result.settings.evaluationBatches, '{0} batch', '{0} batches')} of each part, nats per token.`,
    columns: ['Step', 'Tokens seen', 'Training', 'Validation'],
    formats: ['whole', 'whole', 'nats', 'nats'],
    keys: 1,
    rows: history.evaluations.map(({ step, tokensSeen, training, validation }): Cell[] => [
      step,
      tokensSeen,
      training,
      validation,
    ]),
  };
  const samples: ReportTable = {
    id: 'samples',
    title: 'Samples after each epoch',
    columns: ['Epoch', 'Step', 'Text'],
    formats: ['whole', 'whole', 'text'],
    keys: 1,
    rows: history.samples.map(({ epoch, step, text }) => [epoch, step, text]),
  };
  const steps: ReportTable = {
    id: 'steps',
    title: 'Every step',
    note: 'The loss of the step’s batch before the update, and the norm of the gradient over all parameters.',
    columns: ['Step', 'Tokens seen', 'Loss', 'Gradient norm', 'Learning rate'],
    formats: ['whole', 'whole', 'nats', 'number', 'number'],
    keys: 1,
    rows: history.steps.map(({ step, tokensSeen, loss, gradientNorm, learningRate }) => [
      step,
      tokensSeen,
      loss,
      gradientNorm,
      learningRate,
    ]),
  };
  return [evaluations, ...(samples.rows.length > 0 ? [samples] : []), steps];
}
