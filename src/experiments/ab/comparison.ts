/** Two distributions over the same tokens beside each other. */
import type { NextToken } from '../../core/languageModel';
import { logSoftmax, topIndices } from '../../core/logits';
import { KEPT, type ChainSpec, type ProcessedDistribution } from '../../core/samplers/chain';
import { ownDistribution } from '../../core/samplers/result';
import { jensenShannon, klDivergence, klOfLogProbabilities } from '../../core/statistics/divergence';
import type { TokenSelection } from '../kit/tokenSelection';
import { THE_MODEL, type AbStep, type Divergence, type RowCell, type SideStep, type StepRow } from './result';

/** Most probable tokens of each distribution, before and after its chain, that have a row. */
const LISTED = 10;

/** What a side has drawn, from which of the model's answers and by which chain. */
export interface Drawn {
  readonly selection: TokenSelection;
  readonly answer: NextToken;
  readonly chain: ChainSpec;
}

/** The same in vectors of its own. */
export function copied(selection: TokenSelection): TokenSelection {
  return { ...selection, distribution: ownDistribution(selection.distribution) };
}

/**
 * One place of two texts.
 * @param a null where that text does not reach; not both
 */
export function comparedStep(a: Drawn | null, b: Drawn | null): AbStep {
  const same = a?.answer === b?.answer;
  const both = a && b ? ([a.selection.distribution, b.selection.distribution] as const) : null;
  return {
    a: a && sideOf(a),
    b: b && sideOf(b),
    rows: rowsOf(a, b),
    before: both && (same ? NONE : beforeOf(...both)),
    after: both && afterOf(...both),
  };
}

const NONE: Divergence = { ab: 0, ba: 0, onlyA: 0, onlyB: 0, js: 0 };

function sideOf({ selection: { step, distribution } }: Drawn): SideStep {
  const { rawEntropy, entropy, kept, keptMass, steps } = distribution;
  return {
    id: step.id,
    raw: step.raw,
    // Both sides are drawn here.
    processed: step.processed!,
    rank: step.rank,
    rawEntropy,
    entropy,
    kept,
    keptMass,
    removals: steps.map(({ sampler, removed, mass }) => ({ sampler, removed, mass })),
  };
}

function rowsOf(a: Drawn | null, b: Drawn | null): StepRow[] {
  const sides = [a, b].flatMap((side) => side ?? []);
  const ids = new Set(
    sides.flatMap(({ selection: { step, distribution } }) => [
      step.id,
      ...topIndices(distribution.raw, Math.min(LISTED, distribution.raw.length)),
      ...topIndices(distribution.logits, Math.min(LISTED, distribution.kept)),
    ]),
  );
  const rows = [...ids].map((id) => ({ id, a: a && cellOf(a, id), b: b && cellOf(b, id) }));
  const weight = (row: StepRow): number => (row.a?.raw ?? 0) + (row.b?.raw ?? 0);
  return rows.sort((one, two) => weight(two) - weight(one) || one.id - two.id);
}

function cellOf({ chain, selection: { distribution } }: Drawn, id: number): RowCell {
  const { raw, probabilities, removedBy } = distribution;
  const step = removedBy[id]!;
  return {
    raw: raw[id]!,
    processed: probabilities[id]!,
    removedBy: step === KEPT ? null : (chain[step]?.sampler ?? THE_MODEL),
  };
}

function beforeOf({ raw: a }: ProcessedDistribution, { raw: b }: ProcessedDistribution): Divergence {
  return {
    ab: finite(klDivergence(a, b)),
    ba: finite(klDivergence(b, a)),
    onlyA: massWhere(a, (id) => b[id] === 0),
    onlyB: massWhere(b, (id) => a[id] === 0),
    js: symmetric(a, b),
  };
}

/** By the logits: a cold temperature leaves possible tokens whose probability underflows to 0. */
function afterOf(a: ProcessedDistribution, b: ProcessedDistribution): Divergence {
  const [logA, logB] = [logSoftmax(a.logits), logSoftmax(b.logits)];
  return {
    ab: finite(klOfLogProbabilities(logA, logB)),
    ba: finite(klOfLogProbabilities(logB, logA)),
    onlyA: massWhere(a.probabilities, (id) => b.removedBy[id] !== KEPT),
    onlyB: massWhere(b.probabilities, (id) => a.removedBy[id] !== KEPT),
    js: symmetric(a.probabilities, b.probabilities),
  };
}

/** To its last digit the same when the sides are exchanged, as sums in either order are not. */
function symmetric(a: Float64Array, b: Float64Array): number {
  return (jensenShannon(a, b) + jensenShannon(b, a)) / 2;
}

function massWhere(probabilities: Float64Array, isImpossible: (id: number) => boolean): number {
  let mass = 0;
  for (let id = 0; id < probabilities.length; id++) if (isImpossible(id)) mass += probabilities[id]!;
  // The sum of rounded numbers may lie a hair above 1.
  return Math.min(1, mass);
}

/** JSON has no Infinity. */
function finite(divergence: number): number | null {
  return divergence === Infinity ? null : divergence;
}
