/**
 * A process that mutates model files and loads them, as the engine does. Run by `modelFiles.test.ts`, which must
 * survive what this one may not. Before each case its number is written out: a process that dies has named its case.
 */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../../src/engine/loadModel';
import { EngineError } from '../../../src/engine/protocol';
import { Dice } from './figures';

const [seed, first, last, folder, ...originals] = process.argv.slice(2) as [string, string, string, string];

/** Values that files are most likely to be wrong about. */
const STRANGE = [
  '-1',
  '0',
  '1e308',
  '-0.5',
  '99999999999999999999',
  'null',
  '""',
  '[]',
  '{}',
  'true',
  '"\\u0000"',
];

/** Changes a file as a broken disk, a bad program or an attacker would. */
function mutate(bytes: Buffer, dice: Dice): Buffer {
  const json = bytes.length > 0 && bytes[0] === 0x7b;
  const header = bytes.length > 8 && !json ? Number(bytes.readBigUInt64LE(0) % BigInt(1 << 30)) : 0;
  // The beginning of a file says what the rest is: most changes go there.
  const at = (): number =>
    dice.below(dice.next() < 0.8 && header > 0 ? Math.min(header + 8, bytes.length) : bytes.length);
  switch (dice.below(8)) {
    case 0:
      return bytes.subarray(0, dice.below(bytes.length + 1));
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(dice.below(1000), dice.below(256))]);
    case 2: {
      const from = at();
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + dice.below(20))]);
    }
    case 3: {
      const copy = Buffer.from(bytes);
      copy.writeBigUInt64LE(BigInt(Math.floor(2 ** (64 * dice.next()) * 0.999)), 0);
      return copy;
    }
    case 4: {
      // A number or text of the header becomes another one.
      const text = bytes
        .subarray(0, json ? bytes.length : Math.min(bytes.length, header + 8))
        .toString('latin1');
      const values = [...text.matchAll(/"[^"]*"|-?\d+(?:\.\d+)?|true|false|null/g)];
      if (values.length === 0) return Buffer.alloc(0);
      const value = dice.of(values);
      const changed = dice.of([...STRANGE, dice.of(values)[0]]);
      const head = text.slice(0, value.index) + changed + text.slice(value.index + value[0].length);
      const whole = Buffer.concat([Buffer.from(head, 'latin1'), bytes.subarray(text.length)]);
      // Half of the time the length of the header is right again.
      if (!json && whole.length > 8 && dice.next() < 0.5) {
        whole.writeBigUInt64LE(BigInt(header + changed.length - value[0].length), 0);
      }
      return whole;
    }
    default: {
      const copy = Buffer.from(bytes);
      const changes = 1 + dice.below(dice.next() < 0.8 ? 4 : 400);
      for (let i = 0; i < changes; i++) copy[at()] = dice.below(256);
      return copy;
    }
  }
}

/** Every file below a folder, by its path from there. */
function filesOf(root: string, below = ''): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = join(below, name);
    return statSync(join(root, path)).isDirectory() ? filesOf(root, path) : [path];
  });
}

async function main(): Promise<void> {
  const counts = { loaded: 0, refused: 0, raw: [] as string[], slowest: 0 };
  for (let number = Number(first); number < Number(last); number++) {
    writeSync(1, `${number}\n`);
    const dice = new Dice(Number(seed) * 31 + number);
    const directory = join(folder, 'model');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    cpSync(dice.of(originals), directory, { recursive: true });
    for (let file = 0; file <= dice.below(2); file++) {
      const path = join(directory, dice.of(filesOf(directory)));
      writeFileSync(path, mutate(readFileSync(path), dice));
    }
    const started = performance.now();
    try {
      const precision = dice.of(['fp32', 'fp32', 'int8', 'int4'] as const);
      const source = { kind: 'gpt2' as const, id: 'x', name: 'x', directory, precision };
      const model = await loadModel(source, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        threads: 1,
        network: undefined,
        memoryLimit: undefined,
      });
      await model.next([{ tokens: [1, 2, 3] }]);
      await model.dispose();
      counts.loaded++;
    } catch (error) {
      const sentence =
        error instanceof EngineError || (error instanceof Error && /[.!]$/.test(error.message));
      if (sentence && !(error instanceof TypeError)) counts.refused++;
      else counts.raw.push(`${number}: ${String(error).slice(0, 300)}`);
    }
    counts.slowest = Math.max(counts.slowest, performance.now() - started);
  }
  writeSync(1, `${JSON.stringify(counts)}\n`);
  process.exit(0);
}

void main();
