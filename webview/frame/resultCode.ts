/** A result's run as other programs' texts. */
import { parseChain } from '../../src/core/samplers/chain';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Run } from '../../src/interchange/run';
import { copyAs, TARGETS, type Copied } from '../../src/interchange/targets';
import { readOrNull } from '../form/declared';
import type { Outcome } from './record';
import type { ExportChoice } from './resultView';

const PREFIX = 'code-';
const GPT2_END = 50256;

/** Where a run drew texts by one chain; none where it did not. */
export function codeChoices(outcome: Outcome<ExperimentResult>): readonly ExportChoice[] {
  if (runOf(outcome) === null) return [];
  return TARGETS.map(({ id, label }) => ({ id: PREFIX + id, label, group: 'Copy as code' }));
}

/** The text of a choice; null where it is none of code. */
export function codeOf(choice: string, outcome: Outcome<ExperimentResult>): Copied | null {
  const target = TARGETS.find(({ id }) => choice === PREFIX + id);
  const run = target ? runOf(outcome) : null;
  return target && run ? copyAs(target.id, run) : null;
}

/** Parameters are as they were kept: what is not of its kind is as if it were not there. */
function runOf({ order, result }: Outcome<ExperimentResult>): Run | null {
  const given = new Map<string, unknown>(Object.entries(order.parameters));
  const number = (name: string): number | undefined => {
    const value = given.get(name);
    return typeof value === 'number' ? value : undefined;
  };
  const chain = readOrNull(() => parseChain(given.get('chain')));
  const maxNewTokens = number('maxNewTokens');
  // Two chains make no one run.
  if (!chain || maxNewTokens === undefined || given.has('otherChain')) return null;
  const stop = given.get('stop');
  return {
    chain,
    greedy: given.get('greedy') === true,
    seed: number('seed') ?? 0,
    samples: Math.max(1, number('samples') ?? 1),
    maxNewTokens,
    stop: Array.isArray(stop) ? stop.filter((text) => typeof text === 'string') : [],
    prompt: order.parameters.prompt,
    model: result.provenance.modelName,
    endOfText: GPT2_END,
  };
}
