import { html, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Tab } from './tab';
import { rove } from '../ui/roving';

export interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly active: Tab;
  readonly onSelect: (tab: Tab) => void;
}

/** The tabs in one row, with arrows to scroll it where it is narrow, and how far the active one's run is. */
export function tabsView({ tabs, active, onSelect }: TabsProps): TemplateResult {
  return html`<div class="tab-row">
    <div class="tab-strip" ${ref(watchStrip)}>
      ${arrowView('earlier', -1)}
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
      ${arrowView('later', 1)}
    </div>
    ${active.status()}
  </div>`;
}

/** Part of the row's width that one press of an arrow scrolls by. */
const SCROLLED = 0.7;

/** For the pointer only: the keyboard's arrows go from tab to tab, and the row scrolls with the focus. */
function arrowView(side: 'earlier' | 'later', direction: -1 | 1): TemplateResult {
  return html`<button
    type="button"
    class="tab-arrow"
    data-side=${side}
    data-testid="tabs-${side}"
    tabindex="-1"
    aria-hidden="true"
    title=${side === 'earlier' ? 'Earlier tabs' : 'More tabs'}
    @click=${({ currentTarget }: Event) => {
      const row = (currentTarget as Element).parentElement?.querySelector('.tabs');
      row?.scrollBy({ left: direction * SCROLLED * row.clientWidth, behavior: 'smooth' });
    }}
  >
    ${direction < 0 ? '‹' : '›'}
  </button>`;
}

let stopWatching = (): void => undefined;

/** Keeps note, in the strip's attributes, of the sides to which the row can be scrolled, and of the chosen tab in view. */
function watchStrip(strip?: Element): void {
  stopWatching();
  stopWatching = () => undefined;
  const row = strip?.querySelector('.tabs');
  if (!strip || !row) return;
  const note = (): void => {
    const hidden = row.scrollWidth - row.clientWidth;
    strip.toggleAttribute('data-earlier', row.scrollLeft > 1);
    strip.toggleAttribute('data-later', row.scrollLeft < hidden - 1);
  };
  const show = (): void => {
    row.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    note();
  };
  const size = new ResizeObserver(show);
  size.observe(row);
  const chosen = new MutationObserver(show);
  chosen.observe(row, { subtree: true, attributeFilter: ['aria-selected'] });
  row.addEventListener('scroll', note, { passive: true });
  stopWatching = () => {
    size.disconnect();
    chosen.disconnect();
    row.removeEventListener('scroll', note);
  };
}
