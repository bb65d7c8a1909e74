/** Explore: what comes next after a text, exactly, and how it goes on when one draws from that. */
import { drawToken } from '../core/draw';
import type { CacheHandle, LanguageModel, NextToken } from '../core/languageModel';
import { argmax, logSumExp, rankOf, topIndices } from '../core/logits';
import { randomStream, type RandomStream } from '../core/random';
import { parseChain, SamplerChain } from '../core/samplers/chain';
import type { Experiment, RunContext } from './experiment';
import type {
  Alternative,
  Completion,
  ExploreEvent,
  ExploreParameters,
  ExploreResult,
  TokenStep,
} from './exploreTypes';
import { parameterObject, textValue, trueOrFalse, wholeNumber } from './parameters';
import { takePrompt } from './prompt';

/** Alternatives reported for every step. */
const ALTERNATIVES = 8;

/** Tokens of the prompt that are read at a time: a stop during a long prompt waits for no more than these. */
const PIECE = 64;

/**
 * Completions that grow side by side share one budget of new positions, which bounds the memory of their caches:
 * 8,192 positions are 600 MB for GPT-2 124M in float32. The others follow when these are done.
 */
const CACHED_POSITIONS = 8192;

/**
 * Reads the parameters of Explore.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseExplore(value: unknown): ExploreParameters {
  const given = parameterObject('Explore', value);
  return {
    prompt: textValue('The prompt', given['prompt']),
    chain: parseChain(given['chain']),
    greedy: trueOrFalse('Greedy', given['greedy']),
    seed: wholeNumber('The seed', given['seed'], 0, 0xffff_ffff),
    samples: wholeNumber('The number of samples', given['samples'], 0, 64),
    // The upper limit is the model's; `takePrompt` knows it.
    maxNewTokens: wholeNumber('Max new tokens', given['maxNewTokens'], 1, 1_000_000),
  };
}

/**
 * Explore as an experiment. Sample i draws from the stream `(seed, 'sample', i)`, one number per token, so it
 * does not depend on how many samples there are. Greedy takes the largest logit, the lowest id among equals.
 *
 * A stop is honoured before every token: the result then holds the completions begun so far.
 */
export const explore: Experiment<ExploreParameters, ExploreEvent, ExploreResult> = {
  name: 'explore',
  parse: parseExplore,
  run,
};

async function run(
  model: LanguageModel,
  parameters: ExploreParameters,
  context: RunContext<ExploreEvent>,
): Promise<ExploreResult> {
  const begin = performance.now();
  const { samples, maxNewTokens, chain, greedy, seed } = parameters;
  const prompt = takePrompt(model, parameters.prompt, maxNewTokens);
  const promptIds = Array.from(prompt.ids);
  context.emit({ type: 'prompt', prompt });

  const growing: Growing[] = [];
  const first = await readPrompt(model, promptIds, context);
  if (first) {
    context.emit({ type: 'next', logits: first.logits });
    const judge = new Judge(model.info.vocabularySize, parameters);
    const together = Math.max(1, Math.floor(CACHED_POSITIONS / maxNewTokens));
    for (let from = 0; from < samples && !isStopped(context); from += together) {
      const group = Array.from({ length: Math.min(together, samples - from) }, (_, i) =>
        start(from + i, seed, first),
      );
      growing.push(...group);
      await growTogether(model, promptIds, group, maxNewTokens, judge, context);
    }
  }

  const completions = growing.filter((sample) => sample.ids.length > 0).map((s) => complete(model, s));
  const finished = completions.filter(({ end }) => end !== 'stopped').length;
  return {
    completions,
    stopped: !first || finished < samples,
    newTokens: completions.reduce((sum, { ids }) => sum + ids.length, 0),
    milliseconds: performance.now() - begin,
    provenance: {
      model: model.info.id,
      fingerprint: model.info.fingerprint,
      precision: model.info.precision,
      promptIds,
      chain,
      greedy,
      seed,
      maxNewTokens,
    },
  };
}

/** A stop can come at every pause: asked anew each time. */
function isStopped({ signal }: RunContext<ExploreEvent>): boolean {
  return signal.aborted;
}

