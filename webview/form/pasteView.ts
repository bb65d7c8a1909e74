/** Another program's text, and what is understood of it. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { visibleToken, visibleText } from '../../src/core/visibleText';
import { SOURCES, type Pasted } from '../../src/interchange/paste';
import type { RunParameters } from '../../src/interchange/run';
import { thousands } from '../format/numbers';
import { closeOn } from './copyAsView';
import { shortStep, stepsOf } from './samplerSteps';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';
import { written } from '../../src/l10n/numbers';

export interface PasteProps {
  readonly text: string;
  /** What the text is, where a user has said so. */
  readonly source: string | undefined;
  /** What was read, why nothing could be, or null where nothing is typed. */
  readonly read: Pasted | string | null;
  readonly onText: (text: string) => void;
  readonly onSource: (source: string | undefined) => void;
  readonly onUse: (pasted: Pasted) => void;
  readonly onClose: () => void;
}

/** Stands for the looks of the text, which no kind of text is called. */
const BY_LOOKS = ' ';

export function pasteView(props: PasteProps): TemplateResult {
  const { text, read, onText, onUse, onClose } = props;
  return html`<section
    class="exchange"
    data-testid="paste-panel"
    aria-label=${t('Paste')}
    @keydown=${(event: KeyboardEvent) => {
      closeOn(event, onClose);
    }}
  >
    <vscode-text-area
      data-testid="paste-text"
      aria-label=${t('settings of another program')}
      rows="5"
      resize="vertical"
      placeholder=${t('A command line, a request as JSON, a generation_config.json, a Modelfile, or code')}
      .value=${live(text)}
      @input=${(event: Event) => {
        onText((event.target as HTMLTextAreaElement).value);
      }}
    ></vscode-text-area>
    ${text.trim() === '' ? nothing : sourceView(props)}
    <div data-testid="paste-read" aria-live="polite">
      ${read === null ? nothing : typeof read === 'string' ? html`<p class="field-error">${visibleText(read)}</p>` : readView(read)}
    </div>
    <div class="exchange-actions">
      <vscode-button
        data-testid="paste-use"
        ?disabled=${read === null || typeof read === 'string'}
        @click=${() => {
          if (read !== null && typeof read !== 'string') onUse(read);
        }}
        >${t('Use these')}</vscode-button
      >
      <button type="button" class="link" data-testid="exchange-close" @click=${onClose}>${t('Close')}</button>
    </div>
  </section>`;
}

function sourceView({ source, read, onSource }: PasteProps): TemplateResult {
  const found = read !== null && typeof read !== 'string' ? read.source.label : t('not recognised');
  const value = source ?? BY_LOOKS;
  return html`<div class="field" data-choice>
    <span class="label">${t('read as')}</span>
    <vscode-dropdown
      data-testid="paste-source"
      aria-label=${t('what the text is')}
      .value=${live(value)}
      @change=${(event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value;
        if (chosen !== value) onSource(chosen === BY_LOOKS ? undefined : chosen);
      }}
    >
      <vscode-option value=${BY_LOOKS} ?selected=${source === undefined}>
        ${source === undefined ? found : t('detected automatically')}
      </vscode-option>
      ${SOURCES.map(
        ({ id, label }) =>
          html`<vscode-option value=${id} ?selected=${id === source}>${label}</vscode-option>`,
      )}
    </vscode-dropdown>
  </div>`;
}

function readView({ chain, parameters, assumed, notUnderstood, aside }: Pasted): TemplateResult {
  const steps = stepsOf(chain).map(shortStep);
  const given = parametersInWords(parameters);
  return html`<p class="exchange-head">${t('Understood')}</p>
    <ul data-testid="paste-understood">
      <li>
        ${steps.length === 0 ? t('no sampler: the model’s own distribution') : visibleText(steps.join(', '))}
      </li>
      ${given.map((one) => html`<li>${one}</li>`)}
    </ul>
    ${listView(t('Filled in with that program’s defaults'), 'paste-assumed', assumed)}
    ${listView(t('Not understood'), 'paste-not-understood', notUnderstood)}
    ${aside.length === 0 ? nothing : html`<p class="quiet">${filled(t('Left aside, as it says nothing about sampling: {0}.'), visibleText(aside.join(', ')))}</p>`}
    ${parameters.prompt === undefined ? nothing : html`<p class="quiet">${t('Its prompt is left aside too: the one above stays.')}</p>`}`;
}

function listView(head: string, hook: string, sentences: readonly string[]): TemplateResult | typeof nothing {
  if (sentences.length === 0) return nothing;
  return html`<p class="exchange-head">${head}</p>
    <ul data-testid=${hook}>
      ${sentences.map((sentence) => html`<li>${visibleText(sentence)}</li>`)}
    </ul>`;
}

/** What a run has beside its chain, each in a few words. */
function parametersInWords({ seed, samples, maxNewTokens, stop }: RunParameters): readonly string[] {
  return [
    ...(samples === undefined ? [] : [t('samples {0}', thousands(samples))]),
    ...(maxNewTokens === undefined ? [] : [t('max new tokens {0}', thousands(maxNewTokens))]),
    ...(seed === undefined ? [] : [t('seed {0}', written(seed))]),
    ...(stop === undefined
      ? []
      : [t('stop at {0}', stop.map((text) => t('“{0}”', visibleToken(text))).join(', '))]),
  ];
}
