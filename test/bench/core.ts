/** The decoding core at GPT-2's width, against a full sort and against softmaxes. */
import { CumulativeTable, drawToken } from '../../src/core/draw';
import type { LanguageModel } from '../../src/core/languageModel';
import { softmax } from '../../src/core/logits';
import { randomStream } from '../../src/core/random';
import { HUGGING_FACE_DEFAULT, LLAMA_CPP_DEFAULT } from '../../src/core/samplers/presets';
import { SamplerChain, type ChainSpec } from '../../src/core/samplers/chain';
import { useKernel } from '../../src/core/vectorKernel';
import { TokenSelector } from '../../src/experiments/kit/tokenSelection';

const SIZE = 50_257;
const ROUNDS = 30;
/** Of what takes so little that the compiler is not done with it after a few calls. */
const MANY_ROUNDS = 500;

/**
 * Least time in milliseconds of several calls, after some that let the compiler finish: what other work on the
 * machine adds is not the code's.
 */
function time(work: () => void, rounds = ROUNDS): number {
  for (let i = 0; i < rounds; i++) work();
  let least = Infinity;
  for (let i = 0; i < rounds; i++) {
    const begin = performance.now();
    work();
    least = Math.min(least, performance.now() - begin);
  }
  return least;
}

/** Bytes of heap that a call takes, on average; measured where Node runs with `--expose-gc`. */
function allocated(work: () => void, calls: number): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < calls; i++) work();
  return (process.memoryUsage().heapUsed - before) / calls;
}

/** Normal logits with the spread of GPT-2's. */
function normalLogits(vector = 0): Float32Array {
  const random = randomStream(1, 'bench', vector);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Float32Array.from({ length: SIZE }, () => 4 * normal() - 30);
}

/** A model of which a selector reads no more than how many tokens it has. */
const MODEL: LanguageModel = {
  info: {
    ...{ id: 'bench', name: 'bench', kind: 'gpt2', fingerprint: '', precision: 'fp32', parameters: 0 },
    ...{ vocabularySize: SIZE, contextLength: 1024, endOfText: [], startOfText: null },
  },
  vocabulary: { bytes: new Uint8Array(0), offsets: new Uint32Array(SIZE + 1) },
  encode: () => [],
  decode: () => '',
  next: () => Promise.resolve([]),
  dispose: () => Promise.resolve(),
};

/** What a drawn token takes, with its probabilities, its rank, 8 alternatives, the entropy and how many were left. */
function chosenToken(chain: ChainSpec): () => void {
  const answers = Array.from({ length: 8 }, (_, i) => ({ logits: normalLogits(i), cache: { length: 1 } }));
  const selector = new TokenSelector(MODEL, { chain, greedy: false, seed: 1 });
  let chosen = 0;
  let sequence = selector.begin(0, [1, 2, 3]);
  return () => {
    if (chosen % 40 === 0) sequence = selector.begin(chosen / 40, [1, 2, 3]);
    selector.select(sequence, answers[chosen++ % answers.length]!);
  };
}

export function run(): Promise<void> {
  // As the model process does.
  useKernel();
  const logits = normalLogits();
  const random = randomStream(2, 'bench');
  const line = (name: string, figure: number, unit: string): void => {
    console.log(`  ${name.padEnd(64)} ${figure.toFixed(2).padStart(9)} ${unit}`);
  };

  const plain = Array.from(logits);
  const ids = plain.map((_, id) => id);
  const sort = time(() => [...ids].sort((a, b) => plain[b]! - plain[a]!));
  const sortValues = time(() => [...plain].sort((a, b) => b - a));
  const probabilities = softmax(logits);
  const oneSoftmax = time(() => softmax(logits, probabilities));
  line('full sort of token ids by logit, Array.prototype.sort', sort, 'ms');
  line('full sort of the logits alone, Array.prototype.sort', sortValues, 'ms');
  line('softmax', oneSoftmax, 'ms');

  const chains: readonly (readonly [string, ChainSpec])[] = [
    ['Hugging Face order (T, top-k 40, top-p) + draw', HUGGING_FACE_DEFAULT],
    ['llama.cpp order (top-k 40, top-p, T) + draw', LLAMA_CPP_DEFAULT],
    [
      'temperature and top-p alone + draw',
      [
        { sampler: 'temperature', temperature: 0.8 },
        { sampler: 'top-p', p: 0.95 },
      ],
    ],
  ];
  for (const [name, spec] of chains) {
    const chain = new SamplerChain(spec, SIZE);
    const step = (): void => {
      drawToken(chain.apply(logits).probabilities, random.next());
    };
    const own = time(step);
    line(name, own, 'ms');
    line('  times faster than the sort of the logits (goal: 5)', sortValues / own, 'x');
    if (globalThis.gc) line('  bytes of heap per step', allocated(step, 2000), 'B');
  }

  const reported: readonly (readonly [string, ChainSpec])[] = [
    [
      'T 1, top-k 40',
      [
        { sampler: 'temperature', temperature: 1 },
        { sampler: 'top-k', k: 40 },
      ],
    ],
    ['Hugging Face order', HUGGING_FACE_DEFAULT],
    ['top-p 0.9', [{ sampler: 'top-p', p: 0.9 }]],
    ['min-p 0.05', [{ sampler: 'min-p', p: 0.05 }]],
    ['no sampler', []],
  ];
  for (const [name, spec] of reported) {
    line(`a token with all that Explore reports, ${name}`, time(chosenToken(spec), MANY_ROUNDS), 'ms');
  }

  const draws = time(() => {
    const table = new CumulativeTable(probabilities);
    for (let i = 0; i < 10_000; i++) table.draw(random.next());
  });
  line('10,000 draws from one distribution, table included', draws, 'ms');
  line('  in softmaxes (goal: below 20)', draws / oneSoftmax, 'softmaxes');
  return Promise.resolve();
}
