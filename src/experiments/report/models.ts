/** What a comparison of models says: how far they are apart, and what each thinks of the others' texts. */
import type { ComparedModel, ModelsResult } from '../modelsTypes';
import { visibleSpaces } from './markdown';
import type { Cell, ReportOf, ReportTable } from './types';
import { inPercent, listed, rounded, whole } from './words';

export const modelsReport: ReportOf<ModelsResult> = { summary, tables };

function summary(result: ModelsResult): string[] {
  const { models, pairs } = result;
  if (models.length === 0) return ['The run was stopped before the models had read each other’s texts.'];
  return [
    ...pairs.map((pair) => {
      const [first, second] = [models[pair.first]!, models[pair.second]!];
      return `After this prompt ${first.name} and ${second.name} share ${pair.overlap} of their ten most probable tokens (Jensen-Shannon divergence ${rounded(pair.jensenShannon)} nats of at most ${rounded(Math.LN2)}).`;
    }),
    ...pairs.map((pair) => parting(models, pair)),
    opinions(models),
    variety(models),
    ...referenceSentence(models),
    costs(models),
  ];
}

function parting(
  models: readonly ComparedModel[],
  { first, second, parts }: ModelsResult['pairs'][number],
): string {
  const names = `${models[first]!.name} and ${models[second]!.name}`;
  if (!parts) return `Greedily, ${names} write the same text.`;
  const token = (text: string): string => `“${visibleSpaces(text)}”`;
  return `Greedily, ${names} part at token ${parts.position + 1}: ${token(parts.firstToken.text)} against ${token(parts.secondToken.text)}.`;
}

function opinions(models: readonly ComparedModel[]): string {
  const parts = models.map(({ name, perplexityOn }, index) => {
    const others = perplexityOn.flatMap((value, author) =>
      author === index ? [] : [`${rounded(value)} on ${models[author]!.name}’s`],
    );
    return `${name} has a perplexity of ${rounded(perplexityOn[index]!)} on its own texts and ${listed(others)}`;
  });
  return `${listed(parts)}.`;
}

function variety(models: readonly ComparedModel[]): string {
  const parts = models.map(
    ({ name, measures }) =>
      `${name} ${inPercent(measures.distinct2)} distinct pairs of tokens, repetition ${inPercent(measures.repetition)}`,
  );
  return `How varied the texts are: ${parts.join('; ')}.`;
}

function referenceSentence(models: readonly ComparedModel[]): string[] {
  const known = models.flatMap(({ name, reference }) =>
    reference ? [`${name} ${rounded(reference.perplexity)}`] : [],
  );
  return known.length === 0 ? [] : [`Perplexity on the reference text: ${listed(known)}.`];
}

function costs(models: readonly ComparedModel[]): string {
  const parts = models.map(
    ({ name, parameters, weightBytes, tokensPerSecond }) =>
      `${name} has ${whole(parameters)} parameters (about ${rounded(weightBytes / 1e6)} MB of weights) and wrote ${rounded(tokensPerSecond)} tokens per second`,
  );
  return `${listed(parts)}.`;
}

function tables(result: ModelsResult): ReportTable[] {
  const { models, pairs, next } = result;
  if (models.length === 0) return [];
  const names = models.map(({ name }) => name);
  const measures: ReportTable = {
    id: 'measures',
    title: 'Measures',
    note: 'Of the sampled texts; diversity and coherence as the chapter defines them, with texts for tokens.',
    columns: [
      'Model',
      'Distinct-1',
      'Distinct-2',
      'Repetition',
      'Self-BLEU',
      'Diversity',
      'Coherence',
      'Entropy of the next token',
    ],
    formats: ['text', 'percent', 'percent', 'percent', 'percent', 'percent', 'percent', 'nats'],
    keys: 1,
    rows: models.map(({ name, measures: m, entropy }) => [
      name,
      m.distinct1,
      m.distinct2,
      m.repetition,
      m.selfBleu,
      m.diversity,
      m.coherence,
      entropy,
    ]),
  };
  const perplexities: ReportTable = {
    id: 'perplexities',
    title: 'Perplexity of each model on each one’s texts',
    columns: ['Model', ...names.map((name) => `on ${name}’s`), 'on the reference'],
    formats: ['text', ...names.map(() => 'number' as const), 'number'],
    keys: 1,
    rows: models.map(({ name, perplexityOn, reference }): Cell[] => [
      name,
      ...perplexityOn,
      reference?.perplexity ?? null,
    ]),
  };
  const distances: ReportTable = {
    id: 'distances',
    title: 'The next token, model against model',
    note: 'Divergences in nats, before any sampler.',
    columns: [
      'First',
      'Second',
      'KL (first from second)',
      'KL (second from first)',
      'Jensen-Shannon',
      'Shared of the best 10',
    ],
    formats: ['text', 'text', 'nats', 'nats', 'nats', 'whole'],
    keys: 2,
    rows: pairs.map(({ first, second, divergence, reverse, jensenShannon, overlap }) => [
      names[first]!,
      names[second]!,
      divergence,
      reverse,
      jensenShannon,
      overlap,
    ]),
  };
  const nextTokens: ReportTable = {
    id: 'next',
    title: 'The most probable next tokens',
    columns: ['Token', ...names],
    formats: ['token', ...names.map(() => 'percent' as const)],
    keys: 1,
    rows: next.map(({ token, probabilities }): Cell[] => [token.text, ...probabilities]),
  };
  const texts: ReportTable = {
    id: 'texts',
    title: 'Every text',
    columns: ['Model', 'Sample', 'Text', ...names.map((name) => `log-probability by ${name}`)],
    formats: ['text', 'text', 'text', ...names.map(() => 'nats' as const)],
    keys: 2,
    rows: models.flatMap(({ name, greedy, texts: sampled }) =>
      [greedy, ...sampled].map(({ text, probabilities }, i): Cell[] => [
        name,
        i === 0 ? 'greedy' : String(i),
        text,
        ...probabilities.map((list) => list.reduce((sum, p) => sum + Math.log(p), 0) / list.length),
      ]),
    ),
  };
  const costTable: ReportTable = {
    id: 'costs',
    title: 'Size and speed',
    columns: ['Model', 'Parameters', 'Weights in MB', 'Arithmetic', 'Tokens per second'],
    formats: ['text', 'whole', 'number', 'text', 'number'],
    keys: 1,
    rows: models.map(({ name, parameters, weightBytes, precision, tokensPerSecond }) => [
      name,
      parameters,
      weightBytes / 1e6,
      precision,
      tokensPerSecond,
    ]),
  };
  return [measures, perplexities, distances, nextTokens, texts, costTable];
}
