import { html, noChange, type TemplateResult } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';
import type { Fold } from './folds';
import { SCREEN } from './palette';
import { drawPicture, type Picture } from './picture';
import { keepingStop, keepStop, rove } from './roving';
import { t } from '../../src/l10n/language';

export interface FigureProps {
  readonly picture: Picture;
  /** Stands in the place of its title, and says what it shows. */
  readonly head?: TemplateResult | undefined;
  /** Of how to read it, where that takes more than a line or two. */
  readonly caption: Fold;
  /** null while there is no whole picture to be exported. */
  readonly onExport: (() => void) | null;
}

/** Characters of a description that stands open under its picture. */
const SHORT = 120;

/** A picture with its title, its text alternative, and a button that writes it into a file. */
export function figureView({ picture, head, caption, onExport }: FigureProps): TemplateResult {
  return html`<figure class="figure" data-testid="picture" data-picture=${picture.id}>
    <div class="section-head">
      ${head ?? html`<h2>${picture.title}</h2>`}
      <button
        type="button"
        class="link"
        data-testid="export-svg"
        title=${t('Save this picture as a file')}
        ?disabled=${onExport === null}
        @click=${onExport}
      >
        ${t('SVG')}
      </button>
    </div>
    <div
      class="chart"
      @keydown=${(event: KeyboardEvent) => {
        rove(event, 'both');
      }}
      @focusin=${keepStop}
      ${chart(picture)}
    ></div>
    <figcaption class="quiet">${captionView(picture.description, caption)}</figcaption>
  </figure>`;
}

function captionView(description: string, { open, onToggle }: Fold): TemplateResult {
  if (description.length <= SHORT) return html`${description}`;
  return html`<details data-testid="caption" .open=${open} @toggle=${onToggle}>
    <summary>${t('How to read this picture')}</summary>
    ${description}
  </details>`;
}

/** How a picture fits its element: as wide as it is, or large, and whole where it can be. */
type Fit = 'wide' | 'whole';

/** A whole picture is so many times as large as on the page at the most and at the least, and drawn at least so many pixels wide. */
const LARGEST = 3;
const SMALLEST = 0.8;
const LEAST_WIDTH = 420;

/** Draws a picture into an element, and again whenever the element's size changes. */
class Chart extends AsyncDirective {
  #picture: Picture | undefined;
  #element: Element | undefined;
  #fit: Fit = 'wide';
  #width = 0;
  #height = 0;
  readonly #observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    const height = this.#fit === 'whole' ? Math.floor(entry?.contentRect.height ?? 0) : 0;
    if (width <= 0 || (width === this.#width && height === this.#height)) return;
    this.#width = width;
    this.#height = height;
    this.#draw();
  });

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('chart() belongs to an element');
  }

  override update(part: ElementPart, [picture, fit]: [Picture, Fit?]): unknown {
    if (!this.#element) {
      this.#element = part.element;
      this.#observer.observe(part.element);
    }
    return this.render(picture, fit);
  }

  render(picture: Picture, fit: Fit = 'wide'): unknown {
    this.#fit = fit;
    if (picture !== this.#picture) {
      this.#picture = picture;
      if (this.#width > 0) this.#draw();
    }
    return noChange;
  }

  override disconnected(): void {
    this.#observer.disconnect();
  }

  override reconnected(): void {
    if (this.#element) this.#observer.observe(this.#element);
  }

  #draw(): void {
    const [picture, element] = [this.#picture, this.#element];
    if (!picture || !element) return;
    const drawn = this.#fit === 'wide' ? this.#drawn(picture, 1) : this.#whole(picture);
    keepingStop(element, () => {
      element.replaceChildren(drawn);
    });
  }

  /** As large as it can be without hiding a part of it; pictures are as high as their rows ask, at any width. */
  #whole(picture: Picture): SVGSVGElement {
    const height = Number(this.#drawn(picture, 1).getAttribute('height'));
    const scale = Math.min(this.#height / height, this.#width / LEAST_WIDTH, LARGEST);
    return this.#drawn(picture, Math.max(SMALLEST, scale));
  }

  /** Letters and lines grow with it: it is drawn for a narrower place and magnified by its `viewBox`. */
  #drawn(picture: Picture, scale: number): SVGSVGElement {
    const drawn = drawPicture(picture, { width: Math.round(this.#width / scale), palette: SCREEN });
    for (const side of ['width', 'height']) {
      drawn.setAttribute(side, String(Number(drawn.getAttribute(side)) * scale));
    }
    return drawn;
  }
}

/** Draws a picture into the element that it stands on. */
export const chart = directive(Chart);
