/** A table of a result: rounded as people read it, every digit on hover, stacked where it is narrow. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, CellFormat, ReportTable } from '../../src/experiments/report/types';
import { count, full, percent, significant, thousands } from '../format/numbers';
import { tokenPieces } from '../format/tokenText';
import { piecesView } from './pieces';

/** More columns than these need much room, or some; see the style sheet. */
const MANY = 6;
const SEVERAL = 4;

/** Texts longer than this, in characters, get a line of their own where the table is stacked. */
const LONG = 18;

/** Rows drawn at first; the exports have all of them. */
const ROWS = 50;

/** @param open whether it is unfolded before a user has a say */
export function dataTableView(table: ReportTable, open: boolean): TemplateResult {
  const { id, title, note, columns, keys } = table;
  const rows = table.rows.slice(0, ROWS);
  const numeric = columns.map((_, i) => table.rows.some((row) => typeof row[i] === 'number'));
  return html`<details class="data" data-testid="table" data-table=${id} ?open=${open}>
    <summary>${title} <span class="quiet">${count(table.rows.length, 'row')}</span></summary>
    ${note === undefined ? nothing : html`<p class="quiet">${note}</p>`}
    <table
      class="data-table"
      data-columns=${columns.length > MANY ? 'many' : columns.length > SEVERAL ? 'several' : nothing}
    >
      <thead>
        <tr>
          ${columns.map((name, i) => html`<th scope="col" ?data-number=${numeric[i]}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) => cellView(table, cell, i, i < keys))}
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      table.rows.length > ROWS
        ? html`<p class="quiet">
            The first ${ROWS} of ${count(table.rows.length, 'row')}; the exports have all of them.
          </p>`
        : nothing
    }
  </details>`;
}

function cellView(table: ReportTable, cell: Cell, column: number, key: boolean): TemplateResult {
  const format = table.formats?.[column];
  const label = table.columns[column] ?? '';
  const number = typeof cell === 'number';
  const long = typeof cell === 'string' && cell.length + label.length > LONG;
  const title = number ? full(cell) : nothing;
  // One element, so that label and value can stand apart.
  const shown = html`<span>${cellText(cell, format)}</span>`;
  return key
    ? html`<th scope="row" data-label=${label} ?data-number=${number} ?data-long=${long} title=${title}>
        ${shown}
      </th>`
    : html`<td data-label=${label} ?data-number=${number} ?data-long=${long} title=${title}>${shown}</td>`;
}

const encoder = new TextEncoder();

function cellText(cell: Cell, format: CellFormat = 'number'): unknown {
  if (cell === null) return '';
  if (typeof cell === 'string') {
    if (format !== 'token') return cell;
    return html`<span class="token-text">${piecesView(tokenPieces(encoder.encode(cell)))}</span>`;
  }
  switch (format) {
    case 'percent':
      return percent(cell);
    case 'whole':
      return thousands(cell);
    case 'nats':
      return significant(cell, 4);
    default:
      return thousands(Number(cell.toPrecision(6)));
  }
}
