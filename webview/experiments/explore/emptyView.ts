import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../../src/l10n/language';
import { filled } from '../../ui/filled';

export interface EmptyProps {
  /** True once the extension has said what models there are. */
  readonly welcomed: boolean;
  /** True after waiting so long for it that something must be wrong. */
  readonly late: boolean;
  /** True when there is a language model beside the toy. */
  readonly hasModel: boolean;
  /** What else can be looked at: the saved results. */
  readonly more: TemplateResult;
  readonly onEdit: () => void;
  readonly onToy: () => void;
}

/** What will stand here, and the clicks that make it appear. */
export function emptyView({
  welcomed,
  late,
  hasModel,
  more,
  onEdit,
  onToy,
}: EmptyProps): TemplateResult | typeof nothing {
  if (!welcomed) {
    if (!late) return nothing;
    return html`<p class="empty" data-testid="empty">
      ${filled(
        t('The extension has not answered yet. If nothing appears, close this panel and run {0} again.'),
        html`<b>${t('Decoding Lab: Open Panel')}</b>`,
      )}
    </p>`;
  }
  return html`<div class="empty" data-testid="empty">
    <h2>${t('See what comes next')}</h2>
    ${
      hasModel
        ? html`<p>
            ${filled(
              t('Select some text in an editor and run {0} ({1}, on a Mac with {2}), or type a prompt here.'),
              html`<b>${t('Decoding Lab: Explore Selection')}</b>`,
              html`<kbd>Ctrl</kbd>+<kbd>K</kbd> <kbd>Ctrl</kbd>+<kbd>G</kbd>`,
              html`<kbd>⌘</kbd>`,
            )}
          </p>`
        : html`<p>${t('There is no language model here yet; the toy vocabulary works without one.')}</p>`
    }
    <ul>
      <li>
        ${filled(
          t('{0} how probable each token is, before and after the samplers.'),
          html`<b>${t('Next token:')}</b>`,
        )}
      </li>
      <li>
        ${filled(
          t('{0} how the text continues when tokens are drawn from it, each tinted by its probability.'),
          html`<b>${t('Completions:')}</b>`,
        )}
      </li>
    </ul>
    <div class="empty-actions">
      ${
        hasModel
          ? html`<vscode-button data-testid="empty-edit" @click=${onEdit}
              >${t('Type a prompt')}</vscode-button
            >`
          : nothing
      }
      <vscode-button appearance="secondary" data-testid="empty-toy" @click=${onToy}
        >${t('Try the toy vocabulary')}</vscode-button
      >
      ${more}
    </div>
  </div>`;
}
