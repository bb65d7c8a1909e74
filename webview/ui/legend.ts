import { html, type TemplateResult } from 'lit';
import { TINT_LIMITS } from '../format/colour';

/** The limits as short as they can be read. */
const LIMITS = TINT_LIMITS.map((limit) => `${Number((limit * 100).toPrecision(1))} %`);

const TINTS = Array.from({ length: LIMITS.length + 1 }, (_, tint) => tint);

/** The scale in which probabilities are painted; what its steps mean is one hover away. */
export function legendView(): TemplateResult {
  return html`<span
    class="legend"
    data-testid="legend"
    role="img"
    tabindex="0"
    data-card="legend"
    aria-label="Tint: probability before samplers. Stronger colour means higher."
  >
    <span class="quiet">rare</span>${TINTS.map((tint) => html`<i class="tinted" data-tint=${tint}></i>`)}<span
      class="quiet"
      >likely</span
    >
  </span>`;
}

export function legendCard(): TemplateResult {
  return html`
    <h3>Tint: probability before samplers</h3>
    <ul class="legend-list">
      ${TINTS.map((tint) => html`<li><i class="tinted" data-tint=${tint}></i>${meaning(tint)}</li>`)}
    </ul>
  `;
}

function meaning(tint: number): string {
  const from = LIMITS[tint - 1];
  const to = LIMITS[tint];
  if (from === undefined) return `less than ${to ?? ''}`;
  return to === undefined ? `${from} or more` : `${from} to ${to}`;
}
