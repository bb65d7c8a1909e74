/** The checks that are a single command of a tool: the build, the types, the lint rules and the format. */
import { inRepository } from '../lib/paths';
import { oneFailed, onePassed, type Outcome } from './outcome';
import { inMinutes, runWatched } from './silence';

/** How long a command may print nothing, in milliseconds: checks are silent, and so is npm while it installs. */
const SILENCE = 1_200_000;

const tool = (...parts: string[]): string => inRepository('node_modules', ...parts);

/** The native compiler: it checks in a tenth of the time; the lint rules need the other one's interface. */
const tsc = tool('typescript-native', 'bin', 'tsc');

/** What has type information of its own, so that it can be linted beside the rest at no further cost. */
const OTHERS = ['webview', 'scripts', 'test/e2e', 'test/bench'];

const lint = (...what: string[]): string[] => [
  tool('eslint', 'bin', 'eslint.js'),
  ...what,
  ...['--max-warnings', '0'],
];

/** Commands of one check, which run side by side. */
const commands = {
  build: [[inRepository('esbuild.mjs')]],
  types: [
    [tsc, '--noEmit', '-p', 'tsconfig.json'],
    [tsc, '--noEmit', '-p', 'tsconfig.webview.json'],
    [tsc, '--noEmit', '-p', 'tsconfig.scripts.json'],
  ],
  lint: [lint(...OTHERS), lint('.', ...OTHERS.flatMap((folder) => ['--ignore-pattern', folder]))],
  format: [[tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']],
} satisfies Record<string, string[][]>;

/** Runs one of the checks; it counts as one test. */
export async function check(name: keyof typeof commands): Promise<Outcome> {
  const ends = await Promise.all(commands[name].map((args) => runWatched(args, SILENCE)));
  for (const { code, lastWords } of ends) {
    if (code === null)
      return oneFailed(
        `${name}: nothing was printed for ${inMinutes(SILENCE)}, the last after\n${lastWords}`,
      );
    if (code !== 0) return oneFailed(`${name}: see its output above`);
  }
  return onePassed;
}
