/** A chain as another program's text, with what that program does otherwise. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { visibleLines, visibleText } from '../../src/core/visibleText';
import { targetOf, TARGETS, type Copied, type TargetId } from '../../src/interchange/targets';
import { t } from '../../src/l10n/language';

export interface CopyAsProps {
  readonly target: TargetId;
  readonly copied: Copied;
  /** What the last button has done. */
  readonly said: string;
  readonly onTarget: (target: TargetId) => void;
  readonly onCopy: () => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

export function copyAsView(props: CopyAsProps): TemplateResult {
  const { target, copied, said, onTarget, onCopy, onOpen, onClose } = props;
  return html`<section
    class="exchange"
    data-testid="copy-as-panel"
    aria-label=${t('Copy as')}
    @keydown=${(event: KeyboardEvent) => {
      closeOn(event, onClose);
    }}
  >
    <div class="field" data-choice>
      <span class="label">${t('copy as')}</span>
      <vscode-dropdown
        data-testid="copy-target"
        aria-label=${t('program')}
        .value=${live(target)}
        @change=${(event: Event) => {
          const chosen = TARGETS.find(({ id }) => id === (event.target as HTMLSelectElement).value);
          if (chosen && chosen.id !== target) onTarget(chosen.id);
        }}
      >
        ${TARGETS.map(
          ({ id, label }) =>
            html`<vscode-option value=${id} ?selected=${id === target}>${label}</vscode-option>`,
        )}
      </vscode-dropdown>
    </div>
    <pre
      class="exchange-code"
      data-testid="copy-code"
      tabindex="0"
      role="region"
      aria-label=${targetOf(target).label}
    >
${visibleLines(copied.code)}</pre>
    ${
      copied.notes.length === 0
        ? nothing
        : html`<p class="exchange-head">${t('What differs there')}</p>
            <ul data-testid="copy-notes">
              ${copied.notes.map((note) => html`<li>${visibleText(note)}</li>`)}
            </ul>`
    }
    <div class="exchange-actions">
      <vscode-button data-testid="copy-text" @click=${onCopy}>${t('Copy')}</vscode-button>
      <vscode-button appearance="secondary" data-testid="copy-open" @click=${onOpen}>
        ${t('Open in editor')}
      </vscode-button>
      <button type="button" class="link" data-testid="exchange-close" @click=${onClose}>${t('Close')}</button>
      <span class="quiet" role="status" data-testid="exchange-said">${said}</span>
    </div>
  </section>`;
}

/** Escape closes, and does nothing else. */
export function closeOn(event: KeyboardEvent, onClose: () => void): void {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  onClose();
}
