import type { Cell, ReportTable } from './types';

/**
 * A table as CSV (RFC 4180: comma, CRLF, quotes doubled), its column names first. Numbers have every digit that
 * tells them from their neighbours; `null` is an empty field, infinities are `Infinity` and `-Infinity`.
 */
export function toCsv({ columns, rows }: ReportTable): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
