import { html, type TemplateResult } from 'lit';
import type { Tab } from '../tabs/tab';
import { rove } from './roving';

export interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly active: Tab;
  readonly onSelect: (tab: Tab) => void;
}

/** The tabs in one row that scrolls when it is narrow, and how far the active one's run is. */
export function tabsView({ tabs, active, onSelect }: TabsProps): TemplateResult {
  return html`<div class="tab-row">
    <div
      class="tabs"
      role="tablist"
      aria-label="Experiments"
      @keydown=${(event: KeyboardEvent) => {
        rove(event, 'horizontal');
      }}
    >
      ${tabs.map(
        (tab) =>
          html`<button
            type="button"
            class="tab"
            role="tab"
            data-rove
            data-testid="tab-${tab.id}"
            aria-selected=${tab === active}
            tabindex=${tab === active ? 0 : -1}
            @click=${() => {
              onSelect(tab);
            }}
          >
            ${tab.title}
          </button>`,
      )}
    </div>
    ${active.status()}
  </div>`;
}
