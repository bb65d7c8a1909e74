/** What the loss of a text says: both parts, what was published, and the passages that were hard and easy. */
import { lossParameters } from './parameters';
import type { LossResult, PartLoss, WindowLoss } from './result';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, t, whole } from '../../l10n/language';
import { listed, rounded, written } from '../../l10n/numbers';

/** A window, and the part of the text it belongs to. */
export interface PlacedWindow {
  readonly part: 'training' | 'validation';
  readonly window: WindowLoss;
}

/** Characters of a passage that stand for it. */
const EXCERPT = 60;

export const lossReport: ReportOf<LossResult> = { summary, tables };

/** Both parts by name; validation is left out where there is none. */
export function partsOf({
  training,
  validation,
}: LossResult): readonly (readonly [PlacedWindow['part'], PartLoss])[] {
  return [['training', training] as const, ...(validation ? [['validation', validation] as const] : [])];
}

export function partName(part: PlacedWindow['part']): string {
  return part === 'training'
    ? t({ message: 'training', comment: 'a part of the text' })
    : t({ message: 'validation', comment: 'a part of the text' });
}

/** All windows, in the order of the text. */
export function windowsOf(result: LossResult): PlacedWindow[] {
  return partsOf(result).flatMap(([part, { windowLosses }]) =>
    windowLosses.map((window) => ({ part, window })),
  );
}

/** The text of a window's predicted tokens. */
export function passageOf({ provenance }: LossResult, { start, end }: WindowLoss): string {
  return lossParameters.parse(provenance.parameters).text.slice(start, end);
}

/** A passage in one line: its beginning, its white space folded. */
export function excerpt(passage: string): string {
  const line = passage.replace(/\s+/gu, ' ').trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line;
}

function summary(result: LossResult): string[] {
  const { training, validation, provenance } = result;
  if (training.loss === null) return [t('The run was stopped before its first batch was finished.')];
  const values = ({ loss, perplexity }: PartLoss): string[] => [rounded(loss!), rounded(perplexity!)];
  const losses = [
    t('a training loss of {0} nats per token (perplexity {1})', ...values(training)),
    ...(validation
      ? [
          validation.loss === null
            ? t('a validation loss that was not reached')
            : t('a validation loss of {0} nats per token (perplexity {1})', ...values(validation)),
        ]
      : []),
  ];
  return [
    t('{0} has {1}.', provenance.modelName, listed(losses)),
    ...gap(result),
    ...published(result),
    ...bits(result),
    ...passages(result),
  ];
}

function gap({ training, validation }: LossResult): string[] {
  if (training.loss === null || !validation || validation.loss === null) return [];
  const difference = validation.loss - training.loss;
  const values = [rounded(Math.abs(difference)), rounded(Math.exp(Math.abs(difference)))];
  return [
    difference > 0
      ? t(
          'The validation part is harder by {0} nats per token: its tokens are on average {1} times less probable than those of the training part. A model that had memorised the training part would have a far lower loss there.',
          ...values,
        )
      : t(
          'The training part is harder by {0} nats per token: its tokens are on average {1} times less probable than those of the validation part. A model that had memorised the training part would have a far lower loss there.',
          ...values,
        ),
  ];
}

function published({ published: known, training, validation }: LossResult): string[] {
  return known
    .filter(({ sameSize }) => sameSize)
    .map((reference) => {
      const parts = [
        ...(training.loss === null ? [] : [trainingBeside(training.loss, reference.training)]),
        ...(typeof validation?.loss === 'number'
          ? [validationBeside(validation.loss, reference.validation)]
          : []),
      ];
      return t('The losses published for {0} on this text are {1}.', reference.model, listed(parts));
    });
}

function trainingBeside(found: number, expected: number): string {
  const values = [written(expected), rounded(Math.abs(found - expected), 2)];
  return found >= expected
    ? t('training {0} (here {1} higher)', ...values)
    : t('training {0} (here {1} lower)', ...values);
}

function validationBeside(found: number, expected: number): string {
  const values = [written(expected), rounded(Math.abs(found - expected), 2)];
  return found >= expected
    ? t('validation {0} (here {1} higher)', ...values)
    : t('validation {0} (here {1} lower)', ...values);
}

function bits(result: LossResult): string[] {
  const parts = partsOf(result).flatMap(([name, { bitsPerCharacter }]) =>
    bitsPerCharacter === null
      ? []
      : [
          name === 'training'
            ? t('{0} in the training part', rounded(bitsPerCharacter))
            : t('{0} in the validation part', rounded(bitsPerCharacter)),
        ],
  );
  return parts.length === 0
    ? []
    : [t('Bits per character, comparable between tokenizers: {0}.', listed(parts))];
}

function passages(result: LossResult): string[] {
  const ordered = windowsOf(result).sort((a, b) => a.window.loss - b.window.loss);
  const [easiest, hardest] = [ordered[0], ordered.at(-1)];
  if (!easiest || !hardest || easiest === hardest) return [];
  const said = ({ window }: PlacedWindow): string =>
    t('“{0}” ({1} nats)', excerpt(passageOf(result, window)), rounded(window.loss));
  return [t('The hardest window begins with {0} and the easiest with {1}.', said(hardest), said(easiest))];
}

function tables(result: LossResult): ReportTable[] {
  const parts: ReportTable = {
    id: 'parts',
    title: t('Both parts'),
    note: t(
      'The loss is the mean over batches of the mean over the tokens of each, as the book computes it.',
    ),
    columns: [
      t('Part'),
      t('Loss'),
      t('Perplexity'),
      t('Bits per character'),
      t('Tokens'),
      t('Characters'),
      t('Windows'),
      t('Windows left out'),
      t('Batches'),
    ],
    formats: ['text', 'nats', 'number', 'number', 'whole', 'whole', 'whole', 'whole', 'whole'],
    keys: 1,
    rows: partsOf(result).map(([name, part]) => [
      partName(name),
      part.loss,
      part.perplexity,
      part.bitsPerCharacter,
      part.tokens,
      part.characters,
      part.windows,
      part.droppedWindows,
      part.batches,
    ]),
  };
  const windows: ReportTable = {
    id: 'windows',
    title: t('Every window'),
    note: t(
      'The model reads each window on its own and predicts {0}.',
      counted(lossParameters.parse(result.provenance.parameters).context, '{0} token', '{0} tokens'),
    ),
    columns: [t('Part'), t('Window'), t('Loss'), t('Perplexity'), t('Batch'), t('Begins with')],
    formats: ['text', 'whole', 'nats', 'number', 'whole', 'text'],
    keys: 2,
    rows: windowsOf(result).map(({ part, window }): Cell[] => [
      partName(part),
      window.index + 1,
      window.loss,
      Math.exp(window.loss),
      window.batch + 1,
      excerpt(passageOf(result, window)),
    ]),
  };
  return [parts, ...publishedTable(result), windows];
}

function publishedTable({ published: known }: LossResult): ReportTable[] {
  if (known.length === 0) return [];
  return [
    {
      id: 'published',
      title: t('Published for this text and these settings'),
      note: t('Raschka, Build a Large Language Model (From Scratch), chapter 5 and its exercises.'),
      columns: [t('Model'), t('Parameters'), t('Training'), t('Validation')],
      formats: ['text', 'text', 'nats', 'nats'],
      keys: 1,
      rows: known.map(({ model, parameters, training, validation }) => [
        model,
        whole(parameters),
        training,
        validation,
      ]),
    },
  ];
}
