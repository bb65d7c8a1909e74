/** What the loss of a text says: both parts, what was published, and the passages that were hard and easy. */
import { lossParameters } from './parameters';
import type { LossResult, PartLoss, WindowLoss } from './result';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, whole } from '../../l10n/language';
import { listed, rounded } from '../../l10n/numbers';

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
  if (training.loss === null) return ['The run was stopped before its first batch was finished.'];
  const of = ({ loss, perplexity }: PartLoss): string =>
    loss === null ? 'not reached' : `${rounded(loss)} nats per token (perplexity ${rounded(perplexity!)})`;
  const losses = [
    `a training loss of ${of(training)}`,
    ...(validation
      ? [
          validation.loss === null
            ? 'a validation loss that was not reached'
            : `a validation loss of ${of(validation)}`,
        ]
      : []),
  ];
  return [
    `${provenance.modelName} has ${listed(losses)}.`,
    ...gap(result),
    ...published(result),
    ...bits(result),
    ...passages(result),
  ];
}

function gap({ training, validation }: LossResult): string[] {
  if (training.loss === null || !validation || validation.loss === null) return [];
  const difference = validation.loss - training.loss;
  const [more, less] = difference > 0 ? ['validation', 'training'] : ['training', 'validation'];
  return [
    `The ${more} part is harder by ${rounded(Math.abs(difference))} nats per token: its tokens are on average ${rounded(Math.exp(Math.abs(difference)))} times less probable than those of the ${less} part. A model that had memorised the training part would have a far lower loss there.`,
  ];
}

function published({ published: known, training, validation }: LossResult): string[] {
  return known
    .filter(({ sameSize }) => sameSize)
    .map((reference) => {
      const parts = [
        ['training', training.loss, reference.training] as const,
        ['validation', validation?.loss ?? null, reference.validation] as const,
      ].flatMap(([name, found, expected]) =>
        found === null
          ? []
          : [
              `${name} ${expected} (here ${rounded(Math.abs(found - expected), 2)} ${found >= expected ? 'higher' : 'lower'})`,
            ],
      );
      return `The losses published for ${reference.model} on this text are ${listed(parts)}.`;
    });
}

function bits(result: LossResult): string[] {
  const parts = partsOf(result).flatMap(([name, { bitsPerCharacter }]) =>
    bitsPerCharacter === null ? [] : [`${rounded(bitsPerCharacter)} in the ${name} part`],
  );
  return parts.length === 0 ? [] : [`Bits per character, comparable between tokenizers: ${listed(parts)}.`];
}

function passages(result: LossResult): string[] {
  const ordered = windowsOf(result).sort((a, b) => a.window.loss - b.window.loss);
  const [easiest, hardest] = [ordered[0], ordered.at(-1)];
  if (!easiest || !hardest || easiest === hardest) return [];
  const said = ({ window }: PlacedWindow): string =>
    `“${excerpt(passageOf(result, window))}” (${rounded(window.loss)} nats)`;
  return [`The hardest window begins with ${said(hardest)} and the easiest with ${said(easiest)}.`];
}

function tables(result: LossResult): ReportTable[] {
  const parts: ReportTable = {
    id: 'parts',
    title: 'Both parts',
    note: 'The loss is the mean over batches of the mean over the tokens of each, as the book computes it.',
    columns: [
      'Part',
      'Loss',
      'Perplexity',
      'Bits per character',
      'Tokens',
      'Characters',
      'Windows',
      'Windows left out',
      'Batches',
    ],
    formats: ['text', 'nats', 'number', 'number', 'whole', 'whole', 'whole', 'whole', 'whole'],
    keys: 1,
    rows: partsOf(result).map(([name, part]) => [
      name,
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
    title: 'Every window',
    note: `The model reads each window on its own and predicts ${counted(lossParameters.parse(result.provenance.parameters).context, '{0} token', '{0} tokens')}.`,
    columns: ['Part', 'Window', 'Loss', 'Perplexity', 'Batch', 'Begins with'],
    formats: ['text', 'whole', 'nats', 'number', 'whole', 'text'],
    keys: 2,
    rows: windowsOf(result).map(({ part, window }): Cell[] => [
      part,
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
      title: 'Published for this text and these settings',
      note: 'Raschka, Build a Large Language Model (From Scratch), chapter 5 and its exercises.',
      columns: ['Model', 'Parameters', 'Training', 'Validation'],
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
