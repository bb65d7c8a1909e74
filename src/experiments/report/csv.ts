import type { Cell, ReportTable } from './types';

/**
 * A table as CSV (RFC 4180: comma, CRLF, quotes doubled), its column names first. Numbers have every digit that
 * tells them from their neighbours; `null` is an empty field, infinities are `Infinity` and `-Infinity`. A text
 * that a spreadsheet would run as a formula has an apostrophe before it, which spreadsheets take as "this is text".
 */
export function toCsv({ columns, rows }: ReportTable): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/**
 * What spreadsheets begin a formula with, after white space too, in the widths that East Asian ones also take. A
 * sign alone is none.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]./su;

/** A text that is a number is left one. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$|^[+-]Infinity$/i;

/** Tab and carriage return at the beginning are dropped by some spreadsheets, and what follows is then the beginning. */
const SKIPPED = /^[\t\r]./s;

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = (FORMULA.test(cell) || SKIPPED.test(cell)) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
