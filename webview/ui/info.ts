import { html, type TemplateResult } from 'lit';
import { termOf } from './glossary';
import { t } from '../../src/l10n/language';

/** The button that explains a word where it stands; its card opens on hover, focus and click. */
export function infoButton(term: string): TemplateResult {
  return html`<button
    type="button"
    class="info"
    data-card="term:${term}"
    aria-label=${t('About {0}', termOf(term)?.title ?? term)}
  >
    ?
  </button>`;
}

/** A label and the button that explains it, which never stands on a line alone: the last word goes along. */
export function explained(label: string, term: string): TemplateResult {
  const last = Math.max(label.lastIndexOf(' '), label.lastIndexOf('-')) + 1;
  return html`${label.slice(0, last)}<span class="last-word">${label.slice(last)}${infoButton(term)}</span>`;
}

export function termCard(name: string): TemplateResult | null {
  const term = termOf(name);
  if (!term) return null;
  return html`
    <h3>${term.title}</h3>
    <p>${term.sentence}</p>
    <p class="formula">${term.formula}</p>
    <p class="quiet">${term.source}</p>
  `;
}
