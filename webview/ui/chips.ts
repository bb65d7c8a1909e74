import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { hexBytes } from '../../src/core/visibleText';
import { count, thousands } from '../format/numbers';
import { tokenBytes, tokenLabel } from '../format/tokenText';
import type { LoadedModel } from '../host';
import { tokenView } from './pieces';
import { keepStop, rove } from './roving';
import { t } from '../../src/l10n/language';
import { filled } from './filled';

/** Chips drawn at first, and how many more each "show earlier" draws. */
export const CHIPS = 200;

export interface ChipsProps {
  readonly ids: ArrayLike<number>;
  /** True where the text began before the first id. */
  readonly truncated: boolean;
  readonly model: LoadedModel;
  /** How many chips are drawn, from the end. */
  readonly shown: number;
  readonly onEarlier: () => void;
  /** A chip was chosen: explore from there. */
  readonly onChip: (index: number) => void;
}

/** The prompt's tokens in one line that scrolls sideways and stands at its end. */
export function chipsView({ ids, truncated, model, shown, onEarlier, onChip }: ChipsProps): TemplateResult {
  const from = Math.max(0, ids.length - shown);
  const visible = Array.from({ length: ids.length - from }, (_, i) => from + i);
  return html`<div
    class="chips"
    data-testid="prompt-chips"
    role="toolbar"
    aria-label=${t('Prompt, {0}', count(ids.length, '{0} token', '{0} tokens'))}
    @keydown=${(event: KeyboardEvent) => {
      const index = chipOf(event);
      if (index === null || (event.key !== 'Enter' && event.key !== ' ') || event.ctrlKey || event.metaKey) {
        rove(event, 'horizontal');
        return;
      }
      event.preventDefault();
      onChip(index);
    }}
    @click=${(event: Event) => {
      const index = chipOf(event);
      if (index !== null) onChip(index);
    }}
    @focusin=${keepStop}
    ${ref(keepAtEnd(ids, from))}
  >
    ${
      from > 0
        ? html`<button type="button" class="link" @click=${onEarlier}>
            ${
              from > CHIPS
                ? t('show {0} earlier of {1}', thousands(CHIPS), thousands(from))
                : t('show {0} earlier', thousands(from))
            }
          </button>`
        : truncated
          ? html`<span class="quiet" title=${t('The beginning of the text did not fit; see the notes.')}
              >…</span
            >`
          : nothing
    }
    ${visible.map(
      (index) =>
        html`<span
          class="chip"
          role="button"
          data-testid="chip"
          data-token-id=${ids[index]!}
          data-card="chip:${index}"
          data-rove
          tabindex=${index === ids.length - 1 ? 0 : -1}
          data-index=${index}
          aria-label=${tokenLabel(tokenBytes(model.vocabulary, ids[index]!))}
          >${tokenView(model.vocabulary, ids[index]!)}</span
        >`,
    )}
  </div>`;
}

/** The index of the token whose chip an event happened on. */
function chipOf({ target }: Event): number | null {
  const chip = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return chip ? Number(chip.dataset['index']) : null;
}

/** What a chip's card says. */
export function chipCard(ids: ArrayLike<number>, model: LoadedModel, index: number): TemplateResult | null {
  const id = ids[index];
  if (id === undefined) return null;
  const bytes = tokenBytes(model.vocabulary, id);
  const hex = hexBytes(bytes);
  return html`
    <h3 class="token-text">${tokenView(model.vocabulary, id)}</h3>
    <dl>
      <dt>${t('id')}</dt>
      <dd>${id} <span class="quiet">${filled(t('of {0}'), thousands(model.info.vocabularySize))}</span></dd>
      <dt>${t('place')}</dt>
      <dd>
        ${thousands(index + 1)} <span class="quiet">${filled(t('of {0}'), thousands(ids.length))}</span>
      </dd>
      <dt>${bytes.length === 1 ? t('byte') : t('bytes')}</dt>
      <dd class="code">${hex}</dd>
    </dl>
    ${
      index + 1 < ids.length
        ? html`<p class="quiet">${t('Click or press Enter to explore from here, without what follows.')}</p>`
        : nothing
    }
  `;
}

const seen = new WeakMap<Element, { ids: ArrayLike<number>; from: number; width: number }>();

/** A new prompt is shown from its end; earlier chips are added without moving the ones in view. */
function keepAtEnd(ids: ArrayLike<number>, from: number): (element?: Element) => void {
  return (element) => {
    if (!element) return;
    const before = seen.get(element);
    if (before?.ids === ids && before.from === from) return;
    // The chips are drawn after this call, and in place before they are seen.
    queueMicrotask(() => {
      if (before?.ids === ids) element.scrollLeft += element.scrollWidth - before.width;
      else element.scrollLeft = element.scrollWidth;
      seen.set(element, { ids, from, width: element.scrollWidth });
    });
  };
}
