import { describe, expect, it } from 'vitest';
import { FIGURES, LIMITS, type FigureName } from '../../../../scripts/soak/figures';
import type { Reading } from '../../../../scripts/soak/growth';
import { rowsOf, tableOf } from '../../../../scripts/soak/report';

/** Readings of a figure every ten steps; the others stand still. */
const readings = (name: FigureName, perStep: number): Map<FigureName, Reading[]> =>
  new Map(
    FIGURES.map((figure) => [
      figure,
      Array.from({ length: 8 }, (_, i) => ({
        life: 1,
        step: 10 * i,
        value: figure === name ? 1 + 10 * i * perStep : 1,
      })),
    ]),
  );

describe('the report of a soak', () => {
  it.each(FIGURES)('finds %s at fault where it alone grows', (name) => {
    const rows = rowsOf(readings(name, (LIMITS[name].slope + 1) / 100));
    expect(rows.filter(({ excess }) => excess !== undefined).map((row) => row.name)).toEqual([name]);
  });

  it('finds nothing at fault where nothing grows, and has a line for each figure', () => {
    const rows = rowsOf(readings('processes', 0));
    expect(rows.filter(({ excess }) => excess !== undefined)).toEqual([]);
    const lines = tableOf(rows).split('\n');
    expect(lines).toHaveLength(2 + FIGURES.length);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});
