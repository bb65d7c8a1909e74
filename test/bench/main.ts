/**
 * `npm run bench`: runs every file beside this one that exports `run`, in alphabetical order; `npm run bench --
 * NAME...` runs those alone, and further words choose among the parts of those that have some. `--quick` takes fewer
 * turns, `--threads N` more threads, where that makes a difference. Figures are ratios within one run, so that they
 * mean the same on every machine.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchOptions } from './options';

interface Bench {
  readonly run?: (options: BenchOptions) => Promise<void>;
  /** Words that choose among its parts. */
  readonly words?: readonly string[];
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, threads: { type: 'string', default: '1' } },
  });
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`--threads is ${values.threads}; give a whole number from 1.`);
  }
  const own = basename(__filename);
  const all = readdirSync(__dirname)
    .filter((file) => file.endsWith('.ts') && file !== own)
    .sort();
  const named = all.filter((file) => positionals.includes(basename(file, '.ts')));
  const benches = new Map<string, Bench>();
  for (const file of named.length > 0 ? named : all) {
    benches.set(basename(file, '.ts'), (await import(join(__dirname, file))) as Bench);
  }
  const known = [...benches].flatMap(([name, { words = [] }]) => [name, ...(named.length > 0 ? words : [])]);
  const unknown = positionals.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    const parts = known.filter((word) => !benches.has(word));
    throw new Error(
      `${unknown} is no benchmark of test/bench` +
        (parts.length > 0 ? `, and no part of one: the parts are ${parts.join(', ')}.` : '.'),
    );
  }
  for (const [name, { run }] of benches) {
    if (!run) continue;
    console.log(`${name}:`);
    await run({ words: positionals.filter((word) => word !== name), quick: values.quick, threads });
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
