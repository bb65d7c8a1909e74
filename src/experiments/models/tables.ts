/** The tables of a comparison of models. */
import { t, whole } from '../../l10n/language';
import type { Spread } from '../../core/statistics/spread';
import type { ComparedText, ModelsResult } from './result';
import { measureOf, MODEL_MEASURES, perplexityOf } from './measures';
import type { Cell, ReportTable } from '../report/types';
import { precisionWords } from '../report/words';

type Tables = (result: ModelsResult) => ReportTable;

export function modelsTables(result: ModelsResult): ReportTable[] {
  const { models } = result;
  if (models.length === 0) return [];
  const several = models[0]!.trials.length > 1;
  const measured: readonly Tables[] = several ? [spreadTable, trialsTable] : [measuresTable, perplexityTable];
  return [...measured, referenceTable, distancesTable, nextTable, textsTable, costsTable].map((table) =>
    table(result),
  );
}

const namesOf = ({ models }: ModelsResult): string[] => models.map(({ name }) => name);

function measuresTable({ models }: ModelsResult): ReportTable {
  return {
    id: 'measures',
    title: t('Measures'),
    note: t('Of the sampled texts. Diversity and coherence are the chapter’s definitions, applied to texts.'),
    columns: [t('Model'), ...MODEL_MEASURES.map(({ label }) => label), t('Entropy of the next token')],
    formats: ['text', ...MODEL_MEASURES.map(() => 'percent' as const), 'nats'],
    keys: 1,
    rows: models.map((model): Cell[] => [
      model.name,
      ...MODEL_MEASURES.map(({ id }) => measureOf(model, id)?.mean ?? null),
      model.entropy,
    ]),
  };
}

function perplexityTable(result: ModelsResult): ReportTable {
  const { models } = result;
  return {
    id: 'perplexities',
    title: t('Perplexity of each model on each one’s texts'),
    columns: [t('Model'), ...namesOf(result).map((name) => t('on {0}’s', name))],
    formats: ['text', ...models.map(() => 'number' as const)],
    keys: 1,
    rows: models.map((model): Cell[] => [
      model.name,
      ...models.map((_, author) => perplexityOf(model, author).mean),
    ]),
  };
}

/** One row per measure and model, so that models stand one below the other. */
function spreadTable(result: ModelsResult): ReportTable {
  const { models } = result;
  const row = (label: string, name: string, found: Spread | null): Cell[] => [
    label,
    name,
    found?.mean ?? null,
    found?.deviation ?? null,
    found?.least ?? null,
    found?.most ?? null,
  ];
  return {
    id: 'spread',
    title: t('Measures over {0} trials', whole(models[0]!.trials.length)),
    note: t(
      'Of the sampled texts of each trial, as shares of 1. Diversity and coherence are the chapter’s definitions, applied to texts. The standard deviation is over the trials.',
    ),
    columns: [t('Measure'), t('Model'), t('Mean'), t('Standard deviation'), t('Least'), t('Most')],
    formats: ['text', 'text', 'number', 'number', 'number', 'number'],
    keys: 2,
    rows: [
      ...MODEL_MEASURES.flatMap(({ id, label }) =>
        models.map((model) => row(label, model.name, measureOf(model, id))),
      ),
      ...namesOf(result).flatMap((author, index) =>
        models.map((model) => row(t('Perplexity on {0}’s', author), model.name, perplexityOf(model, index))),
      ),
    ],
  };
}

function trialsTable(result: ModelsResult): ReportTable {
  const names = namesOf(result);
  return {
    id: 'trials',
    title: t('Trial by trial'),
    note: t(
      'In each trial all models draw with the same random numbers; a run with its seed alone gives the same texts.',
    ),
    columns: [
      t('Model'),
      t('Trial'),
      t('Seed'),
      ...MODEL_MEASURES.map(({ label }) => label),
      ...names.map((name) => t('Perplexity on {0}’s', name)),
    ],
    formats: [
      ...(['text', 'whole', 'whole'] as const),
      ...MODEL_MEASURES.map(() => 'percent' as const),
      ...names.map(() => 'number' as const),
    ],
    keys: 2,
    rows: result.models.flatMap(({ name, trials }) =>
      trials.map(({ seed, measures, perplexityOn }, trial): Cell[] => [
        name,
        trial + 1,
        seed,
        ...MODEL_MEASURES.map(({ id }) => measures[id]),
        ...perplexityOn,
      ]),
    ),
  };
}

