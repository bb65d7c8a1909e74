import { describe, expect, it } from 'vitest';
import { compareTables, firstDifference } from '../../../../src/experiments/report/compare';
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

describe('two results', () => {
  const result = (mass: number, count: number): object => ({ cells: [{ mass, count }], milliseconds: mass });

  it('differ in the last digit of a number unless rounding is let pass', () => {
    const [first, second] = [result(0.1 + 0.2, 7), result(0.3, 7)];
    expect(firstDifference(first, second)?.path).toBe('cells[0].mass');
    expect(firstDifference(first, second, 1e-12)).toBeNull();
    expect(firstDifference(result(3e9 + 1e-6, 7), result(3e9, 7), 1e-12)).toBeNull();
  });

  it('differ in what rounding cannot change', () => {
    expect(firstDifference(result(0.3, 7), result(0.3, 8), 1e-12)?.path).toBe('cells[0].count');
    expect(firstDifference(result(0.3, 7), result(0.3001, 7), 1e-12)?.path).toBe('cells[0].mass');
  });
});
