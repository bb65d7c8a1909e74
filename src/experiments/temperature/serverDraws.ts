/** Draws of the target by a server's own samplers, one request for each temperature. */
import type { LanguageModel } from '../../core/languageModel';
import { t, whole } from '../../l10n/language';
import type { Drawing } from '../kit/drawing';
import { breakOff, type RunContext } from '../kit/experiment';
import type { TargetDraws } from './draws';
import type { TemperatureParameters } from './parameters';
import type { TokenizationNode, Tokenizations } from './tokenizations';

/** More are drawn here: a server would take minutes for what is a moment's work. */
const MOST_DRAWS = 10_000;

/** Who draws. @param maxNewTokens tokens of the target */
export function whoDraws(
  model: LanguageModel,
  { drawnBy, draws, seed }: TemperatureParameters,
  temperatures: readonly number[],
  maxNewTokens: number,
): Drawing {
  const { info, samplers } = model;
  if (!info.server) return {};
  if (drawnBy === 'here') return { drawnBy: 'here' };
  const here = (notDrawnThere: string): Drawing => ({ drawnBy: 'here', notDrawnThere });
  if (!samplers) return here(t('{0} cannot be asked to draw.', info.server.name));
  if (draws > MOST_DRAWS) {
    return here(t('More than {0} draws of a temperature are made here.', whole(MOST_DRAWS)));
  }
  for (const temperature of temperatures) {
    const chain = [{ sampler: 'temperature' as const, temperature }];
    const asked = { chain, greedy: false, seed, first: 0, samples: draws, maxNewTokens, stop: [] };
    const refusal = samplers.refusal(asked);
    if (refusal !== undefined) return here(refusal);
  }
  return { drawnBy: 'server' };
}

/** Tokens of the longest way to write the target that was read. */
export function longestWay(tree: Tokenizations): number {
  return Math.max(...tree.ways().map(({ length }) => length));
}

/**
 * Draws texts of as many tokens as the target may have, and counts those that begin with it.
 * @param onDone called with the number of draws done, over all temperatures
 * @returns by temperature, as far as it came
 */
export async function drawTargetsThere(
  model: LanguageModel,
  promptIds: readonly number[],
  tree: Tokenizations,
  temperatures: readonly number[],
  { draws, seed }: { readonly draws: number; readonly seed: number },
  context: Pick<RunContext<never>, 'signal' | 'pause' | 'breakOff'>,
  onDone: (done: number) => void,
): Promise<TargetDraws[]> {
  const rows: TargetDraws[] = [];
  const maxNewTokens = longestWay(tree);
  for (const temperature of temperatures) {
    const tokens = new Int32Array(model.info.vocabularySize);
    const row = { draws: 0, count: 0, tokens };
    const places = new Map<number, TokenizationNode>();
    const drawing = {
      prompt: [...promptIds],
      chain: [{ sampler: 'temperature' as const, temperature }],
      greedy: false,
      // As many seeds as draws belong to a temperature.
      seed: (seed + rows.length * draws) >>> 0,
      first: 0,
      samples: draws,
      maxNewTokens,
      stop: [],
    };
    const seen = new Set<number>();
    try {
      await model.samplers!.draw(
        drawing,
        ({ sample, id }) => {
          const node = places.get(sample) ?? (seen.has(sample) ? undefined : tree.root);
          if (!seen.has(sample)) {
            seen.add(sample);
            row.draws++;
            tokens[id]!++;
          }
          places.delete(sample);
          const step = node?.steps.find((one) => one.id === id);
          if (step?.ends) row.count++;
          if (!step?.node) return false;
          places.set(sample, step.node);
          return true;
        },
        context.signal,
      );
    } catch (error) {
      breakOff(context, error);
    }
    // What was stopped on its way would count some draws and not others.
    if (row.draws < draws || places.size > 0) break;
    rows.push(row);
    onDone(rows.length * draws);
    await context.pause();
    if (context.signal.aborted) break;
  }
  return rows;
}
