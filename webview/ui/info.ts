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
