/** What is read of a window at rest, and by how much each may grow. */
import type { Limit } from './growth';

/**
 * In the order of the table. Memory is in megabytes (1e6 bytes). A hundred steps are an hour of use: what is counted
 * may not grow by one thing at every fiftieth step, and memory by no more than a sound window varies by itself.
 */
export const LIMITS = {
  // The largest run (64 samples at once) leaves room for its keys and values behind, about 100 MB, and a training what
  // it takes to train, about 190 MB, the first of each in a process; a new one, which comes after every kill, has none.
  'engine: memory': { slope: 150, more: 350 },
  'engine: handles': { slope: 1, more: 4 },
  'engine: threads': { slope: 1, more: 2 },
  // What V8 keeps of memory that it has used varies by 50 MB; what is used is the line below.
  'extension host: memory': { slope: 100, more: 100 },
  // After everything has been collected it varies by 1.5 MB, which half a life of 50 steps makes 4 in a hundred.
  'extension host: heap': { slope: 5, more: 4 },
  'extension host: handles': { slope: 2, more: 4 },
  'extension host: active resources': { slope: 2, more: 4 },
  'server: memory': { slope: 50, more: 50 },
  'server: handles': { slope: 2, more: 4 },
  // Each tab keeps its last result, which comes when it is run for the first time: about 10 MB and 1,500 nodes in
  // all, within the forty steps that a panel may be there before the window is loaded again.
  // The largest result that is drawn here has 25 MB: one of three that stays is found.
  'page: heap': { slope: 30, more: 30 },
  'page: nodes': { slope: 4000, more: 3000 },
  // The side bar has 1,400, from when it is opened for the first time after a reload; a panel that is opened again and
  // a list of notifications have 160 each, which in the middle of a short life make 1,000 in a hundred steps.
  'page: listeners': { slope: 1000, more: 2000 },
  // Where VS Code opens a panel anew it may keep a frame for it: one in a round.
  'page: documents': { slope: 3, more: 3 },
  processes: { slope: 0, more: 0 },
  'model processes': { slope: 0, more: 0 },
} satisfies Readonly<Record<string, Limit>>;

export type FigureName = keyof typeof LIMITS;

export const FIGURES = Object.keys(LIMITS) as FigureName[];
