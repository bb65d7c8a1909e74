import { counted, t, whole } from '../../l10n/language';
import type { LanguageModel, TextScores } from '../../core/languageModel';
import { written } from '../../l10n/numbers';
import { expNotPositive } from '../../core/exponential';
import { argmax, logSoftmax } from '../../core/logits';
import { mean } from '../../core/sums';
import { onModels } from '../kit/experiment';
import { parameterObject, textValue } from '../kit/checks';
import { progressEventSchema, type ProgressEvent } from '../kit/results';
import { startText } from '../kit/textStart';
import { fidelitySchema, type Fidelity, type FidelityParameters } from './result';

/** Fidelity as an experiment on two models: the reference, and the one that stands for it. */
export const fidelity = onModels<FidelityParameters, ProgressEvent, Fidelity>({
  parse: (value) => ({ text: textValue(t('The text'), parameterObject(t('Fidelity'), value)['text']) }),
  events: progressEventSchema,
  result: fidelitySchema,
  compare: async (models, { text }, { emit, signal }) => {
    if (models.count !== 2) {
      throw new RangeError(
        t(
          'Fidelity compares 2 models, the reference and another one; it was given {0}.',
          whole(models.count),
        ),
      );
    }
    return models.use(0, (reference) =>
      models.use(1, async (model) =>
        measureFidelity(reference, model, startText(reference, await reference.encode(text)), {
          signal,
          onProgress: (done, total) => {
            emit({ type: 'progress', done, total, what: 'tokens' });
          },
        }),
      ),
    );
  },
});

export interface FidelityOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compares two models on a text of any length, in step: of neither more than one piece's logits is kept.
 * @throws RangeError when the models cannot be compared, or the text has fewer than two tokens.
 */
export async function measureFidelity(
  reference: LanguageModel,
  model: LanguageModel,
  tokens: readonly number[],
  { onProgress, signal }: FidelityOptions = {},
): Promise<Fidelity> {
  checkComparable(reference, model, tokens);
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const toModel = new Baton();
  const toReference = new Baton();
  const waiting = new Map<number, Float32Array>();
  const sums = { compared: 0, divergence: 0, largest: 0, sameBest: 0 };

  const referenceScores = reference.score!(tokens, {
    signal: either,
    onLogits: (at, logits) => waiting.set(at, logits),
    onScored: () => {
      toModel.pass();
      return toReference.received();
    },
  });
  const compare = async (): Promise<TextScores> => {
    await toModel.received();
    return model.score!(tokens, {
      signal: either,
      onLogits: (at, logits) => {
        addComparison(sums, waiting.get(at)!, logits);
        waiting.delete(at);
      },
      onScored: (_, __, to) => {
        onProgress?.(to - 1, tokens.length - 1);
        if (to === tokens.length || waiting.size > 0) return;
        toReference.pass();
        return toModel.received();
      },
    });
  };
  // Whichever ends or fails, the other must not wait for it.
  const release = (): void => {
    toModel.pass();
    toReference.pass();
  };
  const fail = (error: unknown): never => {
    stop.abort(error);
    release();
    throw error;
  };
  const [whole, own] = await Promise.all([
    referenceScores.catch(fail),
    compare().then((scores) => {
      release();
      return scores;
    }, fail),
  ]);
  return {
    tokens: sums.compared,
    perplexity: perplexity(own),
    referencePerplexity: perplexity(whole),
    meanDivergence: sums.divergence / sums.compared,
    largestDivergence: sums.largest,
    sameBest: sums.sameBest / sums.compared,
  };
}

function checkComparable(reference: LanguageModel, model: LanguageModel, tokens: readonly number[]): void {
  if (!reference.score || !model.score) {
    throw new RangeError(
      t('One of the models cannot score a text; compare models that run on this machine.'),
    );
  }
  const names = [reference.info.name, model.info.name];
  const sizesOf = (name: 'vocabularySize' | 'contextLength'): string[] =>
    [reference, model].map(({ info }) => written(info[name]));
  if (reference.info.vocabularySize !== model.info.vocabularySize) {
    throw new RangeError(
      t(
        '{0} and {1} cannot be compared token by token: their vocabularySize is {2} and {3}.',
        ...names,
        ...sizesOf('vocabularySize'),
      ),
    );
  }
  if (reference.info.contextLength !== model.info.contextLength) {
    throw new RangeError(
      t(
        '{0} and {1} cannot be compared token by token: their contextLength is {2} and {3}.',
        ...names,
        ...sizesOf('contextLength'),
      ),
    );
  }
  if (tokens.length < 2) {
    throw new RangeError(
      counted(
        tokens.length,
        'The text has {0} token; at least 2 are needed to compare predictions.',
        'The text has {0} tokens; at least 2 are needed to compare predictions.',
      ),
    );
  }
}

function addComparison(
  sums: { compared: number; divergence: number; largest: number; sameBest: number },
  reference: Float32Array,
  own: Float32Array,
): void {
  const p = logSoftmax(reference);
  const q = logSoftmax(own);
  let divergence = 0;
  for (let id = 0; id < p.length; id++) {
    const log = p[id]!;
    if (log > -Infinity) divergence += expNotPositive(log) * (log - q[id]!);
  }
  sums.compared++;
  sums.divergence += Math.max(0, divergence);
  sums.largest = Math.max(sums.largest, divergence);
  if (argmax(reference) === argmax(own)) sums.sameBest++;
}

function perplexity({ logProbabilities }: TextScores): number {
  const predicted = logProbabilities.subarray(1);
  return Math.exp(-mean(predicted));
}

/** Passes the turn to one that waits, or will wait, for it. */
class Baton {
  private here = false;
  private wake: (() => void) | undefined;

  pass(): void {
    this.here = true;
    this.wake?.();
  }

  async received(): Promise<void> {
    if (!this.here) await new Promise<void>((resolve) => (this.wake = resolve));
    this.here = false;
  }
}
