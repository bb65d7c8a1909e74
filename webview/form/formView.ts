/** The controls of an experiment: a column where there is room, a drawer where there is not. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { CheckField, ChoiceField, Field, Form, TextField } from './form';
import { explained, infoButton } from '../ui/info';
import { t } from '../../src/l10n/language';

export interface FormProps {
  readonly form: Form;
  /** How what Run asked for stands. */
  readonly job: keyof typeof STOP;
  /** What the button says that runs, and its `data-testid`. */
  readonly verb: { readonly label: string; readonly hook: string };
  readonly drawerOpen: boolean;
  /** How far the run is, which stands beside what stops it. */
  readonly status: TemplateResult | typeof nothing;
  /** The values in one line. */
  readonly line: string;
  /** Controls that are never folded away; nothing where all are. */
  readonly quick: TemplateResult | typeof nothing;
  /** Controls of the toy vocabulary when it is the model. */
  readonly toy: TemplateResult | typeof nothing;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onDrawer: () => void;
}

/** One past the largest seed. */
const SEEDS = 2 ** 32;

const STOP = {
  none: t('Stop'),
  waiting: t('Cancel'),
  running: t('Stop'),
  stopping: t('Stopping'),
} as const;

export function formView(props: FormProps): TemplateResult {
  const { form, job, verb, drawerOpen, line, onRun, onStop, onDrawer } = props;
  return html`<section
    class="settings"
    aria-label=${t({ message: 'Settings', comment: 'of an experiment' })}
    ?data-open=${drawerOpen}
  >
    <div class="actions">
      <vscode-button class="generate" data-testid=${verb.hook} title=${t('Ctrl+Enter')} @click=${onRun}
        >${verb.label}</vscode-button
      >
      <vscode-button
        appearance="secondary"
        data-testid="stop"
        title=${t('Escape')}
        ?disabled=${job === 'none' || job === 'stopping'}
        @click=${onStop}
        >${STOP[job]}</vscode-button
      >
      <div class="run-status">${props.status}</div>
    </div>
    ${props.quick}
    <button
      type="button"
      class="drawer"
      data-testid="drawer"
      aria-expanded=${drawerOpen}
      aria-controls="settings-fields"
      @click=${onDrawer}
    >
      <span class="drawer-values">${line}</span>
      <span class="drawer-verb">${drawerOpen ? t('Hide settings') : t('Edit settings')}</span>
    </button>
    <div id="settings-fields" class="fields">
      ${props.toy}
      ${form.groups.map((group) => {
        const fields = form.shown(group);
        if (fields.length === 0) return nothing;
        return html`<fieldset ?data-muted=${group.muted?.(form.values) ?? false}>
          <legend>${group.term === undefined ? group.title : explained(group.title, group.term)}</legend>
          ${fields.map((field) => fieldView(props, field))}
        </fieldset>`;
      })}
    </div>
  </section>`;
}

/** A die, for buttons that draw another number. */
const DICE = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <path
    fill-rule="evenodd"
    d="M3 1h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Zm0 1.2a.8.8 0 0 0-.8.8v10c0 .44.36.8.8.8h10a.8.8 0 0 0 .8-.8V3a.8.8 0 0 0-.8-.8H3Zm2 1.6a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Zm6 0a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6ZM8 6.7a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6ZM5 9.6a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Zm6 0a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Z"
  />
</svg>`;

function fieldView(props: FormProps, field: Field): TemplateResult {
  const instead = field.instead?.() ?? null;
  if (instead !== null)
    return html`<p class="field-instead" data-testid="instead-${field.name}">${instead}</p>`;
  const error = props.form.error(field.name);
  const note = error === null ? (field.note?.(props.form.values) ?? null) : null;
  return html`${controlView(props, field)}
  ${
    error === null
      ? nothing
      : html`<p class="field-error" role="alert" data-testid="field-error">${error}</p>`
  }
  ${note === null ? nothing : html`<p class="field-note quiet">${note}</p>`}`;
}

function controlView(props: FormProps, field: Field): TemplateResult | typeof nothing {
  switch (field.kind) {
    case 'text':
      return field.lines ? linesView(props, field) : textView(props, field);
    case 'check':
      return checkView(props, field);
    case 'choice':
      return choiceView(props, field);
    case 'kept':
      return nothing;
    case 'own':
      return field.view();
  }
}

function labelView({ label, term }: Field): TemplateResult {
  return html`<span class="label">${term === undefined ? label : explained(label, term)}</span>`;
}

function textView({ form }: FormProps, field: TextField): TemplateResult {
  const { name, label, hook = name, wide = false, dice = false, placeholder = '' } = field;
  const wrong = form.error(name) !== null;
  const set = (text: string): void => {
    form.set(name, text);
  };
  return html`<div class="field" data-typed ?data-wide=${wide} ?data-dice=${dice} ?data-wrong=${wrong}>
    ${labelView(field)}
    <vscode-text-field
      data-testid=${hook}
      aria-label=${label}
      aria-invalid=${wrong ? 'true' : 'false'}
      placeholder=${placeholder}
      .value=${live(form.text(name))}
      @input=${(event: Event) => {
        set((event.target as HTMLInputElement).value);
      }}
    ></vscode-text-field>
    ${
      dice
        ? html`<vscode-button
            appearance="icon"
            class="dice"
            data-testid="dice"
            aria-label=${t('Another {0}', label)}
            title=${t('Another {0}', label)}
            @click=${() => {
              set(String(Math.floor(Math.random() * SEEDS)));
            }}
            >${DICE}</vscode-button
          >`
        : nothing
    }
  </div>`;
}

/** A field that is as high as the lines in it. */
function linesView({ form }: FormProps, field: TextField): TemplateResult {
  const { name, label, hook = name, placeholder = '' } = field;
  const text = form.text(name);
  return html`<div class="field" data-lines ?data-wrong=${form.error(name) !== null}>
    ${labelView(field)}
    <vscode-text-area
      data-testid=${hook}
      aria-label="${label}, ${placeholder}"
      aria-invalid=${form.error(name) === null ? 'false' : 'true'}
      placeholder=${placeholder}
      rows=${text.split('\n').length}
      .value=${live(text)}
      @input=${(event: Event) => {
        form.set(name, (event.target as HTMLTextAreaElement).value);
      }}
    ></vscode-text-area>
  </div>`;
}

function checkView({ form }: FormProps, { name, label, term }: CheckField): TemplateResult {
  return html`<div class="check">
    <vscode-checkbox
      data-testid=${name}
      .checked=${live(form.values[name] === true)}
      @change=${(event: Event) => {
        form.set(name, (event.target as HTMLInputElement).checked);
      }}
      >${label}</vscode-checkbox
    >${term === undefined ? nothing : infoButton(term)}
  </div>`;
}

function choiceView({ form }: FormProps, field: ChoiceField): TemplateResult {
  return html`<div class="field" data-choice>
    ${labelView(field)}
    <vscode-dropdown
      data-testid=${field.name}
      aria-label=${field.label}
      .value=${live(form.text(field.name))}
      @change=${(event: Event) => {
        form.set(field.name, (event.target as HTMLSelectElement).value);
      }}
    >
      ${field.options.map(
        ({ value, label }) =>
          html`<vscode-option value=${value} ?selected=${value === form.text(field.name)}
            >${label}</vscode-option
          >`,
      )}
    </vscode-dropdown>
  </div>`;
}
