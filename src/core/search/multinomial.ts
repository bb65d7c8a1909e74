/** Multinomial sampling: tokens are drawn from what the sampler chain leaves. */
import { drawToken } from '../draw';
import type { LanguageModel, NextToken } from '../languageModel';
import { logSoftmax } from '../logits';
import { randomStream, type RandomStream } from '../random';
import { SamplerChain, type ChainMemory } from '../samplers/chain';
import { SearchPlan, wholeNumber, type Continuation, type Growing, type SearchOptions } from './common';

export interface MultinomialOptions extends SearchOptions {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** How many sequences to draw, at least 1. */
  readonly samples: number;
  /** Sequences that grow at the same time; all of them when left out. It changes nothing but speed and memory. */
  readonly together?: number | undefined;
}

interface Sample extends Growing {
  /** One number per token. */
  readonly random: RandomStream;
  /** For samplers that draw themselves, so that they do not shift the numbers of the tokens. */
  readonly samplerRandom: RandomStream;
  readonly memory: ChainMemory;
  /** Logits for the next token. */
  logits: Float32Array;
}

/**
 * Draws sequences. Sample i takes its numbers from the stream `(seed, 'sample', i)`, one per token, so it is the
 * same however many are drawn, together or alone. Two chains run with the same seed draw with the same numbers.
 *
 * @returns the samples in order; those not begun when the signal was aborted are missing.
 * @throws RangeError for options out of range, or a prompt that leaves no room.
 */
export async function sampleSequences(
  model: LanguageModel,
  prompt: readonly number[],
  options: MultinomialOptions,
): Promise<Continuation[]> {
  const plan = new SearchPlan(model, prompt, options);
  const samples = wholeNumber('samples', options.samples, 1);
  const together = wholeNumber('together', options.together ?? samples, 1);
  const chain = new SamplerChain(plan.chain, model.info.vocabularySize, model.vocabulary);
  if (plan.isStopped()) return [];
  const [first] = await model.next([{ tokens: prompt }]);
  const drawn: Continuation[] = [];
  for (let from = 0; from < samples && !plan.isStopped(); from += together) {
    const group = Array.from({ length: Math.min(together, samples - from) }, (_, i) =>
      begin(options.seed, from + i, chain, first!),
    );
    await growTogether(plan, chain, group);
    drawn.push(...group.map((sample) => plan.finish(sample)));
  }
  return drawn;
}

function begin(seed: number, index: number, chain: SamplerChain, { logits, cache }: NextToken): Sample {
  return {
    tokens: [],
    logProbabilities: [],
    random: randomStream(seed, 'sample', index),
    samplerRandom: randomStream(seed, 'sample', index, 'sampler'),
    memory: chain.newMemory(),
    logits,
    cache,
  };
}

async function growTogether(plan: SearchPlan, chain: SamplerChain, group: readonly Sample[]): Promise<void> {
  const { model, prompt } = plan;
  let live = group;
  for (let step = 1; ; step++) {
    for (const sample of live) drawNext(plan, chain, sample);
    await plan.step(step, group);
    live = live.filter(({ tokens }) => plan.endOf(tokens) === null);
    if (live.length === 0 || plan.isStopped()) return;
    const answers = await model.next(
      live.map(({ tokens, cache }) => ({ tokens: [...prompt, ...tokens], cache })),
    );
    live.forEach((sample, i) => {
      sample.logits = answers[i]!.logits;
      sample.cache = answers[i]!.cache;
    });
  }
}

function drawNext({ prompt }: SearchPlan, chain: SamplerChain, sample: Sample): void {
  const { logits, memory, samplerRandom: random } = sample;
  const tokens = [...prompt, ...sample.tokens];
  const { probabilities } = chain.apply(logits, { tokens, promptLength: prompt.length, memory, random });
  const id = drawToken(probabilities, sample.random.next());
  chain.accept(id, memory);
  sample.tokens.push(id);
  sample.logProbabilities.push(logSoftmax(logits)[id]!);
}
