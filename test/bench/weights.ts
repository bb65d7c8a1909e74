/**
 * `npm run bench -- weights`: how much faster a model is with quantized weights, by its size. The kinds of weights
 * take turns on the product's own number of processors, and each ratio is within one turn.
 */
import { join } from 'node:path';
import type { LanguageModel } from '../../src/core/languageModel';
import { argmax } from '../../src/core/logits';
import { PRECISIONS, type Precision } from '../../src/library/memory';
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { prepareShape } from './peers/models';

const FOLDER = join('artifacts', 'bench');
const PROMPT = Array.from({ length: 64 }, (_, i) => (i * 7919) % 50000);
const TOKENS = 32;
const TURNS = 7;

/** The bundled model's shape, three between, DistilGPT-2's and GPT-2's. */
const SHAPES = [
  { layers: 4, heads: 4, width: 128 },
  { layers: 6, heads: 4, width: 256 },
  { layers: 6, heads: 6, width: 384 },
  { layers: 8, heads: 8, width: 512 },
  { layers: 6, heads: 12, width: 768 },
  { layers: 12, heads: 12, width: 768 },
] as const;

export async function run(): Promise<void> {
  console.log(`  ${TURNS} turns; median tokens/s, and the median ratio to 32-bit (least to most)`);
  for (const shape of SHAPES) {
    const directory = await prepareShape(FOLDER, shape);
    const models = new Map<Precision, LanguageModel>();
    for (const precision of PRECISIONS) {
      const source = { id: 'bench', name: 'bench', directory };
      models.set(precision, await loadGpt2(source, { precision, promptCacheBytes: 0 }));
    }
    const { parameters } = models.get('fp32')!.info;
    for (const samples of [1, 8]) {
      const rates = await turns(models, samples);
      const name = `${(parameters / 1e6).toFixed(1)} million, width ${shape.width}, ${samples} at a time`;
      console.log(`  ${name.padEnd(44)} ${PRECISIONS.map((p) => describe(p, rates)).join('  ')}`);
    }
    for (const model of models.values()) await model.dispose();
  }
}

/** Tokens per second of each kind of weights in each turn. */
async function turns(
  models: ReadonlyMap<Precision, LanguageModel>,
  samples: number,
): Promise<ReadonlyMap<Precision, readonly number[]>> {
  const rates = new Map<Precision, number[]>(PRECISIONS.map((precision) => [precision, []]));
  // The first turn warms up.
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const [precision, model] of models) {
      const rate = await generate(model, samples);
      if (turn > 0) rates.get(precision)!.push(rate);
    }
  }
  return rates;
}

/** Tokens per second after the first. */
async function generate(model: LanguageModel, samples: number): Promise<number> {
  const [read] = await model.next([{ tokens: PROMPT }]);
  const first = argmax(read!.logits);
  let sequences = Array.from({ length: samples }, () => ({ tokens: [...PROMPT, first], cache: read!.cache }));
  const begin = performance.now();
  for (let step = 0; step < TOKENS; step++) {
    const answers = await model.next(sequences);
    sequences = answers.map(({ logits, cache }, i) => ({
      tokens: [...sequences[i]!.tokens, argmax(logits)],
      cache,
    }));
  }
  return (1000 * samples * TOKENS) / (performance.now() - begin);
}

function describe(precision: Precision, rates: ReadonlyMap<Precision, readonly number[]>): string {
  const own = rates.get(precision)!;
  const base = rates.get('fp32')!;
  const ratios = own.map((rate, turn) => rate / base[turn]!).sort((a, b) => a - b);
  const spread =
    precision === 'fp32'
      ? ''
      : ` x${median(ratios).toFixed(2)} (${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)})`;
  return `${precision} ${median(own).toFixed(0)}${spread}`;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
