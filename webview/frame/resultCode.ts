/** A result's run as other programs' texts. */
import { parseChain, type ChainSpec } from '../../src/core/samplers/chain';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Run } from '../../src/interchange/run';
import { copyAs, TARGETS, type Copied } from '../../src/interchange/targets';
import { withTokenIds } from '../../src/interchange/tokenIds';
import { readOrNull } from '../form/declared';
import type { Outcome } from './record';
import type { ExportChoice } from './resultView';
import type { LoadedModel } from '../host';
import { t } from '../../src/l10n/language';

const PREFIX = 'code-';
const GPT2_END = 50256;

/** A run of a result. */
interface RunOfResult {
  /** Begins the ids of its choices. */
  readonly prefix: string;
  readonly group: string;
  readonly run: Run;
}

/** Where a run drew texts by one chain, or by two side by side; none where it did not. */
export function codeChoices(outcome: Outcome<ExperimentResult>): readonly ExportChoice[] {
  return runsOf(outcome).flatMap(({ prefix, group }) =>
    TARGETS.map(({ id, label }) => ({ id: prefix + id, label, group })),
  );
}

/**
 * The text of a choice; null where it is none of code.
 * @param loaded the result's model, where it is at hand: only it knows the ids of tokens named by text or pattern
 */
export function codeOf(
  choice: string,
  outcome: Outcome<ExperimentResult>,
  loaded: Pick<LoadedModel, 'info' | 'vocabulary'> | undefined,
): Copied | null {
  for (const { prefix, run } of runsOf(outcome)) {
    const target = TARGETS.find(({ id }) => choice === prefix + id);
    if (!target) continue;
    const chain = loaded ? withTokenIds(run.chain, loaded.vocabulary) : run.chain;
    return copyAs(target.id, { ...run, chain, endOfText: loaded?.info.endOfText[0] ?? GPT2_END });
  }
  return null;
}

/** Parameters are as they were kept: what is not of its kind is as if it were not there. */
function runsOf({ order, result }: Outcome<ExperimentResult>): readonly RunOfResult[] {
  const given = new Map<string, unknown>(Object.entries(order.parameters));
  const number = (name: string): number | undefined => {
    const value = given.get(name);
    return typeof value === 'number' ? value : undefined;
  };
  const chainOf = (name: string): ChainSpec | null => readOrNull(() => parseChain(given.get(name)));
  const chain = chainOf('chain');
  const maxNewTokens = number('maxNewTokens');
  if (!chain || maxNewTokens === undefined) return [];
  const stop = given.get('stop');
  const run: Run = {
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
  if (!given.has('otherChain')) return [{ prefix: PREFIX, group: t('Copy as code'), run }];
  const otherChain = chainOf('otherChain');
  if (!otherChain) return [];
  const other = given.get('other');
  const prompt = typeof other === 'string' && other !== '' ? other : run.prompt;
  return [
    { prefix: `${PREFIX}a-`, group: t('Copy A as code'), run },
    { prefix: `${PREFIX}b-`, group: t('Copy B as code'), run: { ...run, chain: otherChain, prompt } },
  ];
}
