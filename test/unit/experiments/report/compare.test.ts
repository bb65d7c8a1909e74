import { describe, expect, it } from 'vitest';
import { compareTables } from '../../../../src/experiments/report/compare';
import type { ReportTable } from '../../../../src/experiments/report/types';

describe('the tables of two results', () => {
  const table = (probability: number): ReportTable => ({
    id: 'next',
    title: 'The next token',
    columns: ['token', 'id', 'before'],
    formats: ['token', 'text', 'percent'],
    keys: 2,
    rows: [
      [' had', 5615, probability],
      [' was', 373, 0.25],
    ],
  });

  it('list each value that differs, and write keys as the tables do', () => {
    const [compared] = compareTables([table(0.5)], [table(0.125)]);
    expect(compared?.rows).toEqual([[' had', 5615, 'before', 0.5, 0.125, 0.375]]);
    expect(compared?.formats?.slice(0, 2)).toEqual(['token', 'text']);
  });
});
