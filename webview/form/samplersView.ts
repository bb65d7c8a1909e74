/** The sampler chain as controls: a named chain to start from, its steps in order, and a menu of further ones. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { definitionOf } from '../../src/core/samplers/catalog';
import type { ParameterDescription } from '../../src/core/samplers/parameters';
import { visibleText } from '../../src/core/visibleText';
import { count, thousands } from '../format/numbers';
import { explained } from '../ui/info';
import { fieldName, labelOf } from './chainForm';
import { parameterView } from './parameterView';
import { phrasesField } from './phrasesField';
import { menuView } from './samplerMenu';
import { controlsOf, mainOf, ORDERS, presetOf, valueOf, type SamplerStep } from './samplerSteps';
import type { SamplersProps } from './samplersProps';
import { biasField, tokensField } from './tokensField';
import { t } from '../../src/l10n/language';

export type { SamplersProps } from './samplersProps';

/** The id that no preset has. */
const CUSTOM = ' ';

export function samplersView(props: SamplersProps): TemplateResult {
  const { form, problem } = props;
  const { steps } = form;
  return html`${presetView(props)}
    ${steps.length === 0 ? html`<p class="quiet">${t('No samplers: the model’s own distribution.')}</p>` : nothing}
    <ol class="steps" aria-label=${t('Samplers, in the order they are applied')}>
      ${repeat(
        steps,
        ({ key }) => key,
        (step, index) => stepView(props, step, index),
      )}
    </ol>
    ${problem === null ? nothing : html`<p class="field-error" role="alert" data-testid="chain-error">${problem}</p>`}
    ${menuView(props)} ${steps.length > 1 ? ordersView(props) : nothing}`;
}

function presetView({
  form,
  presets,
  preset,
  unsaved,
  exchange,
  beside,
  onPreset,
  onSavePreset,
}: SamplersProps): TemplateResult {
  const named = presetOf(form.steps, presets, preset);
  const id = named?.id ?? CUSTOM;
  return html`<div class="field" data-choice>
      <span class="label">${t('preset')}</span>
      <vscode-dropdown
        data-testid="preset"
        aria-label=${t('preset')}
        title=${named ? visibleText(named.description || named.name) : t('Your own chain.')}
        .value=${live(id)}
        @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value;
          const found = presets.find((candidate) => candidate.id === chosen);
          if (found && chosen !== id) onPreset(found);
        }}
      >
        ${presets.map(
          (option) =>
            html`<vscode-option
              value=${option.id}
              title=${visibleText(option.description)}
              ?selected=${option.id === id}
              >${visibleText(option.name)}</vscode-option
            >`,
        )}
        <vscode-option value=${CUSTOM} ?selected=${named === undefined}>${t('custom')}</vscode-option>
      </vscode-dropdown>
    </div>
    <p class="preset-save">
      <button
        type="button"
        class="link"
        data-testid="save-preset"
        title=${unsaved ?? t('Save these samplers as your own preset, for this panel, the Presets view, suggestions and Methods')}
        ?disabled=${unsaved !== null}
        @click=${onSavePreset}
      >
        ${t('Save this chain')}
      </button>
      ${exchange?.buttons ?? nothing} ${beside ?? nothing}
    </p>
    ${exchange?.panel ?? nothing}`;
}

function stepView(props: SamplersProps, step: SamplerStep, index: number): TemplateResult {
  const { form, deeds, opened, onOptions, onSteps, onMove } = props;
  const { steps } = form;
  const label = labelOf(step);
  const { parameters } = definitionOf(step.sampler).about;
  const alone = controlsOf(step.sampler).some(mainOf);
  const optional = controlsOf(step.sampler).filter((parameter) => parameter.optional);
  const open = opened.has(step.key);
  // A value that is not the usual one is never hidden.
  const isShown = (parameter: ParameterDescription): boolean =>
    parameter.kind === 'list' ||
    !parameter.optional ||
    open ||
    valueOf(step, parameter) !== parameter.default ||
    form.errors[fieldName(step, parameter)] !== undefined;
  // What the last good values did says nothing of a wrong one.
  const wrong = parameters.some((parameter) => form.errors[fieldName(step, parameter)] !== undefined);
  return html`<li class="step" data-testid="step" data-sampler=${step.sampler} data-step=${step.key}>
    ${alone ? nothing : html`<div class="step-name">${explained(label, step.sampler)}</div>`}
    ${parameters
      .filter(isShown)
      .map((parameter) =>
        parameter.kind === 'list' ? listView(props, step, parameter) : parameterView(props, step, parameter),
      )}
    <div class="step-foot">
      <span class="deed quiet" data-testid="deed">${wrong ? '' : (deeds[index] ?? '')}</span>
      ${
        optional.length === 0
          ? nothing
          : html`<button
              type="button"
              class="link"
              data-testid="options"
              aria-expanded=${open}
              aria-label=${open ? t('{0}: fewer settings', label) : t('{0}: more settings', label)}
              title=${open ? t('Fewer settings') : t('More settings')}
              @click=${() => {
                onOptions(step.key);
              }}
            >
              ${open ? '−' : '⋯'}
            </button>`
      }
      ${moveView(label, 'up', index === 0, () => {
        onMove(step.key, -1);
      })}
      ${moveView(label, 'down', index === steps.length - 1, () => {
        onMove(step.key, 1);
      })}
      <button
        type="button"
        class="link"
        data-testid="remove-step"
        aria-label=${t('Remove {0}', label)}
        title=${t('Remove')}
        @click=${() => {
          onSteps(steps.filter((other) => other !== step));
        }}
      >
        ✕
      </button>
    </div>
  </li>`;
}

/** Lists of tokens and of phrases have controls of their own; what others hold is said. */
function listView(
  props: SamplersProps,
  step: SamplerStep,
  { name, label }: Extract<ParameterDescription, { kind: 'list' }>,
): TemplateResult | typeof nothing {
  switch (name) {
    case 'ids':
      return tokensField(props, step);
    case 'texts':
      // They stand among the tokens that were picked.
      return nothing;
    case 'bias':
      return biasField(props, step);
    case 'phrases':
      return phrasesField(props, step);
  }
  const { length } = step.lists?.[name] ?? [];
  if (length === 0) return nothing;
  return html`<p class="field-note quiet" data-testid="listed">
    ${t('{0}: {1}', label.toLowerCase(), count(length, '{0} entry', '{0} entries'))}
  </p>`;
}

function moveView(label: string, way: 'up' | 'down', last: boolean, onClick: () => void): TemplateResult {
  return html`<button
    type="button"
    class="link"
    data-testid="move-${way}"
    aria-label=${way === 'up' ? t('Move {0} up', label) : t('Move {0} down', label)}
    title=${way === 'up' ? t('Move up') : t('Move down')}
    ?disabled=${last}
    @click=${onClick}
  >
    ${way === 'up' ? '↑' : '↓'}
  </button>`;
}

/** The order matters: each button says how many tokens would be left. */
function ordersView({ keptInOrder, onOrder }: SamplersProps): TemplateResult {
  return html`<div class="orders" role="group" aria-label=${t('Order of the samplers')}>
    ${ORDERS.map((order) => {
      const kept = keptInOrder[order.name];
      return html`<button
        type="button"
        class="link"
        data-testid=${order.hook}
        title=${t('Sort the samplers as that program does, with its rule for ties at top-k')}
        @click=${() => {
          onOrder(order);
        }}
      >
        ${order.name}${kept === undefined ? nothing : html`<span class="quiet">${t(': keeps {0}', thousands(kept))}</span>`}
      </button>`;
    })}
  </div>`;
}
