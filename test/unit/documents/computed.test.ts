/** How each number is computed: every figure that tables and pictures name is there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TEN_DRAWS } from '../../../src/experiments/report/tenDraws';
import { DRAWN_COLUMNS } from '../../../src/experiments/temperature/drawnColumns';
import { GRID_METRICS } from '../../../src/experiments/grid/metrics';
import { measureInfos } from '../../../src/experiments/methods/measures';
import { MODEL_MEASURES } from '../../../src/experiments/models/measures';
import { catalog } from '../../../src/core/samplers/catalog';
import { listedUnder } from './sourceTexts';

const page = readFileSync('docs/computed.md', 'utf8');
const named = new Set([...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));

describe('How each number is computed', () => {
  it('has every column of every table', () => {
    const columns = listedUnder('columns', 'formats', 'src/experiments');
    expect(columns.length).toBeGreaterThan(100);
    expect(columns.filter((name) => !named.has(name))).toEqual([]);
  });

  it('has every measure of grids, methods and models, and of draws', () => {
    const labels = [
      ...[
        ...GRID_METRICS,
        ...measureInfos('tokens'),
        ...measureInfos('continuations'),
        ...MODEL_MEASURES,
      ].map(({ label }) => label),
      ...TEN_DRAWS,
      ...DRAWN_COLUMNS,
    ];
    expect(labels.filter((label) => !named.has(label))).toEqual([]);
  });

  it('says where samplers are, each of which says its formula and its paper itself', () => {
    expect(page).toContain('src/core/samplers/');
    for (const { about } of catalog) {
      expect(about.formula).not.toBe('');
      expect(about.paper).not.toBe('');
    }
  });
});
