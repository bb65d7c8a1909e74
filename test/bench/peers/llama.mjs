/** llama.cpp through node-llama-cpp: `model` is a GGUF file. */
import { getLlama } from 'node-llama-cpp';
import { serve } from './serve.mjs';

/** Tokens of each of several sequences; one alone has the model's whole context. */
const SHORT = 128;
const WHOLE = 1024;

await serve(async ({ model: modelPath, threads }) => {
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: threads, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath });
  const contexts = new Map();
  const sequencesOf = async (samples) => {
    if (!contexts.has(samples)) {
      const contextSize = samples === 1 ? WHOLE : SHORT;
      const context = await model.createContext({
        sequences: samples,
        contextSize,
        batchSize: 512,
        threads,
        // Faster here than without, by a third with several sequences.
        flashAttention: true,
      });
      contexts.set(
        samples,
        Array.from({ length: samples }, () => context.getSequence()),
      );
    }
    return contexts.get(samples);
  };

  return async ({ prompt, samples, tokens, topK }) => {
    const sequences = await sequencesOf(samples);
    for (const sequence of sequences) await sequence.clearHistory();
    const settings = {
      ...(topK === null ? { temperature: 0 } : { temperature: 1, topK, topP: 1, seed: 1 }),
      yieldEogToken: true,
    };
    const writing = sequences.map((sequence) => sequence.evaluate(prompt, settings));
    // In step: it reads what has been asked for by then in one batch, and who runs ahead would be read alone.
    for (let i = 0; i < Math.max(1, tokens); i++) {
      await Promise.all(writing.map((iterator) => iterator.next()));
    }
    await Promise.all(writing.map((iterator) => iterator.return()));
  };
});
