/** The menu of samplers, under headings. */
import { html, nothing, type TemplateResult } from 'lit';
import { catalog } from '../../src/core/samplers/catalog';
import type { SamplerName } from '../../src/core/samplers/chain';
import { keepStop, rove } from '../ui/roving';
import type { SamplersProps } from './samplersProps';
import { t } from '../../src/l10n/language';

/** The headings, each with the sampler of the catalog before which it stands. */
const HEADINGS: readonly (readonly [before: SamplerName, heading: string])[] = [
  ['temperature', t('Reshape')],
  ['top-k', t('Cut')],
  ['repetition-penalty', t('Repeat less')],
  ['logit-bias', t('Tokens and phrases')],
  ['regex', t('Shapes')],
];

/** Every sampler there is, in the order of the catalog. */
export const MENU: readonly SamplerName[] = catalog.map(({ name }) => name);

type Definition = (typeof catalog)[number];

interface MenuGroup {
  readonly heading: string;
  readonly samplers: readonly Definition[];
}

/** The samplers under their headings. */
export const MENU_GROUPS: readonly MenuGroup[] = HEADINGS.map(([before, heading], index) => {
  const next = HEADINGS[index + 1]?.[0];
  const end = next === undefined ? MENU.length : MENU.indexOf(next);
  return { heading, samplers: catalog.slice(MENU.indexOf(before), end) };
});

export function menuView({ menuOpen, onMenu, onAdd }: SamplersProps): TemplateResult {
  return html`<div
    class="add-sampler"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menuOpen) return;
      event.stopPropagation();
      onMenu(false);
      (event.currentTarget as HTMLElement).querySelector('button')?.focus();
    }}
  >
    <button
      type="button"
      class="link"
      data-testid="add-sampler"
      aria-expanded=${menuOpen}
      @click=${() => {
        onMenu(!menuOpen);
      }}
    >
      ${menuOpen ? t('− close menu') : t('+ add a sampler')}
    </button>
    ${
      menuOpen
        ? html`<div
            class="sampler-menu"
            role="group"
            aria-label=${t('Samplers')}
            @keydown=${roveMenu}
            @focusin=${keepStop}
          >
            ${MENU_GROUPS.map((group) => groupView(group, onAdd))}
          </div>`
        : nothing
    }
  </div>`;
}

function groupView({ heading, samplers }: MenuGroup, onAdd: SamplersProps['onAdd']): TemplateResult {
  return html`<div role="group" aria-label=${heading}>
    <p class="menu-heading" aria-hidden="true">${heading}</p>
    ${samplers.map(
      ({ name, about: { label, explanation } }) =>
        html`<button
          type="button"
          data-testid="menu-${name}"
          data-rove
          tabindex=${name === MENU[0] ? 0 : -1}
          @click=${() => {
            onAdd(name);
          }}
        >
          <b>${label}</b> <span class="quiet">${explanation}</span>
        </button>`,
    )}
  </div>`;
}

function roveMenu(event: KeyboardEvent): void {
  rove(event, 'vertical');
}
