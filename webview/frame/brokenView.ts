import { html, type TemplateResult } from 'lit';
import type { Tab } from './tab';

/** In place of a tab that cannot be drawn. */
export function brokenView(tab: Tab, why: string): TemplateResult {
  return html`<div class="empty" role="alert" data-testid="broken">
    <p>This result of ${tab.title} cannot be drawn, so its file may be damaged: ${why}</p>
    <div class="empty-actions">
      <vscode-button
        data-testid="broken-clear"
        @click=${() => {
          tab.clear?.();
        }}
        >Remove it from the screen</vscode-button
      >
    </div>
  </div>`;
}
