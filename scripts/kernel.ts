/** `npm run kernel`: builds `src/core/kernel.wat` and writes its bytes into `src/core/kernelBytes.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';

const CORE = join(__dirname, '../src/core');

/** What the source is built to, as a TypeScript file. */
export async function builtKernel(): Promise<string> {
  const toolkit = await wabt();
  const source = repeated(readFileSync(join(CORE, 'kernel.wat'), 'utf8'));
  const module = toolkit.parseWat('kernel.wat', source, { simd: true, multi_value: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,100}/g)!;
  return [
    '/** `kernel.wat`, built by `npm run kernel`. */',
    'export const KERNEL =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

/** Writes out what stands between `;; for %o in a b` and `;; end`, once with each word in the place of `%o`. */
function repeated(source: string): string {
  return source.replace(/;; for %o in (.+)\n([^]*?);; end\n/g, (_, words: string, body: string) =>
    words
      .split(' ')
      .map((word) => body.replaceAll('%o', word))
      .join(''),
  );
}

async function main(): Promise<void> {
  writeFileSync(join(CORE, 'kernelBytes.ts'), await builtKernel());
}

if (require.main === module) void main();
