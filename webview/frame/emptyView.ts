/** What a tab says before it has a result. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../src/core/visibleText';
import type { TabContext } from './tab';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

interface Asked {
  readonly question: string;
  /** What a result will show. */
  readonly promise: string;
}

/** While the first run goes on. */
export function comingView({
  question,
  promise,
  progress,
  onStop,
}: Asked & {
  readonly progress: TemplateResult | typeof nothing;
  readonly onStop: () => void;
}): TemplateResult {
  return html`<div class="empty" data-testid="coming">
    <h2>${question}</h2>
    <p>${promise}</p>
    <div class="empty-actions">
      <vscode-button appearance="secondary" data-testid="coming-stop" @click=${onStop}
        >${t('Stop')}</vscode-button
      >
      ${progress}
    </div>
  </div>`;
}

/** In the place of the controls, where the chosen model cannot do it. */
export function unavailableView({
  question,
  sentence,
  historyButton,
  session,
  chooseModel,
}: Pick<TabContext, 'session' | 'chooseModel'> & {
  readonly question: string;
  readonly sentence: string;
  readonly historyButton: TemplateResult | typeof nothing;
}): TemplateResult {
  const here = session.models.find(({ kind }) => kind === 'gpt2');
  return html`<div class="empty" data-testid="unavailable">
    <h2>${question}</h2>
    <p>${sentence}</p>
    <div class="empty-actions">
      ${
        here
          ? html`<vscode-button
              data-testid="use-model-here"
              @click=${() => {
                chooseModel(here.id);
              }}
              >${filled(t('Use {0}'), visibleText(here.name))}</vscode-button
            >`
          : nothing
      }
      ${historyButton}
    </div>
  </div>`;
}

/** Before a run. */
export function emptyView({
  question,
  promise,
  historyButton,
  onRun,
  onToy,
}: Asked & {
  readonly historyButton: TemplateResult;
  readonly onRun: () => void;
  /** Chooses the toy vocabulary; null where that is no use. */
  readonly onToy: (() => void) | null;
}): TemplateResult {
  return html`<div class="empty" data-testid="empty">
    <h2>${question}</h2>
    <p>${promise}</p>
    <div class="empty-actions">
      <vscode-button data-testid="empty-run" @click=${onRun}>${t('Run')}</vscode-button>
      ${
        onToy === null
          ? nothing
          : html`<vscode-button appearance="secondary" data-testid="empty-toy" @click=${onToy}
              >${t('Use the toy vocabulary')}</vscode-button
            >`
      }
      ${historyButton}
    </div>
  </div>`;
}
