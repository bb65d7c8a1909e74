/**
 * `npm run bench`: runs every file beside this one that exports `run`, in alphabetical order; `npm run bench --
 * NAME...` runs those alone. Figures are ratios within one run, so that they mean the same on every machine.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Bench {
  readonly run?: () => Promise<void>;
}

async function main(names: readonly string[]): Promise<void> {
  const own = basename(__filename);
  const files = readdirSync(__dirname)
    .filter((file) => file.endsWith('.ts') && file !== own)
    .filter((file) => names.length === 0 || names.includes(basename(file, '.ts')))
    .sort();
  if (files.length === 0) throw new Error(`There is no benchmark named ${names.join(' or ')} in test/bench.`);
  for (const file of files) {
    const { run } = (await import(join(__dirname, file))) as Bench;
    if (!run) continue;
    console.log(`${basename(file, '.ts')}:`);
    await run();
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
