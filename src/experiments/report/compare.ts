/** Two results of one experiment beside each other: equal, and if not, where they differ. */
import { t } from '../../l10n/language';
import type { Cell, ReportTable } from './types';

/**
 * Differs between two runs that are the same in every other respect: time, speed, memory, version, its words and its
 * language.
 */
const IGNORED: ReadonlySet<string> = new Set([
  'milliseconds',
  'software',
  'tokensPerSecond',
  'memoryUse',
  // Sentences about the prompt: what they tell of is in its ids.
  'promptNotes',
  // A sentence that says why: who drew is beside it.
  'notDrawnThere',
  // Words for people; what they tell of is beside them: an id, a chain, what could not be done.
  'label',
  'about',
  'reason',
  'warnings',
]);

export interface Difference {
  /** Where, as a path of names and indices: `temperatures[3].counts[0]`. */
  readonly path: string;
  readonly first: unknown;
  readonly second: unknown;
}

/**
 * The first value in which two plain JSON values differ, apart from times and versions; null when none does.
 * @param apart how far two numbers may be from each other and count as equal, in units of 1 or of the larger one
 */
export function firstDifference(first: unknown, second: unknown, apart = 0, path = ''): Difference | null {
  // Object.is tells NaN from others, and JSON has no NaN and no -0.
  if (Object.is(first, second) || (first === 0 && second === 0)) return null;
  if (typeof first === 'number' && typeof second === 'number') {
    const unit = Math.max(1, Math.abs(first), Math.abs(second));
    if (Math.abs(first - second) <= apart * unit) return null;
  }
  const here = { path: path === '' ? t('the result') : path, first, second };
  if (!isBranch(first) || !isBranch(second) || Array.isArray(first) !== Array.isArray(second)) return here;
  const [a, b] = [first as Record<string, unknown>, second as Record<string, unknown>];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    if (IGNORED.has(key)) continue;
    const next = Array.isArray(first) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const difference = firstDifference(a[key], b[key], apart, next);
    if (difference) return difference;
  }
  return null;
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Numbers, strings and the like in a value, apart from times and versions. */
export function countValues(value: unknown): number {
  if (!isBranch(value)) return 1;
  return Object.entries(value)
    .filter(([key]) => !IGNORED.has(key))
    .reduce((sum, [, child]) => sum + countValues(child), 0);
}

/**
 * The tables of two results, matched by id, row keys and column names: one row for every value that is in both
 * and differs. Tables without such values are left out.
 */
export function compareTables(now: readonly ReportTable[], earlier: readonly ReportTable[]): ReportTable[] {
  return now.flatMap((table) => {
    const other = earlier.find(({ id }) => id === table.id);
    if (!other) return [];
    const compared = compareTable(table, other);
    return compared.rows.length > 0 ? [compared] : [];
  });
}

function compareTable(table: ReportTable, other: ReportTable): ReportTable {
  const { keys, columns } = table;
  const key = (row: readonly Cell[]): string => JSON.stringify(row.slice(0, keys));
  const otherRows = new Map(other.rows.map((row) => [key(row), row]));
  const rows = table.rows.flatMap((row) => {
    const match = otherRows.get(key(row));
    if (!match) return [];
    return columns.slice(keys).flatMap((column, i): Cell[][] => {
      const at = other.columns.indexOf(column);
      const value = row[keys + i] ?? null;
      const before = match[at] ?? null;
      if (at < 0 || value === before) return [];
      const change = typeof value === 'number' && typeof before === 'number' ? value - before : null;
      return [[...row.slice(0, keys), column, value, before, change]];
    });
  });
  return {
    id: table.id,
    title: table.title,
    columns: [
      ...columns.slice(0, keys),
      t('value'),
      t({ message: 'now', comment: 'a value' }),
      t({ message: 'earlier', comment: 'a value' }),
      t({ message: 'change', comment: 'of a value' }),
    ],
    ...(table.formats && { formats: table.formats.slice(0, keys) }),
    keys: keys + 1,
    rows,
  };
}
