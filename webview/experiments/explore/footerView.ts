/** What produced the completions on screen: how many, how fast, drawn how, by which model. */
import { html, nothing, type TemplateResult } from 'lit';
import { precisionWords } from '../../../src/experiments/report/words';
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { count, duration, rate } from '../../format/numbers';
import { serverBadge } from '../../frame/serverView';
import type { ExploreRun } from './run';

/** Nothing while the run goes on. */
export function footerView(run: ExploreRun, modelName: string): TemplateResult | typeof nothing {
  const { finished } = run;
  if (!finished) return nothing;
  const { newTokens, milliseconds, provenance } = finished;
  const { precision, server } = provenance;
  const { greedy, samples, seed } = run.order.parameters;
  const speed = newTokens > 0 ? `, ${rate(newTokens / (milliseconds / 1000))}` : '';
  const made = t(
    '{0}, {1} in {2}',
    count(samples, '{0} sample', '{0} samples'),
    count(newTokens, '{0} token', '{0} tokens'),
    duration(milliseconds),
  );
  const drawn = greedy ? t({ message: 'greedy', comment: 'switch' }) : t('seed {0}', written(seed));
  return html`${made}${speed}, ${drawn}, ${modelName}
  ${precisionWords(precision)}${server ? serverBadge(server, 'result') : nothing}${run.state === 'stopped' ? t(', stopped') : ''}`;
}
