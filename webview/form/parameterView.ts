/** The controls of a step's parameters that have one value each. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { explained } from '../ui/info';
import { fieldName, fieldText, labelOf, nameOf, OFF, sliderOf, textOf, type FieldName } from './chainForm';
import {
  mainOf,
  valueOf,
  type ControlledParameter,
  type NumericParameter,
  type SamplerStep,
} from './samplerSteps';
import type { SamplersProps } from './samplersProps';
import { textView } from './textField';
import { t } from '../../src/l10n/language';

export function parameterView(
  props: SamplersProps,
  step: SamplerStep,
  parameter: ControlledParameter,
): TemplateResult {
  if (parameter.kind === 'text') return textView(props, step, parameter);
  const { form } = props;
  const name = fieldName(step, parameter);
  const main = mainOf(parameter) !== undefined;
  const hook = main ? step.key : name;
  const error = form.errors[name];
  const label = main ? nameOf(step.sampler) : parameter.label;
  const spoken = main ? label : t('{0}: {1}', labelOf(step), label);
  return html`<div
      class="field"
      data-field=${hook}
      ?data-wrong=${error !== undefined}
      ?data-choice=${parameter.kind === 'choice'}
    >
      <span class="label" title=${parameter.explanation}
        >${main ? explained(label, step.sampler) : label}</span
      >
      ${
        parameter.kind === 'choice'
          ? choiceView(props, parameter, name, hook, spoken)
          : numberView(props, step, parameter, { name, hook, spoken })
      }
    </div>
    ${error === undefined ? nothing : html`<p class="field-error" role="alert" data-testid="field-error">${error}</p>`}`;
}

function numberView(
  { form, onType, onSlide }: SamplersProps,
  step: SamplerStep,
  parameter: NumericParameter,
  { name, hook, spoken }: { readonly name: FieldName; readonly hook: string; readonly spoken: string },
): TemplateResult {
  const slider = sliderOf(step, parameter);
  const value = valueOf(step, parameter);
  const off = mainOf(parameter)?.off;
  return html`<input
      type="range"
      data-testid="${hook}-range"
      min=${slider.min}
      max=${slider.max}
      step=${slider.step}
      aria-label=${t('{0}, slider', spoken)}
      aria-valuetext=${off !== undefined && value === off ? OFF : fieldText(value)}
      .value=${live(String(slider.place))}
      @input=${(event: Event) => {
        onSlide(name, slider.valueAt(Number((event.target as HTMLInputElement).value)));
      }}
    />
    <vscode-text-field
      data-testid=${hook}
      aria-label=${spoken}
      aria-invalid=${form.errors[name] === undefined ? 'false' : 'true'}
      .value=${live(textOf(form, name))}
      @input=${(event: Event) => {
        onType(name, (event.target as HTMLInputElement).value);
      }}
    ></vscode-text-field>`;
}

function choiceView(
  { form, onType }: SamplersProps,
  parameter: Extract<ControlledParameter, { kind: 'choice' }>,
  name: FieldName,
  hook: string,
  spoken: string,
): TemplateResult {
  const value = textOf(form, name);
  return html`<vscode-dropdown
    data-testid=${hook}
    aria-label=${spoken}
    .value=${live(value)}
    @change=${(event: Event) => {
      onType(name, (event.target as HTMLSelectElement).value);
    }}
  >
    ${parameter.choices.map(
      (choice) =>
        html`<vscode-option value=${choice} ?selected=${choice === value}>${choice}</vscode-option>`,
    )}
  </vscode-dropdown>`;
}
