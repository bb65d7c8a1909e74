/**
 * `npm run attack`: everything of `test/deep/attack`, and its figures as a table, here and in artifacts/attack.json.
 * `-- --scale 0.01` makes a quick trial of it, `--seed N` another one; names (`-- soak`) choose some of the attacks.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { artifacts, inRepository } from './lib/paths';

const FIGURES = join(artifacts, 'attack');

type Figures = Readonly<Record<string, number | string>>;

function main(): void {
  const { values, positionals } = parseArgs({
    options: { scale: { type: 'string', default: '1' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const scale = Number(values.scale);
  if (!(scale > 0))
    throw new Error(`The scale is ${values.scale}; give a number above 0, 1 for the full numbers.`);
  rmSync(FIGURES, { recursive: true, force: true });
  const started = Date.now();
  const files = positionals.length > 0 ? positionals : [''];
  const { status } = spawnSync(
    process.execPath,
    [
      inRepository('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...['--config', 'vitest.deep.config.mts', '--maxWorkers', '1'],
      ...files.map((name) => `test/deep/attack/${name}`),
    ],
    {
      cwd: inRepository(),
      stdio: 'inherit',
      env: {
        ...process.env,
        DECODING_LAB_ATTACK_SCALE: String(scale),
        ...(values.seed !== undefined && { DECODING_LAB_ATTACK_SEED: values.seed }),
      },
    },
  );
  const attacks = existsSync(FIGURES)
    ? readdirSync(FIGURES)
        .sort()
        .map((name) => JSON.parse(readFileSync(join(FIGURES, name), 'utf8')) as Figures)
    : [];
  const minutes = Math.round((Date.now() - started) / 6000) / 10;
  writeFileSync(
    join(artifacts, 'attack.json'),
    `${JSON.stringify({ scale, minutes, passed: status === 0, attacks }, undefined, 2)}\n`,
  );
  console.log(`\nAttacks at scale ${scale}, ${minutes} minutes:`);
  for (const { attack, ...figures } of attacks) {
    const cells = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
    console.log(`  ${String(attack).padEnd(22)} ${cells.join(', ')}`);
  }
  process.exitCode = status ?? 1;
}

main();
