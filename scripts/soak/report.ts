/** What a soak came to: a table of figures with their limits, and a verdict. */
import { excess, growthOf, type Growth, type Limit, type Reading } from './growth';
import { FIGURES, LIMITS, type FigureName } from './figures';

export interface Row extends Growth {
  readonly name: FigureName;
  readonly limit: Limit;
  /** What is wrong with it, in words. */
  readonly excess: string | undefined;
}

export function rowsOf(readings: ReadonlyMap<FigureName, readonly Reading[]>): Row[] {
  return FIGURES.filter((name) => readings.get(name)!.length > 0).map((name) => {
    const growth = growthOf(readings.get(name)!);
    const limit = LIMITS[name];
    return { name, ...growth, limit, excess: excess(growth, limit) };
  });
}

const rounded = (value: number): string => value.toFixed(Math.abs(value) < 10 && value % 1 !== 0 ? 1 : 0);

/** The rows as a table in Markdown, which is read in a terminal as well. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['at rest', 'before', 'after', 'peak', 'limit after', 'per 100 steps', 'limit'],
    ...rows.map(({ name, before, after, peak, slope, limit }) => [
      name,
      ...[before, after, peak, before + limit.more].map(rounded),
      slope === undefined ? '' : rounded(slope),
      rounded(limit.slope),
    ]),
  ];
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head!, rule, ...body].join('\n');
}
