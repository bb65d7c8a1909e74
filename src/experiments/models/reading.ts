/** What one model thinks of the texts that all have written, and of a reference text. */
import type { LanguageModel } from '../../core/languageModel';
import { sum } from '../../core/sums';
import type { RunContext } from '../kit/experiment';
import type { Written } from './writing';
import type { ComparedModel, ComparedText, ModelsEvent } from './result';
import { resultToken } from '../kit/results';
import { placeTokens } from '../kit/tokenSpans';
import { startText } from '../kit/textStart';

/** The opinion of one model. */
export interface ReadModel {
  /** Trial by trial, by the model whose texts are read. */
  readonly perplexityOn: readonly number[][];
  readonly reference: ComparedModel['reference'];
}

/**
 * Lets a model read what all have written, and puts the probabilities that it gives at `index` into `texts`: model by
 * model the greedy text, and after it those of every trial.
 * @param progress is told of texts.
 */
export async function readAll(
  model: LanguageModel,
  index: number,
  written: readonly Written[],
  texts: ComparedText[][],
  reference: string,
  { signal, pause }: RunContext<ModelsEvent>,
  progress: { add(done: number): void },
): Promise<ReadModel> {
  const perplexityOn: number[][] = written[0]!.trials.map(() => []);
  for (const [author, { promptIds, greedy, trials }] of written.entries()) {
    const known = texts[author]!;
    const all = [
      { ...greedy, trial: -1 },
      ...trials.flatMap(({ texts: sampled }, trial) => sampled.map((one) => ({ ...one, trial }))),
    ];
    const sums = trials.map(() => ({ surprise: 0, tokens: 0 }));
    for (const [number, { ids, text: own, trial }] of all.entries()) {
      await pause();
      const scores = await scoresOf(model, [...promptIds, ...ids], promptIds.length, signal);
      if (!scores) return { perplexityOn, reference: null };
      const text = (known[number] ??= {
        text: own,
        ids: [...ids],
        tokens: ids.map((id) => resultToken(model, id).text),
        probabilities: [],
      });
      text.probabilities[index] = scores.map(Math.exp);
      const read = sums[trial];
      if (read) {
        read.surprise -= sum(scores);
        read.tokens += scores.length;
      }
      progress.add(1);
    }
    sums.forEach(({ surprise, tokens }, trial) => perplexityOn[trial]!.push(Math.exp(surprise / tokens)));
  }
  return {
    perplexityOn,
    reference: reference === '' ? null : await readReference(model, reference, signal),
  };
}

async function readReference(
  model: LanguageModel,
  reference: string,
  signal: AbortSignal,
): Promise<ComparedModel['reference']> {
  const { ids, starts } = await placeTokens(model, reference);
  // Where no token stands before a text, its first one is read and not predicted.
  const scored = await scoresOf(model, startText(model, ids), 1, signal);
  if (!scored) return null;
  const nats = -sum(scored);
  const read = ids.length > scored.length ? reference.slice(starts[1]) : reference;
  return {
    tokens: scored.length,
    perplexity: Math.exp(nats / scored.length),
    bitsPerCharacter: nats / Math.LN2 / Array.from(read).length,
  };
}

/** Natural logs of the probabilities of the tokens from `from` on; null when the run was stopped. */
async function scoresOf(
  model: LanguageModel,
  tokens: readonly number[],
  from: number,
  signal: AbortSignal,
): Promise<number[] | null> {
  try {
    signal.throwIfAborted();
    return Array.from((await model.score!(tokens, { signal })).logProbabilities.slice(from));
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}
