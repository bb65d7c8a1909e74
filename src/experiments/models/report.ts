/** What a comparison of models says: how far they are apart, and what each thinks of the others' texts. */
import type { Spread } from '../../core/statistics/spread';
import type { ComparedModel, ModelsResult } from './result';
import { visibleToken } from '../../core/visibleText';
import { measureOf, perplexityOf } from './measures';
import { modelsTables } from './tables';
import type { ReportOf } from '../report/types';
import { counted, t, whole } from '../../l10n/language';
import { clauses, inPercent, listed, rounded } from '../../l10n/numbers';

export const modelsReport: ReportOf<ModelsResult> = { summary, tables: modelsTables };

function summary(result: ModelsResult): string[] {
  const { models, pairs } = result;
  if (models.length === 0) {
    return [t('The run was stopped before the models had read each other’s texts.')];
  }
  return [
    ...pairs.map((pair) =>
      t(
        'After this prompt, {0} and {1} share {2} of their 10 most probable tokens.',
        ...namesIn(models, pair),
        whole(pair.overlap),
      ),
    ),
    ...pairs.map((pair) => parting(models, pair)),
    ...pairs.map((pair) => divergence(models, pair)),
    opinions(models),
    variety(models),
    ...consistency(result),
    ...referenceSentence(models),
    costs(models),
    ...turnsSentence(result),
  ];
}

type Models = readonly ComparedModel[];
type Pair = ModelsResult['pairs'][number];

const namesIn = (models: Models, { first, second }: Pair): [string, string] => [
  models[first]!.name,
  models[second]!.name,
];

function parting(models: Models, pair: Pair): string {
  const { parts } = pair;
  const names = namesIn(models, pair);
  return parts
    ? t(
        'With greedy decoding, {0} and {1} diverge at token {2}: “{3}” against “{4}”.',
        ...names,
        whole(parts.position + 1),
        visibleToken(parts.firstToken.text),
        visibleToken(parts.secondToken.text),
      )
    : t('With greedy decoding, {0} and {1} write the same text.', ...names);
}

function divergence(models: Models, pair: Pair): string {
  const { jensenShannon } = pair;
  const names = namesIn(models, pair);
  return jensenShannon === null
    ? t(
        'How far {0} and {1} are apart for the next token is not known, because a server lists only some tokens.',
        ...names,
      )
    : t(
        'The Jensen-Shannon divergence of {0} and {1} for the next token is {2} nats (0 for equal distributions, at most {3}).',
        ...names,
        rounded(jensenShannon),
        rounded(Math.LN2),
      );
}

/** A mean, with the standard deviation where there are several trials. */
const withDeviation = (mean: string, deviation: string | null): string =>
  deviation === null ? mean : `${mean} ± ${deviation}`;

function opinions(models: Models): string {
  const shown = (model: ComparedModel, author: number): string => {
    const { mean, deviation } = perplexityOf(model, author);
    return withDeviation(rounded(mean), deviation === null ? null : rounded(deviation, 2));
  };
  const parts = listed(
    models.map((model, index) => {
      const others = models.flatMap(({ name }, author) =>
        author === index ? [] : [t('{0} on {1}’s', shown(model, author), name)],
      );
      return t(
        '{0} has a perplexity of {1} on its own texts and {2}',
        model.name,
        shown(model, index),
        listed(others),
      );
    }),
  );
  const trials = models[0]!.trials.length;
  return trials > 1
    ? t('{0} (mean ± standard deviation over {1} trials).', parts, whole(trials))
    : t('{0}.', parts);
}

function variety(models: Models): string {
  const shown = (found: Spread): string => {
    const { mean, deviation } = found;
    return withDeviation(inPercent(mean), deviation === null ? null : rounded(100 * deviation, 2));
  };
  const parts = clauses(
    models.map((model) => {
      const repetition = shown(measureOf(model, 'repetition')!);
      const pairs = measureOf(model, 'distinct2');
      return pairs
        ? t(
            '{0} has {1} distinct pairs of tokens and a repetition of {2}',
            model.name,
            shown(pairs),
            repetition,
          )
        : t('{0} has no distinct pairs of tokens and a repetition of {1}', model.name, repetition);
    }),
  );
  const trials = models[0]!.trials.length;
  return trials > 1
    ? t('Variety of the texts: {0} (mean ± standard deviation over {1} trials).', parts, whole(trials))
    : t('Variety of the texts: {0}.', parts);
}

