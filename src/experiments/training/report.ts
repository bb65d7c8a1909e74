/** What a training says: how the losses fell, what it cost, and whether it can be continued to the last bit. */
import type { Evaluation, TrainingResult } from './result';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, t, whole } from '../../l10n/language';
import { rounded, written } from '../../l10n/numbers';

export const trainingReport: ReportOf<TrainingResult> = { summary, tables };

function summary(result: TrainingResult): string[] {
  const { continuity, sentence, history } = result;
  if (continuity) return verified(continuity);
  const first = history.evaluations[0];
  const last = history.evaluations.at(-1);
  return [
    ...(sentence === null ? [] : [sentence]),
    ...(first && last && first !== last ? fall(first, last) : []),
    extent(result),
    ...costs(result),
    ...(result.checkpoint === null
      ? []
      : [
          t(
            'The trained model is in the list of models; to train it further from its weights and optimizer state, begin from “the last checkpoint”.',
          ),
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
  const runs = [counted(steps, '{0} step', '{0} steps'), whole(before), whole(after)];
  const [first] = different;
  return first === undefined
    ? [
        t(
          'Continuity holds: {0} in one go and {1} + {2} steps resumed from a checkpoint give the same {3} tensors, to the last bit.',
          ...runs,
          whole(tensors),
        ),
        t(
          'The weights and both moments of AdamW were compared. Saving the weights alone is not enough, because the moments decide the size of each step.',
        ),
      ]
    : [
        t(
          'Continuity is broken: {0} in one go and {1} + {2} steps resumed from a checkpoint differ in {3} of {4} tensors, first in {5}.',
          ...runs,
          whole(different.length),
          whole(tensors),
          first,
        ),
      ];
}

function fall(first: Evaluation, last: Evaluation): string[] {
  const [training, validation] = [
    trainingFall(first.training, last.training),
    validationFall(first.validation, last.validation),
  ];
  const steps = [written(first.step), written(last.step)];
  if (training && validation) {
    return [t('From step {0} to step {1} {2}, and {3} nats per token.', ...steps, training, validation)];
  }
  const one = training ?? validation;
  return one ? [t('From step {0} to step {1} {2} nats per token.', ...steps, one)] : [];
}

function trainingFall(before: number | null, after: number | null): string | null {
  if (before === null || after === null) return null;
  const [from, to] = [rounded(before), rounded(after)];
  if (from === to) return t('the training loss stayed at {0}', to);
  return after < before
    ? t('the training loss fell from {0} to {1}', from, to)
    : t('the training loss rose from {0} to {1}', from, to);
}

function validationFall(before: number | null, after: number | null): string | null {
  if (before === null || after === null) return null;
  const [from, to] = [rounded(before), rounded(after)];
  if (from === to) return t('the validation loss stayed at {0}', to);
  return after < before
    ? t('the validation loss fell from {0} to {1}', from, to)
    : t('the validation loss rose from {0} to {1}', from, to);
}

function extent({ progress, settings, plan }: TrainingResult): string {
  return t(
    'It trained for {0} of {1} × {2} tokens ({3}); the training part has {4}.',
    counted(progress.step, '{0} step', '{0} steps'),
    written(settings.batchSize),
    written(settings.context),
    counted(progress.epoch, '{0} whole epoch', '{0} whole epochs'),
    counted(plan.trainingTokens, '{0} token', '{0} tokens'),
  );
}

function costs({ tokensPerSecond, progress, peakMemory }: TrainingResult): string[] {
  if (tokensPerSecond === null) return [];
  return [
    t(
      'It processed {0} tokens per second and took {1} seconds in all; the model process used {2} MB of memory.',
      rounded(tokensPerSecond),
      rounded(progress.seconds),
      rounded(peakMemory / 1e6),
    ),
  ];
}

function tables(result: TrainingResult): ReportTable[] {
  const { history, continuity } = result;
  if (continuity) {
    return [
      {
        id: 'continuity',
        title: t('Continuity'),
        columns: [t({ message: 'Run', comment: 'of a training' }), t('Digest of all tensors (SHA-256)')],
        formats: ['text', 'text'],
        keys: 1,
        rows: [
          [counted(continuity.steps, '{0} step', '{0} steps'), continuity.straight],
          [`${whole(continuity.before)} + ${whole(continuity.after)}`, continuity.interrupted],
        ],
      },
    ];
  }
  const evaluations: ReportTable = {
    id: 'evaluations',
    title: t('Evaluations'),
    note: t(
      'Means over at most {0} of each part, nats per token.',
      counted(result.settings.evaluationBatches, '{0} batch', '{0} batches'),
    ),
    columns: [t('Step'), t('Tokens seen'), t('Training'), t('Validation')],
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
    title: t('Samples after each epoch'),
    columns: [t('Epoch'), t('Step'), t('Text')],
    formats: ['whole', 'whole', 'text'],
    keys: 1,
    rows: history.samples.map(({ epoch, step, text }) => [epoch, step, text]),
  };
  const steps: ReportTable = {
    id: 'steps',
    title: t('Every step'),
    note: t(
      'The loss of the step’s batch before the update, and the norm of the gradient over all parameters.',
    ),
    columns: [t('Step'), t('Tokens seen'), t('Loss'), t('Gradient norm'), t('Learning rate')],
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
