/**
 * `npm run package`: the extension as VSIX files in artifacts/packages, one for each platform with only that
 * platform's onnxruntime and one without any for all others; `npm run package -- linux-x64` makes some. Fails where
 * one is larger than it may be.
 */
import { relative } from 'node:path';
import { runMain } from './lib/main';
import { repository } from './lib/paths';
import { buildForPackages, LARGEST, megabytes, pack } from './packaging/pack';
import { isTarget, TARGETS } from './packaging/targets';

async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !isTarget(name));
  if (unknown.length > 0) {
    console.error(`There is no platform ${unknown.join(', ')}. Choose from: ${TARGETS.join(', ')}.`);
    return 2;
  }
  await buildForPackages();
  console.log(
    `| platform     |    size | file (at most ${megabytes(LARGEST)})\n| ------------ | ------- | ----`,
  );
  for (const target of TARGETS.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    const { file, bytes } = await pack(target);
    console.log(`| ${target.padEnd(12)} | ${megabytes(bytes).padStart(7)} | ${relative(repository, file)}`);
  }
  return 0;
}

runMain(main);
