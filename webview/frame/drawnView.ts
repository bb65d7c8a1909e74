/** Who drew the tokens of a result whose model runs on a server. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../src/core/visibleText';
import type { Provenance } from '../../src/experiments/kit/results';

/**
 * @param seed null where nothing was drawn at random
 * @param more what else is to be said of it
 */
export function drawnView(
  { server, drawnBy, notDrawnThere }: Pick<Provenance, 'server' | 'drawnBy' | 'notDrawnThere'>,
  seed: number | null,
  more = '',
): TemplateResult | typeof nothing {
  if (!server || !drawnBy) return nothing;
  const name = visibleText(server.name);
  const seeded = seed === null ? '' : ` (seed ${seed})`;
  const sentence =
    drawnBy === 'server'
      ? `Drawn by the server ${name}${seeded}.`
      : `Drawn here from the probabilities of ${name}${seeded}.`;
  const why = notDrawnThere === undefined ? '' : visibleText(notDrawnThere);
  return html`<p class="drawn-by quiet" data-testid="drawn-by">
    ${[sentence, why, more].filter(Boolean).join(' ')}
  </p>`;
}
