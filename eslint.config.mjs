import eslint from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { allowed, folders, ofPageAllowed } from './eslint.rooms.mjs';
import { shownOnly } from './eslint.shown.mjs';
import { experimentPatterns, pageParts, pagePatterns } from './eslint.slices.mjs';

/** What a folder of `src` may not import: what comes after it, the page, and packages that are others' matter. */
const patternsOf = (folder, depth) => {
  const forbidden = folders.filter(
    (f) =>
      f !== folder && f !== 'l10n' && (f !== 'core' || folder === 'l10n') && !allowed[folder].includes(f),
  );
  const packages = [
    ...(folder === 'extension' ? [] : [vscodeOnly]),
    ...(folder === 'onnx' ? [] : [onnxOnly]),
    ...(folder === 'core' ? [pure] : []),
    ...(folder === 'l10n' ? [] : [sentencesOnly]),
    ...(folder === 'extension' ? [modelProcessOnly] : []),
    toolkitOnly,
  ];
  return [
    {
      // A folder within may have files of the same names.
      regex: `^((\\.\\./){${depth}}(${forbidden.join('|')})|(\\.\\./){${depth + 1}}(webview${folder === 'core' ? '|src' : ''}))(/|$)`,
      message: `src/${folder} may import only from itself, l10n, core${allowed[folder].map((f) => `, ${f}`).join('')}.`,
    },
    ...packages.map(([regex, message]) => ({ regex, message })),
  ];
};

const noImports = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const vscodeOnly = ['^vscode$', 'Only src/extension imports vscode.'];
const onnxOnly = ['^onnxruntime-', 'Only src/onnx imports onnxruntime.'];
const modelProcessOnly = [
  '^(\\.\\./)+remote/(?!(source|address)$)',
  'Only the model process speaks to servers: of src/remote the extension imports source and address.',
];
const sentencesOnly = ['^@vscode/l10n$', 'Sentences are translated by src/l10n.'];
const toolkitOnly = ['^@vscode/webview-ui-toolkit', 'Only webview/controls.ts imports the toolkit.'];
// They run alike in the page and in the engine and do nothing but compute: random numbers, regular expressions in
// linear time, which JavaScript's own are not, and the automata of regular expressions.
const pure = [
  '^(?!pure-rand/|(re2js|refa)$)[^.]',
  'src/core is pure mathematics: it imports nothing but itself, its random generator and its regular expressions.',
];

const ofPage = [
  {
    regex: `^(\\.\\./)+src/(?!((core|${ofPageAllowed.join('|')})/|l10n/(language|numbers)$))`,
    message: `The webview imports only src/core, src/l10n, ${ofPageAllowed.map((f) => `src/${f}`).join(', ')}.`,
  },
  ...[vscodeOnly, onnxOnly, sentencesOnly, toolkitOnly].map(([regex, message]) => ({ regex, message })),
];

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'artifacts/', '.vscode-test/', 'node_modules/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.webview.json', './tsconfig.scripts.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What is taken out of an object, to have the rest of it, need not be used.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  ...folders.flatMap((folder) =>
    ['*', '*/*', '*/*/*'].map((files, within) =>
      noImports([`src/${folder}/${files}.ts`], patternsOf(folder, within + 1)),
    ),
  ),
  noImports(['src/experiments/*/*.ts'], [...patternsOf('experiments', 2), ...experimentPatterns]),
  noImports(['webview/**/*.ts'], [...ofPage, ...pagePatterns]),
  ...pageParts.map(({ files, patterns }) => noImports(files, [...ofPage, ...patterns])),
  { files: ['webview/controls.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/extension/**/*.ts'],
    ignores: ['src/extension/shown/**'],
    rules: { 'no-restricted-syntax': shownOnly },
  },
  {
    files: ['**/*.mjs', 'test/bench/emptyPanel/*.js'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { ...tseslint.configs.disableTypeChecked.languageOptions, globals: globals.node },
  },
  // An extension as VS Code loads it.
  { files: ['test/bench/emptyPanel/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    // chai-free tests: vitest and fast-check callbacks are often trivially async or unbound.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    // A page is read until it shows what is expected: it may not have been drawn yet.
    files: ['test/e2e/**/*.ts', 'test/packaged/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.name="expect"] > AwaitExpression',
          message: 'Use `await expect.poll(() => ...)`: the page may not have been drawn yet.',
        },
      ],
    },
  },
);
