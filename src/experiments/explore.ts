/** Explore: what comes next after a text, exactly, and how it goes on when one draws from that. */
import type { LanguageModel, NextToken } from '../core/languageModel';
import { parseChain } from '../core/samplers/chain';
import type { Experiment, RunContext } from './experiment';
import type { Completion, ExploreEvent, ExploreParameters, ExploreResult } from './exploreTypes';
import { parameterObject, textValue, trueOrFalse, wholeNumber } from './parameters';
import { takePrompt } from './prompt';
import { readPrompt } from './readPrompt';
import { TokenChooser, type ChosenSequence } from './tokenChooser';

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
 * Explore as an experiment. What becomes of sample i depends on the seed and on i, not on the number of samples.
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
  const chooser = new TokenChooser(model, parameters);
  const prompt = takePrompt(model, parameters.prompt, maxNewTokens);
  const promptIds = Array.from(prompt.ids);
  context.emit({ type: 'prompt', prompt });

  const completions: Completion[] = [];
  const first = await readPrompt(model, promptIds, context);
  if (first) {
    context.emit({ type: 'next', logits: first.logits });
    const together = Math.max(1, Math.floor(CACHED_POSITIONS / maxNewTokens));
    for (let from = 0; from < samples && !isStopped(context); from += together) {
      const group = Array.from({ length: Math.min(together, samples - from) }, (_, i): Growing => {
        return { sequence: chooser.begin(from + i, promptIds), end: 'stopped', next: first };
      });
      await growTogether(model, group, maxNewTokens, chooser, context);
      completions.push(...group.map((growing) => complete(model, growing)));
    }
  }

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

/** A completion while it grows. */
interface Growing {
  readonly sequence: ChosenSequence;
  /** `stopped` while it grows, so that this is true whenever it is left as it is. */
  end: Completion['end'];
  /** Logits for its next token, and the cache of everything before that. */
  next: NextToken;
}

/** Grows completions by one token each, at least once, until all have ended or a person stops them. */
async function growTogether(
  model: LanguageModel,
  group: readonly Growing[],
  maxNewTokens: number,
  chooser: TokenChooser,
  context: RunContext<ExploreEvent>,
): Promise<void> {
  let live = group;
  for (;;) {
    const steps = live.map(({ sequence, next }) => chooser.choose(sequence, next.logits));
    context.emit({ type: 'steps', steps });
    for (const growing of live) {
      const { tokens, promptLength } = growing.sequence;
      if (tokens.at(-1) === model.info.endOfText) growing.end = 'end of text';
      else if (tokens.length - promptLength === maxNewTokens) growing.end = 'length';
    }
    live = live.filter(({ end }) => end === 'stopped');
    await context.pause();
    if (live.length === 0 || isStopped(context)) return;
    const answers = await model.next(
      // A copy: the model may keep what it is given.
      live.map(({ sequence, next }) => ({ tokens: [...sequence.tokens], cache: next.cache })),
    );
    live.forEach((growing, i) => {
      growing.next = answers[i]!;
    });
  }
}

function complete(model: LanguageModel, { sequence, end }: Growing): Completion {
  const ids = sequence.tokens.slice(sequence.promptLength);
  const text = model.decode(end === 'end of text' ? ids.slice(0, -1) : ids);
  return { ids, text, end, logProbability: sequence.logProbability };
}
