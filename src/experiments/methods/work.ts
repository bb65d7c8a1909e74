/** What measuring a method in single tokens and in whole texts has in common. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { SamplerChain, type ChainSpec, type ProcessedDistribution } from '../../core/samplers/chain';
import { effectiveVocabulary } from '../../core/statistics/information';
import { meanInterval } from '../../core/statistics/meanInterval';
import { modeProbability } from '../../core/statistics/mode';
import { randomStream } from '../../core/random';
import { sum } from '../../core/sums';
import type { Drawing } from '../kit/drawing';
import type { RunContext } from '../kit/experiment';
import { bestListed, outcomeOf } from '../kit/listing';
import type { MethodMeasure, MethodNext, MethodResult, MethodsEvent, MethodSpec } from './result';
import type { MethodsParameters } from './parameters';
import { logitsOf } from '../kit/readPrompt';
import { resultToken } from '../kit/results';

/** What all methods of a run share. */
export interface SharedWork {
  readonly model: LanguageModel;
  readonly parameters: MethodsParameters;
  readonly promptIds: readonly number[];
  /** The model's answer to the prompt. */
  readonly first: NextToken;
  readonly context: RunContext<MethodsEvent>;
  readonly drawing: Drawing;
}

/** Most probable tokens listed per method. */
const TOP = 12;

/** With more tokens or draws than these, the chance that greedy is the mode takes too long to compute. */
const MOST_FOR_MODE = { tokens: 100, draws: 20 };

/**
 * The distribution of the next token after a chain, as sample 0 sees it where a sampler draws itself.
 * @returns null where the chain keeps tokens that the model does not list
 */
export function distributionAfter(shared: SharedWork, chain: ChainSpec): ProcessedDistribution | null {
  const { model, promptIds, first, parameters } = shared;
  const sampler = new SamplerChain(chain, model.info.vocabularySize, model.vocabulary);
  const history = {
    tokens: promptIds,
    promptLength: promptIds.length,
    random: randomStream(parameters.seed, 'sampler', 0),
  };
  const after = sampler.apply(logitsOf(first), { ...history, memory: sampler.newMemory() });
  return outcomeOf(model, chain, first, after.probabilities, history).within ? after : null;
}

/** @param counts how often each token was drawn; null where single tokens are not counted. */
export function describeNext(
  { model, parameters, first }: SharedWork,
  after: ProcessedDistribution,
  counts: ReadonlyMap<number, number> | null,
): MethodNext {
  const { raw, probabilities } = after;
  const top = bestListed(first, TOP).map((id) => ({
    token: resultToken(model, id),
    raw: raw[id]!,
    processed: probabilities[id]!,
    count: counts ? (counts.get(id) ?? 0) : null,
  }));
  const rest = (of: (row: (typeof top)[number]) => number, whole: number): number =>
    Math.max(0, whole - top.reduce((sum, row) => sum + of(row), 0));
  const possible = probabilities.filter((p) => p > 0);
  const { samples, form } = parameters;
  const modeIsKnown =
    form === 'tokens' && possible.length <= MOST_FOR_MODE.tokens && samples <= MOST_FOR_MODE.draws;
  return {
    entropy: after.entropy,
    effectiveVocabulary: effectiveVocabulary(after.entropy),
    kept: after.kept,
    keptMass: after.keptMass,
    warnings: [...after.warnings],
    top,
    others: {
      raw: raw.length > top.length ? rest((row) => row.raw, 1) : 0,
      processed: raw.length > top.length ? rest((row) => row.processed, 1) : 0,
      count: counts ? rest((row) => row.count ?? 0, sum(counts.values())) : null,
    },
    greedyIsMode: modeIsKnown ? { ...modeProbability(possible, samples) } : null,
  };
}

/** A measure of all trials; without any, there is none. */
export function measureOf(id: string, exact: number | null, values: readonly number[]): MethodMeasure[] {
  // JSON has no NaN: what no trial can say is left out.
  if (values.length === 0 || values.some((value) => Number.isNaN(value))) return [];
  const { mean, low, high } = meanInterval(values);
  const known = values.length > 1;
  return [{ id, exact, mean, low: known ? low : null, high: known ? high : null, values: [...values] }];
}

/** The spec as plain JSON. */
export function plainSpec(spec: MethodSpec): { kind: string } {
  return { ...spec };
}

/** What stands for a method until it is done. */
export function methodToCome(spec: MethodSpec): MethodResult {
  return {
    name: spec.name,
    spec: plainSpec(spec),
    unavailable: null,
    deterministic: spec.kind !== 'sampling',
    next: null,
    measures: [],
    texts: [],
  };
}
