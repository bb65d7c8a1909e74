/** Folders of `src` in the order in which data flows; docs/architecture.md draws them. */
export const folders = [
  'l10n',
  'core',
  'interchange',
  'gpt2',
  'onnx',
  'remote',
  'experiments',
  'engine',
  'library',
  'protocol',
  'extension',
];

/** What each folder may import, beside itself, `core` and `l10n`. */
export const allowed = {
  l10n: [],
  core: [],
  interchange: [],
  gpt2: [],
  onnx: ['gpt2'],
  remote: ['gpt2', 'interchange'],
  protocol: ['experiments', 'interchange'],
  experiments: [],
  engine: ['gpt2', 'onnx', 'remote', 'experiments', 'library'],
  library: ['gpt2'],
  extension: ['engine', 'experiments', 'interchange', 'library', 'protocol', 'remote'],
};

/** What the page may import of `src`, beside `core` and `l10n`. */
export const ofPageAllowed = ['experiments', 'interchange', 'protocol'];
