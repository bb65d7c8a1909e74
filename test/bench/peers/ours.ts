/** This project: Explore itself, with everything that it reports of every token, on the real engine. */
import { setImmediate } from 'node:timers/promises';
import { useKernel } from '../../../src/core/vectorKernel';
import { explore } from '../../../src/experiments/explore';
import { exploreParameters } from '../../../src/experiments/explore/parameters';
import { PRECISIONS } from '../../../src/library/memory';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { loadRuntime } from '../../../src/onnx/runtime';
import { serve } from './serve.mjs';

/** Milliseconds in which at least one run of a session was under way. */
class NetworkClock {
  #running = 0;
  #begin = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  async during<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running === 0) this.#begin = performance.now();
    this.#running += 1;
    try {
      return await run();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#total += performance.now() - this.#begin;
    }
  }
}

/** Times every run of a session, whoever asks for it. */
async function timeSessions(clock: NetworkClock): Promise<void> {
  const { InferenceSession } = await loadRuntime();
  const sessions = Reflect.get(InferenceSession, 'prototype') as {
    run: (...inputs: unknown[]) => Promise<unknown>;
  };
  const { run } = sessions;
  sessions.run = function (...inputs) {
    return clock.during(() => Reflect.apply(run, this, inputs));
  };
}

const { chain, seed } = exploreParameters.parameters;

void serve(async ({ model: directory, precision: wanted, cache, threads }) => {
  const precision = PRECISIONS.find((name) => name === wanted);
  if (!precision) throw new Error(`There are no weights named ${wanted ?? ''}.`);
  // As the model process does.
  useKernel();
  const clock = new NetworkClock();
  await timeSessions(clock);
  const source = { id: 'bench', name: 'bench', directory };
  const options = { precision, threads, promptCacheBytes: 0, ...(cache && { cacheDirectory: cache }) };
  const model = await loadGpt2(source, options);
  const context = {
    emit: () => undefined,
    pause: () => setImmediate(),
    signal: new AbortController().signal,
  };
  return async ({ prompt, samples, tokens, topK }) => {
    const begin = performance.now();
    const before = clock.total;
    const parameters = explore.parse({
      prompt: model.decode(prompt),
      samples: tokens === 0 ? 0 : samples,
      maxNewTokens: Math.max(1, tokens),
      greedy: topK === null,
      chain: chain.default.map((step) =>
        step.sampler === 'top-k' && topK !== null ? { ...step, k: topK } : step,
      ),
      seed: seed.default,
    });
    const { newTokens } = await explore.run(model, parameters, context);
    const outside = performance.now() - begin - (clock.total - before);
    if (newTokens !== samples * tokens) throw new Error(`${newTokens} of ${samples * tokens} tokens`);
    return { outside };
  };
});