function referenceTable({ models }: ModelsResult): ReportTable {
  return {
    id: 'reference',
    title: t('The reference text, and the next token'),
    columns: [
      t('Model'),
      t('Perplexity on the reference'),
      t('Bits per character'),
      t('Tokens'),
      t('Entropy of the next token'),
    ],
    formats: ['text', 'number', 'number', 'whole', 'nats'],
    keys: 1,
    rows: models.map(({ name, reference, entropy }): Cell[] => [
      name,
      reference?.perplexity ?? null,
      reference?.bitsPerCharacter ?? null,
      reference?.tokens ?? null,
      entropy,
    ]),
  };
}

function distancesTable(result: ModelsResult): ReportTable {
  const names = namesOf(result);
  return {
    id: 'distances',
    title: t('Next tokens, model against model'),
    note: t('Divergences in nats, before the samplers.'),
    columns: [
      t({ message: 'First', comment: 'model' }),
      t({ message: 'Second', comment: 'model' }),
      t('KL (first from second)'),
      t('KL (second from first)'),
      'Jensen-Shannon',
      t('Shared of the 10 best'),
    ],
    formats: ['text', 'text', 'nats', 'nats', 'nats', 'whole'],
    keys: 2,
    rows: result.pairs.map(({ first, second, divergence, reverse, jensenShannon, overlap }) => [
      names[first]!,
      names[second]!,
      divergence,
      reverse,
      jensenShannon,
      overlap,
    ]),
  };
}

function nextTable(result: ModelsResult): ReportTable {
  return {
    id: 'next',
    title: t('The most probable next tokens'),
    columns: [t('Token'), ...namesOf(result)],
    formats: ['token', ...result.models.map(() => 'percent' as const)],
    keys: 1,
    rows: result.next.map(({ token, probabilities }): Cell[] => [token.text, ...probabilities]),
  };
}

function textsTable(result: ModelsResult): ReportTable {
  const row = (
    name: string,
    trial: number | null,
    sample: string,
    { text, probabilities }: ComparedText,
  ): Cell[] => [
    name,
    trial,
    sample,
    text,
    ...probabilities.map((list) => list.reduce((sum, p) => sum + Math.log(p), 0) / list.length),
  ];
  return {
    id: 'texts',
    title: t('Every text'),
    columns: [
      t('Model'),
      t('Trial'),
      t({ message: 'Sample', comment: 'its number' }),
      t('Text'),
      ...namesOf(result).map((name) => t('log-probability by {0}', name)),
    ],
    formats: ['text', 'whole', 'text', 'text', ...result.models.map(() => 'nats' as const)],
    keys: 3,
    rows: result.models.flatMap(({ name, greedy, trials }) => [
      row(name, null, t({ message: 'greedy', comment: 'text' }), greedy),
      ...trials.flatMap(({ texts }, trial) =>
        texts.map((text, sample) => row(name, trial + 1, String(sample + 1), text)),
      ),
    ]),
  };
}

/** Megabytes of what is known. */
const megabytes = (bytes: number | null | undefined): number | null =>
  bytes === null || bytes === undefined || bytes === 0 ? null : bytes / 1e6;

function costsTable({ models, memoryUse }: ModelsResult): ReportTable {
  return {
    id: 'costs',
    title: t('Size, memory and speed'),
    note: t(
      'The memory needed is an estimate for the weights and one full context; the growth of the process was measured, where no other model was loaded or freed meanwhile.',
    ),
    columns: [
      t('Model'),
      t('Parameters'),
      t('Arithmetic'),
      t('Weights on disk, MB'),
      t('Memory needed (estimate), MB'),
      t('Growth of the process (measured), MB'),
      t('Tokens per second'),
    ],
    formats: ['text', 'whole', 'text', 'number', 'number', 'number', 'number'],
    keys: 1,
    rows: models.map(({ name, parameters, precision, weightBytes, tokensPerSecond }, index) => [
      name,
      parameters,
      precisionWords(precision),
      megabytes(weightBytes),
      megabytes(memoryUse?.models[index]?.needed),
      megabytes(memoryUse?.models[index]?.grown),
      tokensPerSecond,
    ]),
  };
}