/** Whether the more varied model is so in every trial: all draw with the same random numbers. */
function consistency({ models, pairs }: ModelsResult): string[] {
  if (models[0]!.trials.length < 2) return [];
  return pairs.map((pair) => {
    const [a, b] = [models[pair.first]!, models[pair.second]!];
    const names = namesIn(models, pair);
    const difference = a.trials.map(
      ({ measures }, trial) => (measures.distinct2 ?? 0) - (b.trials[trial]!.measures.distinct2 ?? 0),
    );
    const more = difference.filter((value) => value > 0).length;
    const less = difference.filter((value) => value < 0).length;
    const equal = difference.length - more - less;
    if (equal === difference.length) {
      return t(
        'With the same random numbers, {0} and {1} wrote equally many distinct pairs in every trial.',
        ...names,
      );
    }
    const values = [whole(more), counted(difference.length, '{0} trial', '{0} trials'), whole(less)];
    return equal === 0
      ? t(
          'With the same random numbers, {0} wrote more distinct pairs than {1} in {2} of {3}, and fewer in {4}.',
          ...names,
          ...values,
        )
      : t(
          'With the same random numbers, {0} wrote more distinct pairs than {1} in {2} of {3}, and fewer in {4}, and equally many in {5}.',
          ...names,
          ...values,
          whole(equal),
        );
  });
}

function referenceSentence(models: Models): string[] {
  const known = models.flatMap(({ name, reference }) =>
    reference
      ? [
          t(
            { message: '{0} {1}', comment: 'a method or model and its value' },
            name,
            rounded(reference.perplexity),
          ),
        ]
      : [],
  );
  return known.length === 0 ? [] : [t('Perplexity on the reference text: {0}.', listed(known))];
}

function costs(models: Models): string {
  const parts = models.map(({ name, parameters, weightBytes, tokensPerSecond }) => {
    const speed = rounded(tokensPerSecond);
    // How many a served model has is not said.
    if (parameters === 0) return t('{0} wrote {1} tokens per second', name, speed);
    const size = whole(parameters);
    return weightBytes === null
      ? t('{0} has {1} parameters and wrote {2} tokens per second', name, size, speed)
      : t(
          '{0} has {1} parameters ({2} of weights) and wrote {3} tokens per second',
          name,
          size,
          megabytes(weightBytes),
          speed,
        );
  });
  return t('{0}.', listed(parts));
}

const megabytes = (bytes: number): string => t('{0} MB', rounded(bytes / 1e6));

/** Said among the answers only where it cost the reader time; `heldSentence` says it in any case. */
function turnsSentence(result: ModelsResult): string[] {
  return result.memoryUse?.turns ? [heldSentence(result)!] : [];
}

/** How the models were held in memory; null where nobody measured that. */
export function heldSentence({ models, memoryUse }: ModelsResult): string | null {
  if (!memoryUse || models.length === 0) return null;
  const names = listed(models.map(({ name }) => name));
  const needed = megabytes(memoryUse.models.reduce((sum, model) => sum + model.needed, 0));
  switch (memoryUse.turns) {
    case 'memory':
      return t(
        '{0} do not fit in the free memory together (an estimated {1}), so they took turns: each was loaded again to read the texts of the others.',
        names,
        needed,
      );
    case 'number':
      return t(
        '{0} took turns, because only a few models are kept in memory at a time: one that had been freed was loaded again to read the texts of the others.',
        names,
      );
    case null:
      return t(
        '{0} ran one after the other and stayed in memory together (an estimated {1}).',
        names,
        needed,
      );
  }
}
