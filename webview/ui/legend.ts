import { html, type TemplateResult } from 'lit';
import { TINT_LIMITS } from '../format/colour';
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';

/** The limits as short as they can be read. */
const LIMITS = TINT_LIMITS.map((limit) => `${written(Number((limit * 100).toPrecision(1)))} %`);

const TINTS = Array.from({ length: LIMITS.length + 1 }, (_, tint) => tint);

/** The scale in which probabilities are painted; what its steps mean is one hover away. */
export function legendView(): TemplateResult {
  return html`<span
    class="legend"
    data-testid="legend"
    role="img"
    tabindex="0"
    data-card="legend"
    aria-label=${t('Tint: probability before samplers. Stronger colour means higher.')}
  >
    <span class="quiet">${t('rare')}</span
    >${TINTS.map((tint) => html`<i class="tinted" data-tint=${tint}></i>`)}<span class="quiet"
      >${t('likely')}</span
    >
  </span>`;
}

export function legendCard(): TemplateResult {
  return html`
    <h3>${t('Tint: probability before samplers')}</h3>
    <ul class="legend-list">
      ${TINTS.map((tint) => html`<li><i class="tinted" data-tint=${tint}></i>${meaning(tint)}</li>`)}
    </ul>
  `;
}

function meaning(tint: number): string {
  const from = LIMITS[tint - 1];
  const to = LIMITS[tint];
  if (from === undefined) return t('less than {0}', to ?? '');
  return to === undefined ? t('{0} or more', from) : t('{0} to {1}', from, to);
}
