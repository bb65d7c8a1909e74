import { html, nothing, type TemplateResult } from 'lit';

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
      The extension has not answered yet. If nothing appears, close this panel and run
      <b>Decoding Lab: Open Panel</b> again.
    </p>`;
  }
  return html`<div class="empty" data-testid="empty">
    <h2>See what comes next</h2>
    ${
      hasModel
        ? html`<p>
            Select some text in an editor and run <b>Decoding Lab: Explore Selection</b> (<kbd>Ctrl</kbd>+<kbd
              >K</kbd
            >
            <kbd>Ctrl</kbd>+<kbd>G</kbd>, on a Mac with <kbd>⌘</kbd>), or type a prompt here.
          </p>`
        : html`<p>There is no language model here yet; the toy vocabulary works without one.</p>`
    }
    <ul>
      <li><b>Next token:</b> how probable each token is, before and after the samplers.</li>
      <li>
        <b>Completions:</b> how the text continues when tokens are drawn from it, each tinted by its
        probability.
      </li>
    </ul>
    <div class="empty-actions">
      ${
        hasModel
          ? html`<vscode-button data-testid="empty-edit" @click=${onEdit}>Type a prompt</vscode-button>`
          : nothing
      }
      <vscode-button appearance="secondary" data-testid="empty-toy" @click=${onToy}
        >Try the toy vocabulary</vscode-button
      >
      ${more}
    </div>
  </div>`;
}
