import { html, nothing, type TemplateResult } from 'lit';
import { count, duration, rate, thousands } from '../../format/numbers';
import { meterView } from '../../frame/statusView';
import type { Progress } from './run';

/** How far a run is, how fast, and how long it will take. */
export function progressView({ done, expected, rate: pace, left }: Progress, doing: string): TemplateResult {
  const text =
    done > 0
      ? html`${thousands(done)} of
        ${count(expected, '{0} token', '{0} tokens')}${pace === null ? nothing : html`, ${rate(pace)}`}${
          left === null ? nothing : html`<span class="left">, ${duration(left)} left</span>`
        }`
      : doing;
  return meterView(text, doing, expected > 0 ? done / expected : 0);
}
