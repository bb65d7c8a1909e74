/**
 * An experiment is one slice: a folder in `src/experiments` and one in `webview/experiments`, which import what
 * experiments share and never another slice. The page shows what experiments say of themselves and of their results;
 * how they run is the engine's.
 */

/** What the page may read of a slice of `src/experiments`: what it says of itself, its results and their layout. */
const SHOWN = [
  'parameters',
  'result',
  'report',
  'axes',
  'decodings',
  'distribution',
  'layout',
  'list',
  'measures',
  'metrics',
  'words',
];

const sharedParts = {
  regex: '^\\.\\./(?!kit/|report/|\\.\\./)',
  message: 'An experiment imports no other one: what both need belongs in src/experiments/kit.',
};

/** Patterns of `no-restricted-imports` for the slices of `src/experiments` and what they share. */
export const experimentPatterns = [sharedParts];

const noRun = {
  regex: `^(\\.\\./)+src/experiments/(?!kit/|report/|[^/]+/(${SHOWN.join('|')})$)`,
  message: `The page reads of an experiment its ${SHOWN.join(', ')}; it never runs one.`,
};

const notFrom = (rooms, message) => ({ regex: `^(\\.\\./)+(${rooms.join('|')})/`, message });

/** Patterns of `no-restricted-imports` by part of the page, from what knows least to what knows most. */
export const pageParts = [
  {
    files: ['webview/format/**/*.ts'],
    patterns: [
      notFrom(['ui', 'form', 'frame', 'experiments', 'course'], 'webview/format is used by all others.'),
    ],
  },
  {
    files: ['webview/ui/**/*.ts'],
    patterns: [
      notFrom(['form', 'frame', 'experiments', 'course'], 'webview/ui knows no form, tab or experiment.'),
    ],
  },
  {
    files: ['webview/form/**/*.ts'],
    patterns: [notFrom(['frame', 'experiments', 'course'], 'webview/form knows no tab and no experiment.')],
  },
  {
    files: ['webview/frame/**/*.ts'],
    patterns: [
      notFrom(['experiments', 'course'], 'webview/frame is what every experiment uses; it knows none.'),
    ],
  },
  {
    files: ['webview/experiments/*/**/*.ts'],
    patterns: [
      {
        regex: '^\\.\\./(?!\\.\\./)',
        message: 'An experiment imports no other one: what both need is shared.',
      },
    ],
  },
].map(({ files, patterns }) => ({ files, patterns: [...patterns, noRun] }));

/** For the rest of the page. */
export const pagePatterns = [noRun];
