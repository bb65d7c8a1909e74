import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { thousands } from '../format/numbers';
import { shortStep } from './samplerSteps';
import {
  SETTING_NAMES,
  textOf,
  type FieldName,
  type NumberSetting,
  type SettingsForm,
} from '../experiments/explore/settings';
import { infoButton } from '../ui/info';

export interface SettingsProps {
  readonly form: SettingsForm;
  readonly state: 'idle' | 'running' | 'stopping';
  readonly drawerOpen: boolean;
  /** Controls of the toy vocabulary when it is the model. */
  readonly toy: TemplateResult | typeof nothing;
  /** The controls of the sampler chain. */
  readonly samplers: TemplateResult;
  readonly onType: (name: FieldName, text: string) => void;
  readonly onGreedy: (greedy: boolean) => void;
  readonly onDice: () => void;
  readonly onGenerate: () => void;
  readonly onStop: () => void;
  readonly onDrawer: () => void;
}

/** Names for `data-testid` and styles. */
const HOOKS: Readonly<Record<NumberSetting, string>> = {
  maxNewTokens: 'max-new-tokens',
  samples: 'samples',
  seed: 'seed',
};

/** The controls: a column where there is room, a drawer that keeps its values in one line where there is not. */
export function settingsView(props: SettingsProps): TemplateResult {
  const { form, state, drawerOpen, onDrawer, onDice, onGreedy, onGenerate, onStop } = props;
  return html`<section class="settings" aria-label="Settings" ?data-open=${drawerOpen}>
    <div class="actions">
      <vscode-button class="generate" data-testid="generate" title="Ctrl+Enter" @click=${onGenerate}
        >Generate</vscode-button
      >
      <vscode-button
        appearance="secondary"
        data-testid="stop"
        title="Escape"
        ?disabled=${state !== 'running'}
        @click=${onStop}
        >${state === 'stopping' ? 'Stopping' : 'Stop'}</vscode-button
      >
    </div>
    <button
      type="button"
      class="drawer"
      data-testid="drawer"
      aria-expanded=${drawerOpen}
      aria-controls="settings-fields"
      title="Samplers, samples × new tokens, seed"
      @click=${onDrawer}
    >
      <span class="drawer-values">${summary(form)}</span>
      <span class="drawer-verb">${drawerOpen ? 'fold' : 'change'}</span>
    </button>
    <div id="settings-fields" class="fields">
      ${props.toy}
      <fieldset ?data-muted=${form.settings.greedy}>
        <legend>Samplers</legend>
        ${props.samplers}
        <div class="check">
          <vscode-checkbox
            data-testid="greedy"
            .checked=${live(form.settings.greedy)}
            @change=${(event: Event) => {
              onGreedy((event.target as HTMLInputElement).checked);
            }}
            >greedy</vscode-checkbox
          >${infoButton('greedy')}
        </div>
        ${
          form.settings.greedy
            ? html`<p class="quiet">Greedy takes the best token; the samplers are only shown.</p>`
            : nothing
        }
      </fieldset>
      <fieldset>
        <legend>Completions</legend>
        ${numberView(props, 'samples')} ${numberView(props, 'maxNewTokens')}
        ${numberView(
          props,
          'seed',
          html`<vscode-button
            appearance="icon"
            class="dice"
            data-testid="dice"
            aria-label="Another seed"
            title="Another seed"
            @click=${onDice}
            >${DICE}</vscode-button
          >`,
        )}
      </fieldset>
    </div>
  </section>`;
}

/** A die, for buttons that draw another number. */
export const DICE = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <path
    fill-rule="evenodd"
    d="M3 1h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Zm0 1.2a.8.8 0 0 0-.8.8v10c0 .44.36.8.8.8h10a.8.8 0 0 0 .8-.8V3a.8.8 0 0 0-.8-.8H3Zm2 1.6a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Zm6 0a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6ZM8 6.7a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6ZM5 9.6a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Zm6 0a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Z"
  />
</svg>`;

/** The settings in one line, short enough for a panel of 400 pixels. */
function summary({ settings }: SettingsForm): string {
  const { steps, samples, maxNewTokens, seed, greedy } = settings;
  const chain = steps.length === 0 ? ['no sampler'] : steps.map(shortStep);
  return [...(greedy ? ['greedy'] : chain), `${samples} × ${thousands(maxNewTokens)}`, `seed ${seed}`].join(
    ', ',
  );
}

function numberView(
  { form, onType }: SettingsProps,
  name: NumberSetting,
  after?: TemplateResult,
): TemplateResult {
  const error = form.errors[name];
  const label = SETTING_NAMES[name];
  return html`<div class="field" data-field=${HOOKS[name]} ?data-wrong=${error !== undefined}>
      <span class="label">${label}${infoButton(name)}</span>
      <span class="spread"></span>
      <vscode-text-field
        data-testid=${HOOKS[name]}
        aria-label=${label}
        aria-invalid=${error === undefined ? 'false' : 'true'}
        .value=${live(textOf(form, name))}
        @input=${(event: Event) => {
          onType(name, (event.target as HTMLInputElement).value);
        }}
      ></vscode-text-field>
      ${after ?? nothing}
    </div>
    ${error === undefined ? nothing : html`<p class="field-error" role="alert" data-testid="field-error">${error}</p>`}`;
}
