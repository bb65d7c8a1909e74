import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';

/** Milliseconds before a card opens under a resting pointer, opens for a neighbour, and closes. */
const OPEN_AFTER = 250;
const NEXT_AFTER = 40;
const CLOSE_AFTER = 200;

/** The same for a neighbour of what has a card with buttons, which the pointer may be on its way to. */
const NEXT_AFTER_BUTTONS = 200;

/** Distance of the card from what it is about and from the window's edges, in pixels. */
const GAP = 6;

/**
 * The one floating card of the page. Whatever has a `data-card` attribute shows it on hover, focus and click;
 * it stays while the pointer is on it, and Escape closes it. A button in it with a `data-key` is pressed by that key.
 */
export class Card {
  readonly #content: (reference: string) => TemplateResult | null;
  readonly #shown = signal<Element | null>(null);
  #pointer = { x: -1, y: -1 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param content what a card says about a reference; null for none */
  constructor(content: (reference: string) => TemplateResult | null) {
    this.#content = content;
    document.addEventListener('pointerover', (event) => {
      this.#pointerOver(event);
    });
    document.addEventListener('focusin', (event) => {
      const anchor = anchorOf(event);
      if (anchor?.matches(':focus-visible')) this.#show(anchor);
    });
    document.addEventListener('focusout', (event) => {
      const { relatedTarget } = event;
      const intoCard = relatedTarget instanceof Element && relatedTarget.closest('#card') !== null;
      if (anchorOf(event) === this.#anchor && !intoCard) this.#later(CLOSE_AFTER, null);
    });
    document.addEventListener('keydown', (event) => {
      this.#key(event);
    });
    document.addEventListener('click', (event) => {
      const anchor = anchorOf(event);
      if (anchor) this.#show(anchor);
    });
    document.documentElement.addEventListener('pointerleave', () => {
      this.#later(CLOSE_AFTER, null);
    });
    const place = (): void => {
      this.place();
    };
    document.addEventListener('scroll', place, { capture: true, passive: true });
    window.addEventListener('resize', place);
  }

  get #anchor(): Element | null {
    return this.#shown.value;
  }

  /** Closes the card; false when none was open. */
  close(): boolean {
    const open = this.#anchor !== null;
    this.#show(null);
    return open;
  }

  /** To be drawn as the last element of the page. */
  view(): TemplateResult {
    this.#renew();
    const content = this.#anchor ? this.#content(this.#anchor.getAttribute('data-card') ?? '') : null;
    return html`<div id="card" class="card" role="tooltip" ?hidden=${content === null}>
      ${content ?? nothing}
    </div>`;
  }

  /** Puts the card beside its anchor; to be called after the page was drawn. */
  place(): void {
    const card = document.getElementById('card');
    this.#renew();
    if (!card || card.hidden || !this.#anchor) return;
    // A token that is broken over two lines has two boxes; the first is where reading it begins.
    const box = this.#anchor.getClientRects()[0] ?? this.#anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const { clientWidth, clientHeight } = document.documentElement;
    const below = box.bottom + GAP + height <= clientHeight;
    const top = below ? box.bottom + GAP : Math.max(GAP, box.top - GAP - height);
    const left = Math.max(GAP, Math.min(box.left, clientWidth - width - GAP));
    card.style.top = `${top}px`;
    card.style.left = `${left}px`;
  }

  /** Where the anchor was drawn anew, the card goes on with what took its place; without that it closes. */
  #renew(): void {
    const reference = this.#anchor?.getAttribute('data-card');
    if (!this.#anchor || this.#anchor.isConnected || typeof reference !== 'string') return;
    this.#show(document.querySelector(`[data-card="${CSS.escape(reference)}"]`));
  }

  #pointerOver(event: PointerEvent): void {
    const { clientX: x, clientY: y } = event;
    const still = x === this.#pointer.x && y === this.#pointer.y;
    this.#pointer = { x, y };
    // Something that moved under a resting pointer is not asked about.
    if (still || event.pointerType === 'touch') return;
    const anchor = anchorOf(event);
    const onCard = event.target instanceof Element && event.target.closest('#card') !== null;
    if (onCard || (anchor !== null && anchor === this.#anchor)) clearTimeout(this.#timer);
    else if (anchor) this.#later(this.#anchor ? nextAfter() : OPEN_AFTER, anchor);
    // What has the keyboard's focus keeps its card until the pointer asks for another.
    else if (!this.#anchor?.matches(':focus-visible')) this.#later(CLOSE_AFTER, null);
    else clearTimeout(this.#timer);
  }

  /** What a card offers can have keys, which work where the thing that it is about has the focus. */
  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#anchor) return;
    const button = document.querySelector<HTMLElement>(`#card [data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  #later(delay: number, anchor: Element | null): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#show(anchor);
    }, delay);
  }

  #show(anchor: Element | null): void {
    clearTimeout(this.#timer);
    if (anchor === this.#anchor) return;
    this.#anchor?.removeAttribute('aria-describedby');
    anchor?.setAttribute('aria-describedby', 'card');
    this.#shown.value = anchor;
  }
}

function nextAfter(): number {
  return document.querySelector('#card [data-key]') ? NEXT_AFTER_BUTTONS : NEXT_AFTER;
}

function anchorOf(event: Event): Element | null {
  return event.target instanceof Element ? event.target.closest('[data-card]') : null;
}
