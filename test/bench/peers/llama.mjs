/** llama.cpp through node-llama-cpp: `llama.mjs FILE`. */
import { getLlama } from 'node-llama-cpp';

const [modelPath] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: 'error' });
const model = await llama.loadModel({ modelPath });
const SEQUENCES = 32;
const context = await model.createContext({
  sequences: SEQUENCES,
  contextSize: 1024,
  batchSize: 512,
  threads: 1,
});
const all = Array.from({ length: SEQUENCES }, () => context.getSequence());

process.on('message', async ({ prompt, samples, tokens }) => {
  const sequences = all.slice(0, samples);
  for (const sequence of sequences) await sequence.clearHistory();
  const start = performance.now();
  const iterators = sequences.map((sequence) =>
    sequence.evaluate(prompt, { temperature: samples > 1 ? 1 : 0, topK: 40, topP: 1, yieldEogToken: true }),
  );
  // The first token of each: its prompt has been read.
  await iterators[0].next();
  const read = performance.now() - start;
  await Promise.all(iterators.slice(1).map((iterator) => iterator.next()));
  const first = performance.now();
  await Promise.all(
    iterators.map(async (iterator) => {
      for (let i = 0; i < tokens; i++) await iterator.next();
      await iterator.return();
    }),
  );
  process.send({ read, grow: performance.now() - first });
});
process.on('disconnect', () => process.exit());
process.send({ ready: performance.now() });
