/** The sampler chain as controls: a named chain to start from, its steps in order, and a menu of further ones. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { definitionOf } from '../../src/core/samplers/catalog';
import type { SamplerName } from '../../src/core/samplers/chain';
import { visibleText } from '../../src/core/visibleText';
import type { ListedPreset } from '../../src/protocol/presets';
import { thousands } from '../format/numbers';
import {
  controlsOf,
  keptLine,
  mainOf,
  MENU,
  ORDERS,
  presetOf,
  valueOf,
  type ControlledParameter,
  type Order,
  type SamplerStep,
} from './samplerSteps';
import { fieldName, fieldText, labelOf, sliderOf, textOf, type ChainForm, type FieldName } from './chainForm';
import { infoButton } from '../ui/info';
import { keepStop, rove } from '../ui/roving';

export interface SamplersProps {
  readonly form: ChainForm;
  readonly presets: readonly ListedPreset[];
  /** Id of the preset that was taken last. */
  readonly preset: string | null;
  /** Why the chain cannot be saved as a preset; null where it can. */
  readonly unsaved: string | null;
  /** What every step does to the distribution on screen; empty without one. */
  readonly deeds: readonly string[];
  /** How many tokens each order would keep, by its name; none without a distribution. */
  readonly keptInOrder: Readonly<Record<string, number>>;
  /** Why the chain does not fit the model, or null. */
  readonly problem: string | null;
  readonly menuOpen: boolean;
  /** Keys of the steps whose optional parameters are shown. */
  readonly opened: ReadonlySet<string>;
  readonly onPreset: (preset: ListedPreset) => void;
  readonly onSavePreset: () => void;
  readonly onType: (name: FieldName, text: string) => void;
  readonly onSlide: (name: FieldName, value: number | null) => void;
  readonly onSteps: (steps: readonly SamplerStep[]) => void;
  readonly onOrder: (order: Order) => void;
  readonly onAdd: (sampler: SamplerName) => void;
  readonly onMove: (key: string, by: -1 | 1) => void;
  readonly onMenu: (open: boolean) => void;
  readonly onOptions: (key: string) => void;
}

/** The id that no preset has. */
const CUSTOM = ' ';

