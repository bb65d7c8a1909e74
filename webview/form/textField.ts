/** A parameter that is a text: an expression or a schema, read when the typing pauses. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { TextParameter } from '../../src/core/samplers/parameters';
import { fieldName, labelOf, textOf, type FieldName } from './chainForm';
import type { SamplerStep } from './samplerSteps';
import type { SamplersProps } from './samplersProps';
import { t } from '../../src/l10n/language';

interface Example {
  readonly label: string;
  readonly text: string;
}

const PERSON = `{
 "type": "object",
 "properties": {
  "name": {"type": "string", "maxLength": 20},
  "age": {"type": "integer", "minimum": 0, "maximum": 120}
 },
 "required": ["name", "age"]
}`;

const WORDS = `{
 "type": "array",
 "items": {"type": "string", "pattern": "^[a-z]+$"},
 "maxItems": 5
}`;

/** What a text of each kind may look like, by sampler; a continuation of prose begins with a space. */
const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  regex: [
    { label: t('a number'), text: String.raw` ?\d+(\.\d+)?` },
    { label: t('a date'), text: String.raw` ?\d{1,2} [A-Z][a-z]+ \d{4}` },
    { label: t('yes or no'), text: ' ?(yes|no)' },
    { label: t('one sentence'), text: String.raw`[^.!?\n]+[.!?]` },
  ],
  'json-schema': [
    { label: t('a person'), text: PERSON },
    { label: t('a list of words'), text: WORDS },
  ],
};

export function textView(
  { form, onType, onTyped }: SamplersProps,
  step: SamplerStep,
  parameter: TextParameter,
): TemplateResult {
  const name = fieldName(step, parameter);
  const error = form.errors[name];
  const spoken = t('{0}: {1}', labelOf(step), parameter.label);
  const multiline = step.sampler === 'json-schema';
  const examples = parameter.optional ? [] : (EXAMPLES[step.sampler] ?? []);
  const attributes = {
    type: (event: Event): void => {
      onType(name, (event.target as HTMLInputElement).value);
    },
    key: (event: KeyboardEvent): void => {
      if (event.key === 'Enter' && (!multiline || event.ctrlKey || event.metaKey)) onTyped();
    },
  };
  return html`<div class="field" data-text data-field=${name} ?data-wrong=${error !== undefined}>
      <span class="label" title=${parameter.explanation}>${parameter.label.toLowerCase()}</span>
      ${
        multiline
          ? html`<textarea
              class="code typed"
              rows="3"
              spellcheck="false"
              data-testid=${name}
              aria-label=${spoken}
              aria-invalid=${error === undefined ? 'false' : 'true'}
              .value=${live(textOf(form, name))}
              @input=${attributes.type}
              @change=${onTyped}
              @keydown=${attributes.key}
            ></textarea>`
          : html`<input
              type="text"
              class="code typed"
              spellcheck="false"
              autocomplete="off"
              data-testid=${name}
              aria-label=${spoken}
              aria-invalid=${error === undefined ? 'false' : 'true'}
              .value=${live(textOf(form, name))}
              @input=${attributes.type}
              @change=${onTyped}
              @keydown=${attributes.key}
            />`
      }
      ${examples.length === 0 ? nothing : examplesView(name, spoken, examples, { onType, onTyped })}
    </div>
    ${error === undefined ? nothing : html`<p class="field-error" role="alert" data-testid="field-error">${error}</p>`}`;
}

function examplesView(
  name: FieldName,
  spoken: string,
  examples: readonly Example[],
  { onType, onTyped }: Pick<SamplersProps, 'onType' | 'onTyped'>,
): TemplateResult {
  return html`<span class="examples" role="group" aria-label=${t('{0}, examples', spoken)}>
    <span class="quiet">e.g.</span>
    ${examples.map(
      ({ label, text }) =>
        html`<button
          type="button"
          class="link"
          data-testid="example"
          title=${text}
          @click=${() => {
            onType(name, text);
            onTyped();
          }}
        >
          ${label}
        </button>`,
    )}
  </span>`;
}
