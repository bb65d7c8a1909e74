import { html, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Tab } from './tab';
import { afterDraw } from '../ui/afterDraw';
import { closeOnEscape, closeWhenLeft } from '../ui/menu';
import { rove } from '../ui/roving';
import { t } from '../../src/l10n/language';

export interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly active: Tab;
  readonly onSelect: (tab: Tab) => void;
}

/** The tabs in one row; where they do not all fit, arrows scroll it and a menu lists them all. */
export function tabsView(props: TabsProps): TemplateResult {
  const { tabs, active, onSelect } = props;
  return html`<div class="tab-row">
    <div class="tab-strip" ${ref(watchStrip)}>
      ${arrowView('earlier', -1)}
      <div
        class="tabs"
        role="tablist"
        aria-label=${t('Experiments')}
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
      ${arrowView('later', 1)} ${menuView(props)}
    </div>
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
    title=${side === 'earlier' ? t('Earlier tabs') : t('More tabs')}
    @click=${({ currentTarget }: Event) => {
      const row = (currentTarget as Element).parentElement?.querySelector('.tabs');
      row?.scrollBy({ left: direction * SCROLLED * row.clientWidth, behavior: 'smooth' });
    }}
  >
    ${direction < 0 ? '‹' : '›'}
  </button>`;
}

/** All tabs in a list. Arrows go through it, Enter opens a tab, Escape closes the list. */
function menuView({ tabs, active, onSelect }: TabsProps): TemplateResult {
  return html`<details
    class="menu tab-menu"
    @toggle=${enterMenu}
    @focusout=${closeWhenLeft}
    @keydown=${menuKey}
  >
    <summary data-testid="tabs-menu" aria-label=${t('All experiments')} title=${t('All experiments')}>
      ☰
    </summary>
    <div class="menu-items">
      ${tabs.map(
        (tab) =>
          html`<button
            type="button"
            data-rove
            data-testid="menu-${tab.id}"
            aria-current=${tab === active ? 'true' : 'false'}
            @click=${({ currentTarget }: Event) => {
              (currentTarget as Element).closest('details')!.open = false;
              onSelect(tab);
              // The row scrolls to the tab with its selection; the keyboard goes on from there.
              afterDraw(() => {
                document.querySelector<HTMLElement>('.tab[aria-selected="true"]')?.focus();
              });
            }}
          >
            ${tab.title}
          </button>`,
      )}
    </div>
  </details>`;
}

function enterMenu(event: Event): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (menu.open) menu.querySelector<HTMLElement>('[aria-current="true"]')?.focus();
}

function menuKey(event: KeyboardEvent): void {
  if (!closeOnEscape(event)) rove(event, 'vertical');
}

let stopWatching = (): void => undefined;

/** Keeps note, in the strip's attributes, of the sides to which the row can be scrolled; brings a tab that is chosen into view. */
function watchStrip(strip?: Element): void {
  stopWatching();
  stopWatching = () => undefined;
  const row = strip?.querySelector('.tabs');
  if (!strip || !row) return;
  const note = (): void => {
    const { scrollLeft, scrollWidth, clientWidth } = row;
    const needed = [...row.children].reduce((sum, tab) => sum + (tab as HTMLElement).offsetWidth, 0);
    // Against the whole strip: arrows and the menu take their room from the row, and must not keep themselves there.
    strip.toggleAttribute('data-crowded', needed > strip.clientWidth);
    strip.toggleAttribute('data-earlier', scrollLeft > 1);
    strip.toggleAttribute('data-later', scrollLeft < scrollWidth - clientWidth - 1);
  };
  const show = (): void => {
    row.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    note();
  };
  const size = new ResizeObserver(note);
  size.observe(row);
  size.observe(strip);
  const chosen = new MutationObserver(show);
  chosen.observe(row, { subtree: true, attributeFilter: ['aria-selected'] });
  row.addEventListener('scroll', note, { passive: true });
  // The page may have opened with a tab that is out of view.
  afterDraw(show);
  stopWatching = () => {
    size.disconnect();
    chosen.disconnect();
    row.removeEventListener('scroll', note);
  };
}
