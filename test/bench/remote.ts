/** Reading what a server lists of a whole vocabulary: bytes against objects of JSON. */
import { randomStream } from '../../src/core/random';
import { nextTokenOf } from '../../src/remote/vllm/distributions';
import { readTokenMap } from '../../src/remote/vllm/tokenMaps';

const SIZES = [50_257, 151_936];
const ROUNDS = 15;
/** Most milliseconds for one answer of 50,257 tokens. */
const GOAL = 40;

export function run(): Promise<void> {
  for (const size of SIZES) {
    const text = answer(size);
    const bytes = new TextEncoder().encode(text);
    const refuse = (what: string): never => {
      throw new Error(what);
    };
    const here = fastest(() => {
      const map = readTokenMap(bytes);
      if (typeof map === 'string') return refuse(map);
      return nextTokenOf(map, { vocabularySize: size, count: size }, 1, refuse);
    });
    const json = fastest(() => JSON.parse(new TextDecoder().decode(bytes)) as unknown);
    const walked = fastest(() => {
      const logits = new Float32Array(size);
      const object = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, number>;
      for (const key in object) logits[Number(key.slice('token_id:'.length))] = object[key]!;
      return logits;
    });
    const goal = size === SIZES[0] ? ` (goal ${GOAL} ms: ${here <= GOAL ? 'met' : 'missed'})` : '';
    console.log(
      `  ${size} tokens, ${(bytes.length / 1e6).toFixed(1)} MB: ${here.toFixed(1)} ms read and checked${goal}; ` +
        `JSON.parse ${json.toFixed(1)} ms, walked ${walked.toFixed(1)} ms`,
    );
  }
  return Promise.resolve();
}

/** Log-probabilities of random logits as vLLM writes them: float32 in the digits of float64, most probable first. */
function answer(size: number): string {
  const random = randomStream(1, 'bench', 'remote');
  const logits = Float64Array.from({ length: size }, () => 12 * random.next());
  const logSum = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
  return `{${order.map((id) => `"token_id:${id}":${Math.fround(logits[id]! - logSum)}`).join(',')}}`;
}

/** What other work on the machine adds is not the code's. */
function fastest(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
  return Math.min(...times);
}
