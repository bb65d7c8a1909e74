import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle, type Bundles } from '../../unit/engine/bundle';
import { temporaryFolder } from '../../unit/library/temporaryFolder';
import { writeExport } from '../../unit/library/optimumExport';
import { readTensors, reference, TINY } from '../../unit/library/tinyGpt2';
import { record, scaled, SEED } from './figures';

const at = temporaryFolder();

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle('test/deep/attack/mutating.ts');
});
afterAll(() => {
  bundles.remove();
});

/** Cases of one process; a fresh one now and then keeps what a case leaves behind away from the others. */
const BATCH = 250;

/** Longest silence of a process that is not hanging, in milliseconds. */
const SILENCE = 120_000;

interface Counts {
  readonly loaded: number;
  readonly refused: number;
  readonly raw: readonly string[];
  readonly slowest: number;
}

/** @returns what the process counted, or the case in which it ended and how. */
async function inProcess(
  first: number,
  last: number,
  originals: readonly string[],
): Promise<Counts | string> {
  const given = [SEED, first, last, at(`run-${first}`), ...originals].map(String);
  const child = spawn(process.execPath, [bundles.path('mutating'), ...given], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  let hung = false;
  const quiet = (): NodeJS.Timeout =>
    setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, SILENCE);
  let timer = quiet();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    clearTimeout(timer);
    timer = quiet();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  const lines = output.trim().split('\n');
  if (code === 0 && lines.at(-1)!.startsWith('{')) return JSON.parse(lines.at(-1)!) as Counts;
  return `case ${lines.at(-1)!}: ${hung ? 'hangs' : `ends the process (${signal ?? `code ${code!}`})`}`;
}

it('mutated model files end no process, and are refused with sentences', async () => {
  const { config } = reference('prefixed-names');
  const tensors = new Map(
    [...readTensors(`${TINY}/prefixed-names/model.safetensors`)]
      .filter(([name]) => !name.endsWith('.attn.bias'))
      .map(([name, tensor]) => [name.replace('transformer.', ''), tensor]),
  );
  const originals = [`${TINY}/prefixed-names`, `${TINY}/plain-names`];
  for (const cache of ['none', 'past', 'merged'] as const) {
    mkdirSync(at(`onnx-${cache}`), { recursive: true });
    copyFileSync(`${TINY}/prefixed-names/config.json`, at(`onnx-${cache}`, 'config.json'));
    writeExport(at(`onnx-${cache}`, 'model.onnx'), tensors, config, { cache });
    originals.push(at(`onnx-${cache}`));
  }
  const cases = scaled(10_000);
  const ended: string[] = [];
  const raw: string[] = [];
  let [loaded, refused, slowest] = [0, 0, 0];
  for (let first = 0; first < cases;) {
    const last = Math.min(cases, first + BATCH);
    const counts = await inProcess(first, last, originals);
    if (typeof counts === 'string') {
      // The others of the batch have their turn in another process.
      ended.push(counts);
      first = Number(/\d+/.exec(counts)?.[0] ?? last) + 1;
      continue;
    }
    loaded += counts.loaded;
    refused += counts.refused;
    raw.push(...counts.raw);
    slowest = Math.max(slowest, counts.slowest);
    first = last;
  }
  record('mutated model files', {
    cases,
    'processes ended': ended.length,
    'still usable': loaded,
    'refused with a sentence': refused,
    'raw errors': raw.length,
    'slowest ms': Math.round(slowest),
  });
  expect(ended).toEqual([]);
  expect(raw).toEqual([]);
});
