/** The controls of a chain that are moved most, in a row that stays over what they change. */
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { SamplerName } from '../../src/core/samplers/chain';
import type { ChainEditor } from './chainEditor';
import { fieldText, nameOf, OFF, sliderOf } from './chainForm';
import { firstOf, mainOf, valueOf } from './samplerSteps';
import { t } from '../../src/l10n/language';

const QUICK: readonly SamplerName[] = ['temperature', 'top-k', 'top-p'];

/** @param muted the samplers are only shown */
export function quickView(chain: ChainEditor, muted: boolean): TemplateResult {
  return html`<div class="quick" role="group" aria-label=${t('Main samplers')} ?data-muted=${muted}>
    ${QUICK.map((sampler) => sliderView(chain, sampler))}
  </div>`;
}

function sliderView(chain: ChainEditor, sampler: SamplerName): TemplateResult {
  const { step, parameter } = firstOf(chain.steps, sampler);
  const slider = sliderOf(step, parameter);
  const value = valueOf(step, parameter);
  const off = mainOf(parameter)?.off;
  const shown = off !== undefined && value === off ? OFF : fieldText(value);
  return html`<label class="quick-control">
    <span class="quick-name">${nameOf(sampler)}</span>
    <span class="quick-value" data-testid="quick-${sampler}-value">${shown}</span>
    <input
      type="range"
      data-testid="quick-${sampler}"
      min=${slider.min}
      max=${slider.max}
      step=${slider.step}
      aria-label=${nameOf(sampler)}
      aria-valuetext=${shown}
      .value=${live(String(slider.place))}
      @input=${(event: Event) => {
        chain.slideFirst(sampler, slider.valueAt(Number((event.target as HTMLInputElement).value)));
      }}
    />
  </label>`;
}
