/**
 * How what an earlier version has written is opened: this file, and `page.ts` for the page, alone say where the
 * product has its entries. Where these move or get other names, the lines here follow; `test/fixtures/before` does not.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { SamplerChain, type ChainSpec } from '../../../src/core/samplers/chain';
import { ToyModel } from '../../../src/core/toyModel';
import { registry } from '../../../src/experiments/registry';
import { toMarkdown } from '../../../src/experiments/report/markdown';
import type { ReportOf } from '../../../src/experiments/report/types';
import type { ExperimentResult } from '../../../src/experiments/kit/results';
import { History } from '../../../src/extension/history/history';
import { presetChain, readPresets } from '../../../src/extension/presets/presets';
import type { HistoryEntry, Toy } from '../../../src/protocol/messages';

export type { HistoryEntry, Toy };

const fixtures = fileURLToPath(new URL('../../fixtures/before/', import.meta.url));

/** A fixture as it was written. */
export const stored = (path: string): unknown => JSON.parse(readFileSync(`${fixtures}${path}`, 'utf8'));

/** The saved results of an earlier version. */
export const openHistory = (): Pick<History, 'lines' | 'open'> => new History(`${fixtures}history`);

export interface OpenedPreset {
  readonly name: string;
  readonly description: string;
  readonly greedy: boolean;
  readonly chain: ChainSpec;
}

/** Presets of the settings, by their ids. */
export function openPresets(settings: unknown): Readonly<Record<string, OpenedPreset>> {
  const presets = readPresets(settings);
  return Object.fromEntries(
    Object.entries(presets).map(([id, preset]) => [id, { ...preset, ...presetChain(presets, id) }]),
  );
}

/** Probability of every word of a toy through a chain, after some of its words. */
export function probabilities(toy: Toy, chain: ChainSpec, after: string): number[] {
  const model = new ToyModel(toy);
  const sampler = new SamplerChain(chain, toy.words.length, model.vocabulary);
  return Array.from(sampler.apply(toy.logits, { tokens: model.encode(after) }).probabilities);
}

const written =
  <Result extends ExperimentResult>(experiment: {
    readonly result: v.GenericSchema<unknown, Result>;
    readonly report?: ReportOf<Result>;
  }) =>
  (entry: HistoryEntry): string => {
    const { summary, tables } = experiment.report!;
    const result = v.parse(experiment.result, entry.result);
    return toMarkdown({
      title: entry.title,
      prompt: v.parse(v.object({ prompt: v.string() }), entry.parameters).prompt,
      summary: summary(result),
      pictures: [],
      tables: tables(result),
      conclusion: entry.conclusion,
      result,
    });
  };

const REPORTS: Readonly<Record<string, (entry: HistoryEntry) => string>> = {
  temperature: written(registry.temperature),
  determinism: written(registry.determinism),
  nucleus: written(registry.nucleus),
  grid: written(registry.grid),
  methods: written(registry.methods),
  branches: written(registry.branches),
  loss: written(registry.loss),
  models: written(registry.models),
  training: written(registry.training),
};

/** A saved result as a Markdown report, without its pictures. @throws where its result is not read */
export const markdownOf = (entry: HistoryEntry): string => REPORTS[entry.experiment]!(entry);

const { training, ...onModels } = registry;

/** Has an experiment read the parameters of a run. @throws RangeError where it does not take them */
export function readParameters(experiment: string, parameters: object): void {
  // Where a training is kept is the extension's to say.
  if (experiment === 'training') training.parse({ ...parameters, directory: 'training' });
  else onModel(experiment).parse(parameters);
}

const onModel = (name: string): (typeof onModels)[keyof typeof onModels] =>
  Object.entries(onModels).find(([key]) => key === name)![1];

/** Runs an experiment on a toy vocabulary. @throws RangeError where its parameters are not taken */
export async function runOnToy(
  experiment: string,
  toy: Toy,
  parameters: unknown,
  emit: (event: unknown) => void = () => undefined,
): Promise<unknown> {
  const model = new ToyModel(toy);
  const run = onModel(experiment).prepare(parameters);
  return run(
    { count: 1, use: (_, action) => action(model) },
    { emit, pause: () => Promise.resolve(), signal: new AbortController().signal },
  );
}
