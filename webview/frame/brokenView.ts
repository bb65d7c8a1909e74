import { html, type TemplateResult } from 'lit';
import type { Tab } from './tab';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

/** In place of a tab that cannot be drawn. */
export function brokenView(tab: Tab, why: string): TemplateResult {
  return html`<div class="empty" role="alert" data-testid="broken">
    <p>${filled(t('This result of {0} cannot be drawn, so its file may be damaged: {1}'), tab.title, why)}</p>
    <div class="empty-actions">
      <vscode-button
        data-testid="broken-clear"
        @click=${() => {
          tab.clear?.();
        }}
        >${t('Remove it from the screen')}</vscode-button
      >
    </div>
  </div>`;
}
