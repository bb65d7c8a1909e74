/** This project's engine: `ours.ts DIRECTORY PRECISION CACHE`. */
import type { LanguageModel } from '../../../src/core/languageModel';
import { argmax } from '../../../src/core/logits';
import { drawToken } from '../../../src/core/draw';
import { randomStream } from '../../../src/core/random';
import { SamplerChain } from '../../../src/core/samplers/chain';
import { loadGpt2, type Precision } from '../../../src/onnx/loadGpt2';
import { loadRuntime } from '../../../src/onnx/runtime';
import { TOP_K, type Task, type Timing } from './tasks';

const [directory, precision, cacheDirectory] = process.argv.slice(2) as [string, Precision, string];

/** Milliseconds spent in the network itself. */
let inNetwork = 0;

/** Times every run of a session, whoever asks for it. */
async function timeSessions(): Promise<void> {
  // The engine's own runtime: the peers bring another copy of the package.
  const { InferenceSession } = await loadRuntime();
  const sessions = Reflect.get(InferenceSession, 'prototype') as {
    run: (...inputs: unknown[]) => Promise<unknown>;
  };
  const { run } = sessions;
  sessions.run = async function (...inputs) {
    const start = performance.now();
    const result = await Reflect.apply(run, this, inputs);
    inNetwork += performance.now() - start;
    return result;
  };
}

async function measure(model: LanguageModel, { prompt, samples, tokens }: Task): Promise<Timing> {
  const begin = performance.now();
  const [read] = await model.next([{ tokens: prompt }]);
  const first = performance.now();
  inNetwork = 0;
  const chain = new SamplerChain([{ sampler: 'top-k', k: TOP_K }], model.info.vocabularySize);
  const streams = Array.from({ length: samples }, (_, i) => randomStream(1, 'sample', i));
  const choose = (logits: Float32Array, i: number): number =>
    samples === 1 ? argmax(logits) : drawToken(chain.apply(logits).probabilities, streams[i]!.next());
  let sequences = streams.map((_, i) => ({
    tokens: [...prompt, choose(read!.logits, i)],
    cache: read!.cache,
  }));
  for (let step = 0; step < tokens; step++) {
    const answers = await model.next(sequences);
    sequences = answers.map(({ logits, cache }, i) => ({
      tokens: [...sequences[i]!.tokens, choose(logits, i)],
      cache,
    }));
  }
  const grow = performance.now() - first;
  return { read: first - begin, grow, outside: 1 - inNetwork / grow };
}

async function main(): Promise<void> {
  await timeSessions();
  const source = { id: 'bench', name: 'bench', directory };
  const model = await loadGpt2(source, { precision, cacheDirectory, threads: 1, promptCacheBytes: 0 });
  process.on('message', (task: Task) => {
    void measure(model, task).then((timing) => process.send!(timing));
  });
  process.on('disconnect', () => {
    process.exit();
  });
  process.send!({ ready: performance.now() });
}

void main();
