/** A table of a result: rounded as people read it, every digit on hover, scrolled in a box of its own. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, CellFormat, ReportTable } from '../../src/experiments/report/types';
import { count, full, percent, significant, thousands } from '../format/numbers';
import { tokenPieces } from '../format/tokenText';
import type { Fold } from './folds';
import { piecesView } from './pieces';
import { t } from '../../src/l10n/language';
import { rounded } from '../../src/l10n/numbers';
import { filled } from './filled';

/** Texts longer than this, in characters, are sentences, and get room for some words to a line. */
const LONG = 40;

/** Rows drawn at first. Export to get them all. */
const ROWS = 50;

/** Its rows scroll sideways under a first column that stays, so that a column can be read down at any width. */
export function dataTableView(table: ReportTable, { open, onToggle }: Fold): TemplateResult {
  const { id, title, note, columns, keys } = table;
  const rows = table.rows.slice(0, ROWS);
  const numeric = columns.map((_, i) => table.rows.some((row) => typeof row[i] === 'number'));
  return html`<details class="data" data-testid="table" data-table=${id} .open=${open} @toggle=${onToggle}>
    <summary>${title} <span class="quiet">${count(table.rows.length, '{0} row', '{0} rows')}</span></summary>
    ${note === undefined ? nothing : html`<p class="quiet">${note}</p>`}
    <div class="table-box" role="region" tabindex="0" aria-label=${title} data-testid="table-box">
      <table class="data-table">
        <thead>
          <tr>
            ${columns.map((name, i) => html`<th scope="col" ?data-number=${numeric[i]}>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, i) => cellView(cell, table.formats?.[i], i < keys))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      table.rows.length > ROWS
        ? html`<p class="quiet">
            ${filled(t('The first {0} of {1}. Export to get them all.'), thousands(ROWS), count(table.rows.length, '{0} row', '{0} rows'))}
          </p>`
        : nothing
    }
  </details>`;
}

function cellView(cell: Cell, format: CellFormat | undefined, key: boolean): TemplateResult {
  const number = typeof cell === 'number';
  const long = typeof cell === 'string' && cell.length > LONG;
  const title = number ? full(cell) : nothing;
  const shown = cellText(cell, format);
  return key
    ? html`<th scope="row" ?data-number=${number} ?data-long=${long} title=${title}>${shown}</th>`
    : html`<td ?data-number=${number} ?data-long=${long} title=${title}>${shown}</td>`;
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
      return rounded(cell, 6);
  }
}
