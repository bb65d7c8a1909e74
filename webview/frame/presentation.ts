/** A result shown large, for a room: one picture with its sentence at a time, and nothing beside it. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { afterDraw } from '../ui/afterDraw';
import { chart } from '../ui/figureView';
import type { Picture } from '../ui/picture';
import { unbroken } from './answerView';
import { isTyping } from './typing';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';
import { thousands } from '../format/numbers';

/** What is seen at one time. */
export interface Slide {
  readonly heading: string;
  /** How to read it, or what else is to be said. */
  readonly caption: string;
  /** A picture, drawn as large as there is room, or something else to see. */
  readonly picture?: Picture;
  readonly view?: TemplateResult;
}

/** The answer with its first picture, then every other picture. @param sentences the first is the answer */
export function slidesOf(sentences: readonly string[], pictures: readonly Picture[]): Slide[] {
  const [heading = '', ...others] = sentences;
  const [first, ...further] = pictures;
  if (!first) return [{ heading, caption: others.join(' ') }];
  const { title, description } = first;
  return [
    { heading, caption: `${title}. ${description}`, picture: first },
    ...further.map((picture) => ({ heading: picture.title, caption: picture.description, picture })),
  ];
}

/** What a key does to the number of the slide; null where it does nothing. */
export function slideAt(key: string, at: number, length: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
    case 'PageDown':
      return Math.min(length - 1, at + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
    case 'PageUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return null;
  }
}

const ID = 'presentation';

export class Presentation {
  readonly #slides: () => readonly Slide[];
  /** Number of the slide on screen, from 0; null while none is. */
  readonly #at = signal<number | null>(null);
  /** What had the focus before. */
  #opener: Element | null = null;

  /** @param slides those of the active tab: none while it has nothing to show */
  constructor(slides: () => readonly Slide[]) {
    this.#slides = slides;
  }

  get isOpen(): boolean {
    return this.#at.value !== null && this.#slides().length > 0;
  }

  open(): void {
    if (this.isOpen || this.#slides().length === 0) return;
    this.#opener = document.activeElement;
    this.#at.value = 0;
  }

  close(): void {
    if (this.#at.value === null) return;
    this.#at.value = null;
    const opener = this.#opener;
    afterDraw(() => {
      if (opener instanceof HTMLElement || opener instanceof SVGElement) opener.focus();
    });
  }

  /** Takes a key of the page; false where it means nothing here. */
  key(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
    if (ctrlKey || metaKey || altKey || defaultPrevented) return false;
    const present = key.toLowerCase() === 'p' && !isTyping(event);
    // What had slides may have none any more.
    const at = this.isOpen ? this.#at.value : null;
    if (at === null) {
      if (!present) return false;
      this.open();
      return this.isOpen;
    }
    if (present || key === 'Escape') {
      event.preventDefault();
      this.close();
      return true;
    }
    const to = slideAt(key, at, this.#slides().length);
    if (to === null) return false;
    event.preventDefault();
    this.#at.value = to;
    return true;
  }

  /** @param card the page's card, which stands over the slide, or alone where there is none */
  view(card: TemplateResult): TemplateResult {
    const slides = this.#at.value === null ? [] : this.#slides();
    if (slides.length === 0) return card;
    const at = Math.min(this.#at.value ?? 0, slides.length - 1);
    const slide = slides[at];
    const go = (to: number): void => {
      this.#at.value = to;
    };
    return html`<dialog
      id=${ID}
      class="presentation"
      data-testid="presentation"
      aria-labelledby="slide-heading"
      tabindex="-1"
      @cancel=${() => {
        this.close();
      }}
    >
      <section class="slide" aria-live="polite">
        <h2 id="slide-heading" data-testid="slide-heading">${unbroken(slide?.heading ?? '')}</h2>
        ${
          slide?.picture
            ? html`<div
                class="slide-picture"
                data-testid="slide-picture"
                ${chart(slide.picture, 'whole')}
              ></div>`
            : html`<div class="slide-view">${slide?.view ?? nothing}</div>`
        }
        <p class="slide-caption">${slide?.caption}</p>
      </section>
      <nav class="slide-bar" aria-label=${t('Presentation')}>
        <button
          type="button"
          data-testid="slide-previous"
          ?disabled=${at <= 0}
          @click=${() => {
            go(at - 1);
          }}
        >
          ${t('‹ Previous')}
        </button>
        <span data-testid="slide-number"
          >${filled(t('{0} of {1}'), thousands(at + 1), thousands(slides.length))}</span
        >
        <button
          type="button"
          data-testid="slide-next"
          ?disabled=${at >= slides.length - 1}
          @click=${() => {
            go(at + 1);
          }}
        >
          ${t('Next ›')}
        </button>
        <button
          type="button"
          class="slide-leave"
          data-testid="slide-leave"
          title=${t('Escape')}
          @click=${() => {
            this.close();
          }}
        >
          ${t('Close')}
        </button>
      </nav>
      ${card}
    </dialog>`;
  }

  /** Brings it over the page; to be called after the page was drawn. */
  place(): void {
    const dialog = document.querySelector<HTMLDialogElement>(`#${ID}`);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // Its heading is read out, and no button has the focus that a key could press unseen.
    dialog.focus();
  }
}
