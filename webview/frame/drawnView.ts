/** Who drew the tokens of a result whose model runs on a server. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../src/core/visibleText';
import type { Provenance } from '../../src/experiments/kit/results';
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';

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
  const sentence = drawnBy === 'server' ? byServer(name, seed) : byUs(name, seed);
  const why = notDrawnThere === undefined ? '' : visibleText(notDrawnThere);
  return html`<p class="drawn-by quiet" data-testid="drawn-by">
    ${[sentence, why, more].filter(Boolean).join(' ')}
  </p>`;
}

function byServer(name: string, seed: number | null): string {
  return seed === null
    ? t('Drawn by the server {0}.', name)
    : t('Drawn by the server {0} (seed {1}).', name, written(seed));
}

function byUs(name: string, seed: number | null): string {
  return seed === null
    ? t('Drawn here from the probabilities of {0}.', name)
    : t('Drawn here from the probabilities of {0} (seed {1}).', name, written(seed));
}
