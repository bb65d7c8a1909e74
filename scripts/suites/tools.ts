/** The checks that are a single command of a tool: the build, the types, the lint rules, the format, and the package. */
import { inRepository } from '../lib/paths';
import { oneFailed, onePassed, type Outcome } from './outcome';
import { inMinutes, runWatched } from './silence';

/** How long a command may print nothing, in milliseconds: checks are silent, and so is npm while it installs. */
const SILENCE = 1_200_000;

const tool = (...parts: string[]): string => inRepository('node_modules', ...parts);

/** The native compiler: it checks in a tenth of the time; the lint rules need the other one's interface. */
const tsc = tool('typescript-native', 'bin', 'tsc');

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
  packaged: [[tool('tsx', 'dist', 'cli.mjs'), inRepository('scripts', 'start.ts'), '--packaged']],
} satisfies Record<string, string[][]>;

/** Runs one of the checks; it counts as one test. */
export async function check(name: keyof typeof commands): Promise<Outcome> {
  for (const args of commands[name]) {
    const { code, lastWords } = await runWatched(args, SILENCE);
    if (code === null)
      return oneFailed(
        `${name}: nothing was printed for ${inMinutes(SILENCE)}, the last after\n${lastWords}`,
      );
    if (code !== 0) return oneFailed(`${name}: see its output above`);
  }
  return onePassed;
}
