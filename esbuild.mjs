// The bundles: the extension, the engine process, its second thread, the process that looks at models, the webview, and the suites that run inside VS Code.
import { build, context } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { bundleOf, languages } from './l10n/bundles.mjs';
import { atFirstUse, first, page } from './esbuild.parts.mjs';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  bundle: true,
  sourcemap: !production,
  minify: production,
  metafile: production,
  logLevel: 'warning',
  target: 'node20',
};
const node = { ...common, platform: 'node', format: 'cjs' };

/** Packages that most runs do without: together they are as large as the rest. */
const seldom = ['refa', 're2js', 'undici'];
const nodeLight = { ...node, plugins: [atFirstUse(seldom)] };

const suites = existsSync('test/integration')
  ? readdirSync('test/integration')
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `test/integration/${name}`)
  : [];
// The runner takes every suite it finds: one that was deleted must not live on as its old bundle.
rmSync('out/integration', { recursive: true, force: true });

rmSync('dist/l10n', { recursive: true, force: true });
mkdirSync('dist/l10n', { recursive: true });
for (const language of languages())
  writeFileSync(`dist/l10n/bundle.l10n.${language}.json`, JSON.stringify(bundleOf(language)));

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...nodeLight,
    entryPoints: { extension: 'src/extension/main.ts', whole: 'src/extension/extension.ts' },
    outdir: 'dist',
    external: ['vscode'],
  },
  {
    ...nodeLight,
    entryPoints: ['src/engine/main.ts'],
    outfile: 'dist/engine.js',
    external: ['onnxruntime-node'],
  },
  { ...node, entryPoints: ['src/engine/pulseThread.ts'], outfile: 'dist/pulseThread.js' },
  { ...nodeLight, entryPoints: ['src/library/inspectorMain.ts'], outfile: 'dist/inspector.js' },
  { ...node, entryPoints: seldom, outdir: 'dist/packages' },
  { ...common, ...first, outdir: 'dist/webview' },
  { ...common, ...page, outdir: 'dist/webview' },
  { ...node, entryPoints: suites, outdir: 'out/integration', external: ['vscode', 'mocha'] },
];

/** What the files of `dist/` are made of, for the licences of others. */
const outputs = {};
for (const options of bundles.filter((b) => Object.keys(b.entryPoints).length > 0)) {
  if (watch) await (await context(options)).watch();
  // esbuild has printed what is wrong; a stack of its own internals would only push that off the screen.
  else {
    const result = await build(options).catch(() => (process.exitCode = 1));
    Object.assign(outputs, result.metafile?.outputs);
  }
}
if (production) {
  mkdirSync('out', { recursive: true });
  const own = Object.entries(outputs).filter(([path]) => path.startsWith('dist/'));
  writeFileSync('out/bundled.json', JSON.stringify({ outputs: Object.fromEntries(own) }));
}
if (watch) console.log('Watching; the bundles are rebuilt at every change.');
