/** What is read of a window at rest, and by how much each may grow. */
import type { Limit } from './growth';

/** In the order of the table. Memory is in megabytes (1e6 bytes). */
export const LIMITS = {
  'engine: memory': { slope: 100, more: 200 },
  'engine: handles': { slope: 1, more: 4 },
  'engine: threads': { slope: 1, more: 2 },
  'extension host: memory': { slope: 100, more: 200 },
  'extension host: heap': { slope: 10, more: 20 },
  'extension host: handles': { slope: 2, more: 6 },
  'extension host: active resources': { slope: 2, more: 6 },
  'server: memory': { slope: 100, more: 200 },
  'server: handles': { slope: 2, more: 6 },
  'page: heap': { slope: 10, more: 30 },
  'page: nodes': { slope: 1000, more: 3000 },
  'page: listeners': { slope: 200, more: 500 },
  'page: documents': { slope: 1, more: 3 },
  processes: { slope: 0, more: 0 },
  'model processes': { slope: 0, more: 0 },
} satisfies Readonly<Record<string, Limit>>;

export type FigureName = keyof typeof LIMITS;

export const FIGURES = Object.keys(LIMITS) as FigureName[];
