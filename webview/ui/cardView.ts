import { html, nothing, type TemplateResult } from 'lit';

/** A line of a card: what it is, its value as people read it, and the same in full. */
export type CardLine = readonly [name: string, value: string, full: string];

/** The card of a mark in a picture or a cell: its numbers with every digit, and how they come about. */
export function cardView(title: string, lines: readonly CardLine[], formula?: string): TemplateResult {
  return html`
    <h3>${title}</h3>
    <dl>
      ${lines.map(
        ([name, value, full]) =>
          html`<dt>${name}</dt>
            <dd>${value} ${full === value ? nothing : html`<span class="quiet">${full}</span>`}</dd>`,
      )}
    </dl>
    ${formula === undefined ? nothing : html`<p class="quiet">${formula}</p>`}
  `;
}
