/** What one model writes: greedily once, and trial by trial with the random numbers that all models share. */
import type { LanguageModel } from '../../core/languageModel';
import { t } from '../../l10n/language';
import { softmax } from '../../core/logits';
import { selfBleu } from '../../core/statistics/bleu';
import { coherence, distinctN, diversity, ngramDiversity } from '../../core/statistics/diversity';
import { sum } from '../../core/sums';
import type { RunContext } from '../kit/experiment';
import {
  beginDecoding,
  completionOf,
  sequencesTogether,
  type Completion,
  type DecodingWatch,
} from '../kit/decodingLoop';
import { decode, whoDraws, type Drawing } from '../kit/drawing';
import { bestListed } from '../kit/listing';
import type { ModelsParameters } from './parameters';
import type { ModelsEvent, TrialMeasures } from './result';
import { takePrompt } from '../kit/prompt';
import { logitsOf, readPrompt } from '../kit/readPrompt';
import { provenanceOf, type Provenance } from '../kit/results';
import { TokenSelector } from '../kit/tokenSelection';

/** One text. */
export interface WrittenText {
  readonly ids: readonly number[];
  /** Cut before a stop string. */
  readonly text: string;
}

/** Most probable tokens of each model that are compared. */
const TOP = 10;

const EMPTY: WrittenText = { ids: [], text: '' };

/** What one model has written, before others have read it. */
export interface Written {
  readonly info: LanguageModel['info'];
  readonly vocabularyBytes: number;
  readonly provenance: Provenance;
  readonly promptIds: readonly number[];
  /** Of the next token, before any sampler. */
  readonly distribution: Float64Array;
  /** The most probable next tokens, and all that are known one by one; null where all are. */
  readonly best: readonly number[];
  readonly listed: ReadonlySet<number> | null;
  readonly drawing: Drawing;
  readonly greedy: WrittenText;
  readonly trials: readonly { readonly seed: number; readonly texts: readonly WrittenText[] }[];
  readonly tokensPerSecond: number;
}

/**
 * The seed of a trial, from 0, in 32 bits: the one after that of the trial before, the same for all models that draw
 * here. A server draws sample i with its seed plus i, so that the next seed that it has not used comes after all samples
 * of the trial before: their texts would be in both trials otherwise.
 */
function trialSeed(seed: number, trial: number, samples: number, { drawnBy }: Drawing): number {
  return (seed + trial * (drawnBy === 'server' ? samples : 1)) >>> 0;
}

/**
 * Lets a model write. When it is stopped, what it has so far is whole tokens of unfinished texts.
 * @param progress is told of tokens.
 * @throws RangeError when the model cannot read texts, or the prompt does not fit it.
 */
export async function write(
  model: LanguageModel,
  parameters: ModelsParameters,
  context: RunContext<ModelsEvent>,
  progress: { add(done: number): void },
): Promise<Written> {
  const { chain, trials, samples, maxNewTokens, seed, stop } = parameters;
  if (!model.score) {
    throw new RangeError(
      t('{0} cannot read texts: its logits do not depend on them. Choose a GPT-2 model.', model.info.name),
    );
  }
  const chooserOf = (own: number, greedy: boolean): TokenSelector =>
    new TokenSelector(model, { chain: greedy ? [] : chain, greedy, seed: own, alternatives: 0 });
  const selectors = [chooserOf(seed, true), chooserOf(seed, false)];
  const drawing = whoDraws(model, parameters.drawnBy, { selectors, samples, maxNewTokens, stop });
  const prompt = await takePrompt(model, parameters.prompt, maxNewTokens, parameters);
  const promptIds = Array.from(prompt.ids);
  const first = await readPrompt(model, promptIds, context);
  const provenance = provenanceOf(model, prompt, parameters, seed, drawing);
  const { info } = model;
  const vocabularyBytes = model.vocabulary.bytes.length;
  const known = { info, vocabularyBytes, provenance, promptIds, drawing };
  if (!first) {
    return {
      ...known,
      distribution: new Float64Array(),
      best: [],
      listed: null,
      greedy: EMPTY,
      trials: [],
      tokensPerSecond: 0,
    };
  }
  const begin = performance.now();
  const together = drawing.drawnBy === 'server' ? 1 + trials * samples : sequencesTogether(maxNewTokens);
  /** Begins sequences only when it is their turn: each holds its cache until its group is done. */
  const grow = async (
    wanted: readonly { selector: TokenSelector; sample: number }[],
  ): Promise<WrittenText[]> => {
    const texts: WrittenText[] = [];
    for (let from = 0; from < wanted.length && !context.signal.aborted; from += together) {
      const group = wanted
        .slice(from, from + together)
        .map(({ selector, sample }) => beginDecoding(selector, selector.begin(sample, promptIds), first));
      const watch: DecodingWatch = {
        stop,
        onSelections: (choices) => {
          progress.add(choices.length);
        },
        onSettled: (turned) => {
          if (turned.length > 0) progress.add(-sum(turned.map(({ turn }) => turn.ids.length)));
        },
      };
      await decode(model, group, maxNewTokens, context, watch, drawing);
      texts.push(...group.map((one) => writtenText(model, completionOf(model, one))));
    }
    return texts;
  };
  const [greedy = EMPTY] = await grow([{ selector: chooserOf(seed, true), sample: 0 }]);
  const seeds = Array.from({ length: trials }, (_, trial) => trialSeed(seed, trial, samples, drawing));
  // The trials side by side: the model reads more sequences in one run.
  const texts = await grow(
    seeds.flatMap((own) => {
      const selector = chooserOf(own, false);
      return Array.from({ length: samples }, (_, sample) => ({ selector, sample }));
    }),
  );
  const tokens = [greedy, ...texts].reduce((total, { ids }) => total + ids.length, 0);
  return {
    ...known,
    distribution: softmax(logitsOf(first)),
    best: bestListed(first, TOP),
    listed: first.listed ? new Set(first.listed.ids) : null,
    greedy,
    trials: seeds.map((own, trial) => ({
      seed: own,
      texts: texts.slice(trial * samples, (trial + 1) * samples),
    })),
    tokensPerSecond: tokens / ((performance.now() - begin) / 1000),
  };
}

/** @throws RangeError for a text without a token, which no model could read. */
function writtenText(model: LanguageModel, { ids, text, end, stop }: Completion): WrittenText {
  if (ids.length === 0 && end !== 'stopped') {
    throw new RangeError(
      t(
        '{0} wrote nothing: every first token that it tried was taken back or does not fit the samplers. Ban less, or loosen the shape.',
        model.info.name,
      ),
    );
  }
  return { ids, text: stop === undefined ? model.decode(ids) : text };
}

/** How varied the texts of one trial are. */
export function measureTrial(written: readonly WrittenText[]): TrialMeasures {
  const texts = written.map(({ ids }) => ids);
  const items = texts.map((ids) => ids.join());
  const pairs = distinctN(texts, 2);
  return {
    distinct1: distinctN(texts, 1),
    // JSON has no NaN.
    distinct2: Number.isNaN(pairs) ? null : pairs,
    repetition: texts.reduce((sum, ids) => sum + 1 - ngramDiversity(ids), 0) / texts.length,
    diversity: diversity(items),
    coherence: coherence(items),
    selfBleu: texts.length > 1 ? selfBleu(texts) : null,
  };
}
