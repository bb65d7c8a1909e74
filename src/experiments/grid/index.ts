/** Grid: two sampler parameters varied together, with everything else and the random numbers kept the same. */
import * as v from 'valibot';
import { entropy, softmax, topIndices } from '../../core/logits';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { effectiveVocabulary } from '../../core/statistics/information';
import { onModel, type RunContext } from '../kit/experiment';
import { gridEventSchema, gridResultSchema, type GridEvent, type GridResult } from './result';
import { gridParameters, type GridParameters } from './parameters';
import { DRAWS, GridWork } from './work';
import { whoDraws, type WantedTexts } from '../kit/drawing';
import { cellChain } from './axes';
import { takePrompt } from '../kit/prompt';
import { logitsOf, readPrompt } from '../kit/readPrompt';
import { gridReport } from './report';
import { progressEventSchema, provenanceOf, resultToken } from '../kit/results';

/**
 * Grid as an experiment. Sample i draws from the streams that Explore draws its sample i from, in every cell:
 * what differs between cells is the setting's doing, and a cell's texts are those that Explore gives for its
 * chain. All cells start from one reading of the prompt, and texts that say the same are read once.
 *
 * A stop is honoured before every token; the result then has what is exact in the cells that were reached, and
 * the texts begun so far.
 */
export const grid = onModel<GridParameters, GridEvent, GridResult>({
  parse: gridParameters.parse,
  events: v.variant('type', [progressEventSchema, gridEventSchema]),
  result: gridResultSchema,
  report: gridReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: GridParameters,
  context: RunContext<GridEvent>,
): Promise<GridResult> {
  const begin = performance.now();
  const { rows, columns, samples, maxNewTokens, seed } = parameters;
  const drawing = samples > 0 ? whoDraws(model, parameters.drawnBy, wantedTexts(parameters)) : {};
  const prompt = await takePrompt(model, parameters.prompt, maxNewTokens, parameters);
  const promptIds = Array.from(prompt.ids);
  const first = await readPrompt(model, promptIds, context);
  const work = new GridWork(model, parameters, promptIds, context, drawing);
  const known: GridResult = {
    experiment: 'grid',
    rows,
    columns,
    samples,
    maxNewTokens,
    draws: DRAWS,
    vocabularySize: model.info.vocabularySize,
    raw: rawOf(model, first),
    cells: [],
    stopped: false,
    milliseconds: 0,
    provenance: provenanceOf(model, prompt, parameters, samples > 0 ? seed : null, drawing),
  };
  if (first) {
    context.emit({ type: 'begun', result: known });
    await work.exact(first);
    await work.sample(first);
  }
  const planned = rows.values.length * columns.values.length * samples;
  const whole = work.cells.flatMap(({ texts }) => texts).filter(({ end }) => end !== 'stopped').length;
  const complete = work.cells.length === rows.values.length * columns.values.length && whole === planned;
  return { ...known, cells: work.cells, stopped: !complete, milliseconds: performance.now() - begin };
}

function wantedTexts({ rows, columns, samples, maxNewTokens, stop, seed }: GridParameters): WantedTexts {
  const selectors = rows.values.flatMap((_, row) =>
    columns.values.map((__, column) => {
      const chain = cellChain(rows, row, columns, column);
      return { chain, greedy: false, seed, mayTurnBack: false };
    }),
  );
  return { selectors, samples, maxNewTokens, stop };
}

function rawOf(model: LanguageModel, first: NextToken | undefined): GridResult['raw'] {
  // Stopped before the prompt was read: there is no distribution.
  if (!first) return { entropy: 0, effectiveVocabulary: 1, best: { id: 0, text: '' }, probability: 0 };
  const probabilities = softmax(logitsOf(first));
  const nats = first.listed ? null : entropy(probabilities);
  const [best] = topIndices(logitsOf(first), 1);
  return {
    entropy: nats,
    effectiveVocabulary: nats && effectiveVocabulary(nats),
    best: resultToken(model, best!),
    probability: probabilities[best!]!,
  };
}
