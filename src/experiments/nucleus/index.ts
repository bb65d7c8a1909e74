/** Nucleus: the smallest set of most probable tokens with probability p, at several temperatures. */
import { t } from '../../l10n/language';
import { nucleusReport } from './report';
import type { LanguageModel, ListedTokens } from '../../core/languageModel';
import { entropy, largestLogit, softmax } from '../../core/logits';
import { SamplerChain } from '../../core/samplers/chain';
import { CooperativeYield } from '../kit/cooperativeYield';
import { onModel, type RunContext } from '../kit/experiment';
import { nucleusParameters, type NucleusParameters } from './parameters';
import {
  nucleusResultSchema,
  type NucleusCell,
  type NucleusCurve,
  type NucleusEvent,
  type NucleusResult,
} from './result';
import { bestListed, listAll, listsOnly, needWhole } from '../kit/listing';
import { inPercent, rounded } from '../../l10n/numbers';
import { takePrompt } from '../kit/prompt';
import { logitsOf, readPrompt } from '../kit/readPrompt';
import { progressEventSchema, provenanceOf, resultToken } from '../kit/results';
import { tenDraws } from '../kit/tenDraws';

/** Tokens that are listed by name. */
const LISTED = 20;
/** Tokens whose cumulative probability is told one by one; of the others so many per decade. */
const EVERY_RANK = 60;
const PER_DECADE = 20;

/** Nucleus as an experiment: all of it is exact, nothing is drawn. */
export const nucleus = onModel<NucleusParameters, NucleusEvent, NucleusResult>({
  parse: nucleusParameters.parse,
  events: progressEventSchema,
  result: nucleusResultSchema,
  report: nucleusReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: NucleusParameters,
  context: RunContext<NucleusEvent>,
): Promise<NucleusResult> {
  const begin = performance.now();
  const prompt = await takePrompt(model, parameters.prompt, 1, parameters);
  const first = await readPrompt(model, Array.from(prompt.ids), context);
  const cells: NucleusCell[] = [];
  const curves: NucleusCurve[] = [];
  const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
  const temperatures = ascending(parameters.temperatures);
  const ps = ascending(parameters.ps);
  const total = temperatures.length * ps.length;
  if (first) {
    const turns = new CooperativeYield(context);
    const logits = logitsOf(first);
    // The order of the tokens is that of their logits at every temperature.
    const order = bestListed(first, logits.length);
    outer: for (const temperature of temperatures) {
      if (temperature !== 1) needWhole(model, t('A nucleus at another temperature than 1'));
      const scaled = probabilitiesAt(logits, temperature);
      curves.push(curveOf(model, order, scaled, temperature));
      for (const p of ps) {
        if (!(await turns.giveWay())) break outer;
        if (first.listed) checkWithin(model, first.listed, p);
        cells.push(cellOf(model, logits, order, scaled, temperature, p));
        context.emit({ type: 'progress', done: cells.length, total, what: t('cells') });
      }
    }
  }
  return {
    experiment: 'nucleus',
    vocabularySize: model.info.vocabularySize,
    cells,
    curves,
    stopped: cells.length < total,
    milliseconds: performance.now() - begin,
    provenance: provenanceOf(model, prompt, parameters, null),
  };
}

/** @throws RangeError where a nucleus reaches beyond what the model lists */
function checkWithin({ info }: LanguageModel, { mass }: ListedTokens, p: number): void {
  // What has exactly p may miss it by rounding.
  if (p <= mass - 1e-9) return;
  throw new RangeError(
    t(
      'The nucleus of p = {0} reaches beyond the list: {1}, with {2} of the probability. Use a smaller p, or {3}.',
      rounded(p, 12),
      listsOnly(info),
      inPercent(mass),
      listAll(info),
    ),
  );
}

function probabilitiesAt(logits: ArrayLike<number>, temperature: number): Float64Array {
  // The largest is subtracted first: what is divided by a small temperature must not overflow.
  const largest = largestLogit(logits);
  return softmax(Float64Array.from(logits, (logit) => (logit - largest) / temperature));
}

/** Cumulative probability by rank: every rank at first, then ever fewer, and always the last. */
function curveOf(
  model: LanguageModel,
  order: readonly number[],
  probabilities: Float64Array,
  temperature: number,
): NucleusCurve {
  const curve: NucleusCurve = { temperature, ranks: [], cumulative: [], tokens: [] };
  let sum = 0;
  let next = 1;
  order.forEach((id, index) => {
    const probability = probabilities[id]!;
    sum += probability;
    const rank = index + 1;
    if (rank <= LISTED) {
      curve.tokens.push({ token: resultToken(model, id), probability, cumulative: sum });
    }
    if (rank < next && rank < order.length) return;
    curve.ranks.push(rank);
    curve.cumulative.push(sum);
    next = rank < EVERY_RANK ? rank + 1 : Math.ceil(rank * 10 ** (1 / PER_DECADE));
  });
  return curve;
}

function cellOf(
  model: LanguageModel,
  logits: ArrayLike<number>,
  order: readonly number[],
  probabilities: Float64Array,
  temperature: number,
  p: number,
): NucleusCell {
  const chain = new SamplerChain(
    [
      { sampler: 'temperature', temperature },
      { sampler: 'top-p', p },
    ],
    logits.length,
  );
  const { probabilities: after, kept } = chain.apply(logits);
  const keptIds = order.slice(0, kept);
  const keptMass = keptIds.reduce((sum, id) => sum + probabilities[id]!, 0);
  const left = keptIds.map((id) => after[id]!);
  const named = (ids: readonly number[], values: Float64Array): NucleusCell['outside'] =>
    ids.slice(0, LISTED).map((id) => ({ token: resultToken(model, id), probability: values[id]! }));
  return {
    temperature,
    p,
    kept,
    keptMass,
    distance: keptMass - p,
    nucleus: named(keptIds, after),
    outside: named(order.slice(kept, kept + LISTED), probabilities),
    entropy: entropy(left),
    tenDraws: tenDraws(left),
  };
}
