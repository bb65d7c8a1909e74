import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../../src/l10n/language';
import { count, duration, rate, thousands } from '../../format/numbers';
import { meterView } from '../../frame/statusView';
import type { Progress } from './run';

/** How far a run is, how fast, and how long it will take. */
export function progressView({ done, expected, rate: pace, left }: Progress, doing: string): TemplateResult {
  const text =
    done > 0
      ? html`${t('{0} of {1}', thousands(done), count(expected, '{0} token', '{0} tokens'))}${pace === null ? nothing : html`, ${rate(pace)}`}${
          left === null ? nothing : html`<span class="left">${t(', {0} left', duration(left))}</span>`
        }`
      : doing;
  return meterView(text, doing, expected > 0 ? done / expected : 0);
}