/** The logits after the prompt; undefined when a person stopped it before they were there. */
async function readPrompt(
  model: LanguageModel,
  ids: readonly number[],
  context: RunContext<ExploreEvent>,
): Promise<NextToken | undefined> {
  let answer: NextToken | undefined;
  // The first piece is what the others leave over; an empty prompt is one empty piece.
  let end = ids.length % PIECE || Math.min(PIECE, ids.length);
  for (;;) {
    await context.pause();
    if (isStopped(context)) return undefined;
    [answer] = await model.next([{ tokens: ids.slice(0, end), cache: answer?.cache }]);
    if (end === ids.length) return answer;
    end += PIECE;
  }
}

/** A completion while it grows. */
interface Growing {
  readonly sample: number;
  readonly random: RandomStream;
  readonly ids: number[];
  logProbability: number;
  /** `stopped` while it grows, so that this is true whenever it is left as it is. */
  end: Completion['end'];
  /** Logits for its next token, and the cache of everything before that. */
  logits: Float32Array;
  cache: CacheHandle;
}

function start(sample: number, seed: number, { logits, cache }: NextToken): Growing {
  const random = randomStream(seed, 'sample', sample);
  return { sample, random, ids: [], logProbability: 0, end: 'stopped', logits, cache };
}

/** Grows completions by one token each until all have ended or a person stops them. */
async function growTogether(
  model: LanguageModel,
  prompt: readonly number[],
  group: readonly Growing[],
  maxNewTokens: number,
  judge: Judge,
  context: RunContext<ExploreEvent>,
): Promise<void> {
  let live = group;
  for (;;) {
    const steps = live.map((sample) => judge.step(sample));
    context.emit({ type: 'steps', steps });
    for (const sample of live) {
      if (sample.ids.at(-1) === model.info.endOfText) sample.end = 'end of text';
      else if (sample.ids.length === maxNewTokens) sample.end = 'length';
    }
    live = live.filter(({ end }) => end === 'stopped');
    await context.pause();
    if (live.length === 0 || isStopped(context)) return;
    const answers = await model.next(live.map(({ ids, cache }) => ({ tokens: [...prompt, ...ids], cache })));
    live.forEach((sample, i) => {
      sample.logits = answers[i]!.logits;
      sample.cache = answers[i]!.cache;
    });
  }
}

/** What one vector of logits says, before and after the chain. */
interface Judgement {
  readonly logits: Float32Array;
  readonly raw: Float64Array;
  readonly processed: Float64Array;
  readonly logSumExp: number;
  readonly alternatives: readonly Alternative[];
}

/** Chooses tokens and reports on them. */
class Judge {
  readonly #chain: SamplerChain;
  readonly #greedy: boolean;
  #last: Judgement | undefined;

  constructor(vocabularySize: number, { chain, greedy }: ExploreParameters) {
    this.#chain = new SamplerChain(chain, vocabularySize);
    this.#greedy = greedy;
  }

  /** Draws the next token of a completion and appends it. */
  step(growing: Growing): TokenStep {
    const { logits, raw, processed, logSumExp: total, alternatives } = this.#judge(growing.logits);
    const id = this.#greedy ? argmax(logits) : drawToken(processed, growing.random.next());
    growing.ids.push(id);
    growing.logProbability += logits[id]! - total;
    return {
      sample: growing.sample,
      id,
      raw: raw[id]!,
      processed: this.#greedy ? 1 : processed[id]!,
      rank: rankOf(logits, id),
      alternatives,
    };
  }

  /** Completions often share their logits: all of them at the first step, and at every step of the toy. */
  #judge(logits: Float32Array): Judgement {
    if (this.#last?.logits === logits) return this.#last;
    const { raw, probabilities } = this.#chain.apply(logits);
    const alternatives = topIndices(logits, ALTERNATIVES).map((id) => ({
      id,
      raw: raw[id]!,
      processed: probabilities[id]!,
    }));
    this.#last = { logits, raw, processed: probabilities, logSumExp: logSumExp(logits), alternatives };
    return this.#last;
  }
}

function complete(model: LanguageModel, { ids, end, logProbability }: Growing): Completion {
  const text = model.decode(end === 'end of text' ? ids.slice(0, -1) : ids);
  return { ids, text, end, logProbability };
}
