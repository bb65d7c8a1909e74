import { describe, expect, it } from 'vitest';
import { dataTableView } from '../../../../webview/ui/dataTable';
import { Drawn } from '../../before/drawn';

/** What the cells of a row show. */
function shown(values: readonly number[]): string[] {
  const table = { id: 'any', title: 'Any', columns: values.map(String), keys: 0, rows: [values] };
  const { html } = new Drawn(dataTableView(table, { open: true, onToggle: () => undefined }));
  return Array.from(html.matchAll(/<td[^>]*>([^<]*)<\/td>/g), ([, text]) => text!.trim());
}

describe('The numbers of a table', () => {
  it('keep six digits, however small they are', () => {
    expect(shown([0, 4e-4, 0.0731255, 1 / 3, 1234567])).toEqual([
      ...['0', '0.0004', '0.0731255', '0.333333', '1,234,570'],
    ]);
    expect(shown([1.25e-7, 1e-9])).toEqual(['1.25e\u22127', '1e\u22129']);
  });

  it('have real minus signs', () => {
    expect(shown([-0.192, -5])).toEqual(['\u22120.192', '\u22125']);
  });
});