export function samplersView(props: SamplersProps): TemplateResult {
  const { form, problem } = props;
  const { steps } = form;
  return html`${presetView(props)}
    ${steps.length === 0 ? html`<p class="quiet">No samplers: the model’s own distribution.</p>` : nothing}
    <ol class="steps" aria-label="Samplers, in the order they are applied">
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
  onPreset,
  onSavePreset,
}: SamplersProps): TemplateResult {
  const named = presetOf(form.steps, presets, preset);
  const id = named?.id ?? CUSTOM;
  return html`<div class="field" data-choice>
      <span class="label">preset</span>
      <vscode-dropdown
        data-testid="preset"
        aria-label="preset"
        title=${named ? visibleText(named.description || named.name) : 'Your own chain.'}
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
        <vscode-option value=${CUSTOM} ?selected=${named === undefined}>custom</vscode-option>
      </vscode-dropdown>
    </div>
    <p class="preset-save">
      <button
        type="button"
        class="link"
        data-testid="save-preset"
        title=${unsaved ?? 'Save these samplers as your own preset, for this panel, the Presets view, suggestions and Methods'}
        ?disabled=${unsaved !== null}
        @click=${onSavePreset}
      >
        Save this chain
      </button>
    </p>`;
}

function stepView(props: SamplersProps, step: SamplerStep, index: number): TemplateResult {
  const { form, deeds, opened, onOptions, onSteps, onMove } = props;
  const { steps } = form;
  const label = labelOf(step);
  const parameters = controlsOf(step.sampler);
  const alone = parameters.some(mainOf);
  const required = parameters.filter(({ optional }) => !optional);
  const optional = parameters.filter((parameter) => parameter.optional);
  const open = opened.has(step.key);
  const kept = keptLine(step);
  // A value that is not the usual one is never hidden.
  const shown = optional.filter(
    (parameter) =>
      open ||
      valueOf(step, parameter) !== parameter.default ||
      form.errors[fieldName(step, parameter)] !== undefined,
  );
  return html`<li class="step" data-testid="step" data-sampler=${step.sampler} data-step=${step.key}>
    ${alone ? nothing : html`<div class="step-name">${label}${infoButton(step.sampler)}</div>`}
    ${[...required, ...shown].map((parameter) => parameterView(props, step, parameter))}
    ${kept === '' ? nothing : html`<p class="field-note quiet" data-testid="kept">${visibleText(kept)}</p>`}
    <div class="step-foot">
      <span class="deed quiet" data-testid="deed">${deeds[index] ?? ''}</span>
      ${
        optional.length === 0
          ? nothing
          : html`<button
              type="button"
              class="link"
              data-testid="options"
              aria-expanded=${open}
              aria-label="${label}: ${open ? 'fewer' : 'more'} settings"
              title=${open ? 'Fewer settings' : 'More settings'}
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
        aria-label="Remove ${label}"
        title="Remove"
        @click=${() => {
          onSteps(steps.filter((other) => other !== step));
        }}
      >
        ✕
      </button>
    </div>
  </li>`;
}

function moveView(label: string, way: 'up' | 'down', last: boolean, onClick: () => void): TemplateResult {
  return html`<button
    type="button"
    class="link"
    data-testid="move-${way}"
    aria-label="Move ${label} ${way}"
    title="Move ${way}"
    ?disabled=${last}
    @click=${onClick}
  >
    ${way === 'up' ? '↑' : '↓'}
  </button>`;
}

function parameterView(
  props: SamplersProps,
  step: SamplerStep,
  parameter: ControlledParameter,
): TemplateResult {
  const { form } = props;
  const name = fieldName(step, parameter);
  const main = mainOf(parameter) !== undefined;
  const hook = main ? step.key : name;
  const error = form.errors[name];
  const label = main ? step.sampler : parameter.label;
  const spoken = main ? label : `${labelOf(step)}: ${label}`;
  return html`<div
      class="field"
      data-field=${hook}
      ?data-wrong=${error !== undefined}
      ?data-choice=${parameter.kind === 'choice'}
    >
      <span class="label" title=${parameter.explanation}
        >${label}${main ? infoButton(step.sampler) : nothing}</span
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
  parameter: ControlledParameter,
  { name, hook, spoken }: { readonly name: FieldName; readonly hook: string; readonly spoken: string },
): TemplateResult {
  const slider = sliderOf(step, parameter)!;
  const value = valueOf(step, parameter);
  const off = mainOf(parameter)?.off;
  return html`<input
      type="range"
      data-testid="${hook}-range"
      min=${slider.min}
      max=${slider.max}
      step=${slider.step}
      aria-label="${spoken}, slider"
      aria-valuetext=${off !== undefined && value === off ? 'off' : fieldText(value)}
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

function menuView({ menuOpen, onMenu, onAdd }: SamplersProps): TemplateResult {
  return html`<div
    class="add-sampler"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menuOpen) return;
      event.stopPropagation();
      onMenu(false);
      (event.currentTarget as HTMLElement).querySelector('button')?.focus();
    }}
  >
    <button
      type="button"
      class="link"
      data-testid="add-sampler"
      aria-expanded=${menuOpen}
      @click=${() => {
        onMenu(!menuOpen);
      }}
    >
      ${menuOpen ? '− close menu' : '+ add a sampler'}
    </button>
    ${
      menuOpen
        ? html`<div
            class="sampler-menu"
            role="group"
            aria-label="Samplers"
            @keydown=${roveMenu}
            @focusin=${keepStop}
          >
            ${MENU.map((name, index) => {
              const { label, explanation } = definitionOf(name).about;
              return html`<button
                type="button"
                data-testid="menu-${name}"
                data-rove
                tabindex=${index === 0 ? 0 : -1}
                @click=${() => {
                  onAdd(name);
                }}
              >
                <b>${label}</b> <span class="quiet">${explanation}</span>
              </button>`;
            })}
          </div>`
        : nothing
    }
  </div>`;
}

function roveMenu(event: KeyboardEvent): void {
  rove(event, 'vertical');
}

/** The order matters: each button says how many tokens would be left. */
function ordersView({ keptInOrder, onOrder }: SamplersProps): TemplateResult {
  return html`<div class="orders" role="group" aria-label="Order of the samplers">
    ${ORDERS.map((order) => {
      const kept = keptInOrder[order.name];
      return html`<button
        type="button"
        class="link"
        data-testid=${order.hook}
        title="Sort the samplers as that program does, with its rule for ties at top-k"
        @click=${() => {
          onOrder(order);
        }}
      >
        ${order.name}${kept === undefined ? nothing : html`<span class="quiet">: keeps ${thousands(kept)}</span>`}
      </button>`;
    })}
  </div>`;
}
