import { html, noChange, type TemplateResult } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';
import { SCREEN } from './palette';
import { drawPicture, type Picture } from './picture';
import { keepingStop, keepStop, rove } from './roving';

export interface FigureProps {
  readonly picture: Picture;
  /** null while there is no whole picture to be exported. */
  readonly onExport: (() => void) | null;
}

/** A picture with its title, its text alternative, and a button that writes it into a file. */
export function figureView({ picture, onExport }: FigureProps): TemplateResult {
  return html`<figure class="figure" data-testid="picture" data-picture=${picture.id}>
    <div class="section-head">
      <h2>${picture.title}</h2>
      <button
        type="button"
        class="link"
        data-testid="export-svg"
        title="Write this picture into a file"
        ?disabled=${onExport === null}
        @click=${onExport}
      >
        SVG
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
    <figcaption class="quiet">${picture.description}</figcaption>
  </figure>`;
}

/** Draws a picture into an element, and again whenever the element's width changes. */
class Chart extends AsyncDirective {
  #picture: Picture | undefined;
  #element: Element | undefined;
  #width = 0;
  readonly #observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width > 0 && width !== this.#width) this.#draw(width);
  });

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('chart() belongs to an element');
  }

  override update(part: ElementPart, [picture]: [Picture]): unknown {
    if (!this.#element) {
      this.#element = part.element;
      this.#observer.observe(part.element);
    }
    return this.render(picture);
  }

  render(picture: Picture): unknown {
    if (picture !== this.#picture) {
      this.#picture = picture;
      if (this.#width > 0) this.#draw(this.#width);
    }
    return noChange;
  }

  override disconnected(): void {
    this.#observer.disconnect();
  }

  override reconnected(): void {
    if (this.#element) this.#observer.observe(this.#element);
  }

  #draw(width: number): void {
    this.#width = width;
    const [picture, element] = [this.#picture, this.#element];
    if (!picture || !element) return;
    const drawn = drawPicture(picture, { width, palette: SCREEN });
    keepingStop(element, () => {
      element.replaceChildren(drawn);
    });
  }
}

/** Draws a picture into the element that it stands on. */
export const chart = directive(Chart);
