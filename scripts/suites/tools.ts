/** The checks that are a single command of a tool: the build, the types, the lint rules, the format, the package, and `npm start`. */
import { run } from '../lib/processes';
import { inRepository, repository } from '../lib/paths';
import { oneFailed, onePassed, type Outcome } from './outcome';

/** How long one command may take, in milliseconds. */
const LIMIT = 300_000;

const tool = (...parts: string[]): string => inRepository('node_modules', ...parts);

const tsc = tool('typescript', 'bin', 'tsc');

const commands = {
  build: [[inRepository('esbuild.mjs')]],
  types: [
    [tsc, '--noEmit', '-p', 'tsconfig.json'],
    [tsc, '--noEmit', '-p', 'tsconfig.webview.json'],
    [tsc, '--noEmit', '-p', 'tsconfig.scripts.json'],
  ],
  lint: [[tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']],
  format: [[tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']],
  package: [
    [
      tool('@vscode', 'vsce', 'vsce'),
      ...['package', '--allow-missing-repository', '--no-rewrite-relative-links'],
      ...['--out', 'decoding-lab.vsix'],
    ],
  ],
  start: [[tool('tsx', 'dist', 'cli.mjs'), inRepository('scripts', 'start.ts'), '--check']],
  packaged: [[tool('tsx', 'dist', 'cli.mjs'), inRepository('scripts', 'start.ts'), '--packaged']],
} satisfies Record<string, string[][]>;

/** Runs one of the checks; it counts as one test. */
export async function check(name: keyof typeof commands): Promise<Outcome> {
  for (const args of commands[name]) {
    const { code, timedOut } = await run(process.execPath, args, {
      cwd: repository,
      stdio: ['ignore', 'inherit', 'inherit'],
      limit: LIMIT,
    });
    if (timedOut) return oneFailed(`${name}: not done after ${LIMIT / 1000} seconds`);
    if (code !== 0) return oneFailed(`${name}: see its output above`);
  }
  return onePassed;
}
