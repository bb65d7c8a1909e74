/** What a comparison of models says: how far they are apart, and what each thinks of the others' texts. */
import type { ComparedModel, ModelsResult } from './result';
import { visibleToken } from '../../core/visibleText';
import { measureOf, perplexityOf, type ModelMeasureInfo } from './measures';
import { modelsTables } from './tables';
import type { ReportOf } from '../report/types';
import { counted, whole } from '../../l10n/language';
import { inPercent, listed, rounded } from '../../l10n/numbers';

export const modelsReport: ReportOf<ModelsResult> = { summary, tables: modelsTables };

function summary(result: ModelsResult): string[] {
  const { models, pairs } = result;
  if (models.length === 0) return ['The run was stopped before the models had read each other’s texts.'];
  return [
    ...pairs.map((pair) => {
      const [first, second] = [models[pair.first]!, models[pair.second]!];
      return `After this prompt, ${first.name} and ${second.name} share ${pair.overlap} of their 10 most probable tokens.`;
    }),
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

function parting(
  models: readonly ComparedModel[],
  { first, second, parts }: ModelsResult['pairs'][number],
): string {
  const names = `${models[first]!.name} and ${models[second]!.name}`;
  if (!parts) return `With greedy decoding, ${names} write the same text.`;
  const token = (text: string): string => `“${visibleToken(text)}”`;
  return `With greedy decoding, ${names} diverge at token ${parts.position + 1}: ${token(parts.firstToken.text)} against ${token(parts.secondToken.text)}.`;
}

function divergence(
  models: readonly ComparedModel[],
  { first, second, jensenShannon }: ModelsResult['pairs'][number],
): string {
  if (jensenShannon === null) {
    return `How far ${models[first]!.name} and ${models[second]!.name} are apart for the next token is not known, because a server lists only some tokens.`;
  }
  return `The Jensen-Shannon divergence of ${models[first]!.name} and ${models[second]!.name} for the next token is ${rounded(jensenShannon)} nats (0 for equal distributions, at most ${rounded(Math.LN2)}).`;
}

/** ` (means over 4 trials)`; nothing for a single one. */
function overTrials([first]: readonly ComparedModel[]): string {
  const trials = first!.trials.length;
  return trials > 1 ? ` (mean ± standard deviation over ${trials} trials)` : '';
}

function opinions(models: readonly ComparedModel[]): string {
  const shown = (model: ComparedModel, author: number): string => {
    const { mean, deviation } = perplexityOf(model, author);
    return `${rounded(mean)}${deviation === null ? '' : ` ± ${rounded(deviation, 2)}`}`;
  };
  const parts = models.map((model, index) => {
    const others = models.flatMap(({ name }, author) =>
      author === index ? [] : [`${shown(model, author)} on ${name}’s`],
    );
    return `${model.name} has a perplexity of ${shown(model, index)} on its own texts and ${listed(others)}`;
  });
  return `${listed(parts)}${overTrials(models)}.`;
}

function variety(models: readonly ComparedModel[]): string {
  const shown = (model: ComparedModel, id: ModelMeasureInfo['id']): string => {
    const found = measureOf(model, id);
    if (!found) return 'no';
    const { mean, deviation } = found;
    return `${inPercent(mean)}${deviation === null ? '' : ` ± ${rounded(100 * deviation, 2)}`}`;
  };
  const parts = models.map(
    (model) =>
      `${model.name} has ${shown(model, 'distinct2')} distinct pairs of tokens and a repetition of ${shown(model, 'repetition')}`,
  );
  return `Variety of the texts: ${parts.join('; ')}${overTrials(models)}.`;
}

/** Whether the more varied model is so in every trial: all draw with the same random numbers. */
function consistency({ models, pairs }: ModelsResult): string[] {
  if (models[0]!.trials.length < 2) return [];
  return pairs.map(({ first, second }) => {
    const [a, b] = [models[first]!, models[second]!];
    const difference = a.trials.map(
      ({ measures }, trial) => (measures.distinct2 ?? 0) - (b.trials[trial]!.measures.distinct2 ?? 0),
    );
    const more = difference.filter((value) => value > 0).length;
    const less = difference.filter((value) => value < 0).length;
    const equal = difference.length - more - less;
    if (equal === difference.length) {
      return `With the same random numbers, ${a.name} and ${b.name} wrote equally many distinct pairs in every trial.`;
    }
    const ties = equal === 0 ? '' : `, and equally many in ${whole(equal)}`;
    return `With the same random numbers, ${a.name} wrote more distinct pairs than ${b.name} in ${whole(more)} of ${counted(difference.length, '{0} trial', '{0} trials')}, and fewer in ${whole(less)}${ties}.`;
  });
}

function referenceSentence(models: readonly ComparedModel[]): string[] {
  const known = models.flatMap(({ name, reference }) =>
    reference ? [`${name} ${rounded(reference.perplexity)}`] : [],
  );
  return known.length === 0 ? [] : [`Perplexity on the reference text: ${listed(known)}.`];
}

function costs(models: readonly ComparedModel[]): string {
  const parts = models.map(({ name, parameters, weightBytes, tokensPerSecond }) => {
    const size = weightBytes === null ? '' : ` (${megabytes(weightBytes)} of weights)`;
    // How many a served model has is not said.
    const has = parameters === 0 ? '' : `has ${whole(parameters)} parameters${size} and `;
    return `${name} ${has}wrote ${rounded(tokensPerSecond)} tokens per second`;
  });
  return `${listed(parts)}.`;
}

const megabytes = (bytes: number): string => `${rounded(bytes / 1e6)} MB`;

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
      return `${names} do not fit in the free memory together (an estimated ${needed}), so they took turns: each was loaded again to read the texts of the others.`;
    case 'number':
      return `${names} took turns, because only a few models are kept in memory at a time: one that had been freed was loaded again to read the texts of the others.`;
    case null:
      return `${names} ran one after the other and stayed in memory together (an estimated ${needed}).`;
  }
}
