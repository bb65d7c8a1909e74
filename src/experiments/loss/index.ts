/** Loss: how well a model predicts a text, window by window, by the book's data loader. */
import { t } from '../../l10n/language';
import { lossReport } from './report';
import type { LanguageModel } from '../../core/languageModel';
import { randomStream } from '../../core/random';
import { mean, meanOrNull, sum } from '../../core/sums';
import { breakOff, onModel, type RunContext } from '../kit/experiment';
import { checkContext, checkParts } from '../kit/fittingWindows';
import type { Offer } from '../kit/offers';
import {
  arrangeBatches,
  countCharacters,
  splitOffset,
  windowStarts,
  type WindowSettings,
} from '../kit/textBatches';
import {
  lossResultSchema,
  lossEventSchema,
  type LossEvent,
  type LossResult,
  type PartLoss,
  type WindowLoss,
} from './result';
import { lossParameters, type LossParameters } from './parameters';
import { publishedLosses } from './publishedLosses';
import { provenanceOf } from '../kit/results';
import { placeTokens } from '../kit/tokenSpans';

/**
 * Loss as an experiment. Each window is a text of its own to the model: its first token is only read, and every
 * other one, and the token that follows, is predicted.
 */
export const loss = onModel<LossParameters, LossEvent, LossResult>({
  parse: lossParameters.parse,
  events: lossEventSchema,
  result: lossResultSchema,
  report: lossReport,
  run,
});

/** A part of the text, ready to be evaluated. */
interface Part {
  readonly name: LossEvent['part'];
  readonly text: string;
  /** UTF-16 offset of `text` in the whole. */
  readonly offset: number;
  readonly ids: readonly number[];
  /** UTF-16 offsets in `text` of each token. */
  readonly spans: { readonly starts: Int32Array; readonly ends: Int32Array };
  /** First token of each window. */
  readonly starts: readonly number[];
  /** Windows of each batch. */
  readonly batches: readonly (readonly number[])[];
}

/** @throws RangeError when the model cannot score texts or a part of the text is too short. */
async function run(
  model: LanguageModel,
  parameters: LossParameters,
  context: RunContext<LossEvent>,
): Promise<LossResult> {
  const begin = performance.now();
  const { info } = model;
  if (!model.score) {
    throw new RangeError(
      t('{0} cannot score a text: its logits do not depend on it. Choose a GPT-2 model.', info.name),
    );
  }
  checkContext(parameters, info.name, info.contextLength, asParameters);
  const parts = await takeParts(model, parameters);
  const total = parts.reduce((sum, { batches }) => sum + batches.flat().length, 0);
  let done = 0;
  const results: PartLoss[] = [];
  for (const part of parts) {
    const evaluated = await evaluate(model, part, parameters, context, (event) => {
      context.emit({ type: 'window', part: part.name, ...event, done: ++done, total });
    });
    results.push(evaluated);
  }
  return {
    experiment: 'loss',
    training: results[0]!,
    validation: results[1] ?? null,
    published: publishedLosses(parameters, info.parameters),
    stopped: context.signal.aborted,
    milliseconds: performance.now() - begin,
    provenance: provenanceOf(
      model,
      { ids: new Int32Array(), truncated: false, notes: [] },
      parameters,
      parameters.shuffle ? parameters.seed : null,
    ),
  };
}

const asParameters = (settings: WindowSettings): Offer['parameters'] => ({ ...settings });

/** @throws RefusedError when a part has no batch. */
async function takeParts(model: LanguageModel, parameters: LossParameters): Promise<Part[]> {
  const { text, trainRatio, shuffle, seed, batchSize } = parameters;
  const cut = splitOffset(text, trainRatio);
  const take = async (name: Part['name'], from: number, to: number): Promise<Part> => {
    const part = text.slice(from, to);
    const { ids, ...spans } = await placeTokens(model, part);
    const starts = windowStarts(ids.length, parameters);
    const training = name === 'training';
    const batches = arrangeBatches(starts.length, batchSize, {
      shuffle: training && shuffle ? randomStream(seed, 'loss', 'shuffle') : undefined,
      dropLast: training,
    });
    return { name, text: part, offset: from, ids, spans, starts, batches };
  };
  const parts = [await take('training', 0, cut)];
  if (trainRatio < 1) parts.push(await take('validation', cut, text.length));
  const [training, validation] = parts.map(({ ids }) => ids.length);
  checkParts({ text, training: training!, validation: validation ?? null }, parameters, asParameters);
  return parts;
}

/** What is told of a window when it is done. */
type WindowReport = Pick<LossEvent, 'window' | 'ids' | 'logProbabilities'>;

async function evaluate(
  model: LanguageModel,
  part: Part,
  settings: LossParameters,
  context: RunContext<LossEvent>,
  report: (window: WindowReport) => void,
): Promise<PartLoss> {
  const { ids, spans, starts, batches } = part;
  const batchLosses: number[] = [];
  const windowLosses: WindowLoss[] = [];
  let nats = 0;
  let characters = 0;
  for (const [batch, windows] of batches.entries()) {
    const done: WindowLoss[] = [];
    for (const index of windows) {
      await context.pause();
      if (context.signal.aborted) break;
      const first = starts[index]!;
      const tokens = ids.slice(first, first + settings.context + 1);
      const logProbabilities = await scoreWindow(model, tokens, context);
      if (!logProbabilities) break;
      const surprise = -sum(logProbabilities);
      const window: WindowLoss = {
        index,
        start: part.offset + spans.starts[first + 1]!,
        end: part.offset + spans.ends[first + tokens.length - 1]!,
        loss: surprise / settings.context,
        batch,
      };
      done.push(window);
      report({ window, ids: Int32Array.from(tokens.slice(1)), logProbabilities });
    }
    // A batch that was stopped half way has no mean.
    if (done.length < windows.length) break;
    windowLosses.push(...done);
    nats += sum(done.map((window) => window.loss * settings.context));
    for (const { index } of done) {
      const first = starts[index]! + 1;
      characters += charactersIn(part, first, first + settings.context);
    }
    batchLosses.push(mean(done.map((window) => window.loss)));
  }
  const average = meanOrNull(batchLosses);
  return {
    characters: countCharacters(part.text),
    tokens: ids.length,
    windows: starts.length,
    droppedWindows: starts.length - batches.flat().length,
    batches: batches.length,
    batchLosses,
    loss: average,
    perplexity: average === null ? null : Math.exp(average),
    bitsPerCharacter: average === null ? null : nats / Math.LN2 / characters,
    windowLosses: windowLosses.sort((a, b) => a.index - b.index),
  };
}

/** Natural logs of the probabilities of all tokens but the first; null when the run was stopped, or broke off. */
async function scoreWindow(
  model: LanguageModel,
  tokens: readonly number[],
  context: RunContext<LossEvent>,
): Promise<Float64Array<ArrayBuffer> | null> {
  try {
    return (await model.score!(tokens, { signal: context.signal })).logProbabilities.slice(1);
  } catch (error) {
    breakOff(context, error);
    return null;
  }
}

/** Characters that begin in the tokens from `first` up to `end`. */
function charactersIn({ text, spans: { starts, ends } }: Part, first: number, end: number): number {
  const begun = Math.max(starts[first]!, first > 0 ? ends[first - 1]! : 0);
  return countCharacters(text.slice(begun, ends[end - 1]));
}
