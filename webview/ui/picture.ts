/** Pictures: drawn by Observable Plot at any width, on screen and into files. */
import { plot, type PlotOptions } from '@observablehq/plot';
import type { TemplateResult } from 'lit';
import { PAPER, type Palette } from './palette';

export interface Frame {
  /** In CSS pixels. */
  readonly width: number;
  readonly palette: Palette;
}

/** A picture of a result. Make it once per result: it is drawn again only when it is another object. */
export interface Picture {
  /** Short, for file names and cards: `curve`. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in words, with the numbers that matter: its text alternative. */
  readonly description: string;
  readonly draw: (frame: Frame) => Drawing;
  /** What the card of a mark says; `index` is that of the mark's datum. */
  readonly card?: (mark: string, index: number) => TemplateResult | null;
}

export interface Drawing {
  readonly options: PlotOptions;
  /**
   * Marks that have cards and can be reached by keyboard: the `className` that each was given, and the label of
   * its data for screen readers.
   */
  readonly marks?: Readonly<Record<string, (index: number) => string>>;
}

/** Pixels between the letters' box and the picture's edge, and the size of its letters. */
const FONT_SIZE = 12;

/** Width of pictures in files. */
const PAPER_WIDTH = 760;

/** The picture as an element for the page; its marks carry `data-card="mark:<picture>:<mark>:<index>"`. */
export function drawPicture(picture: Picture, frame: Frame): SVGSVGElement {
  const { options, marks = {} } = picture.draw(frame);
  const svg = render(options, frame);
  svg.setAttribute('role', Object.keys(marks).length > 0 ? 'group' : 'img');
  svg.setAttribute('aria-label', picture.title);
  let first = true;
  for (const [name, label] of Object.entries(marks)) {
    for (const { element, index } of elementsOf(svg, name)) {
      element.setAttribute('data-card', `mark:${picture.id}:${name}:${index}`);
      element.setAttribute('data-rove', '');
      element.setAttribute('tabindex', first ? '0' : '-1');
      element.setAttribute('role', 'img');
      element.setAttribute('aria-label', label(index));
      first = false;
    }
  }
  return svg;
}

/** The picture as the text of an SVG file. */
export function pictureFile(picture: Picture): string {
  const frame = { width: PAPER_WIDTH, palette: PAPER };
  const svg = render(picture.draw(frame).options, frame);
  const { ownerDocument: document } = svg;
  const element = (name: string, content: string): Element => {
    const created = document.createElementNS(svg.namespaceURI, name);
    created.textContent = content;
    return created;
  };
  const page = element('rect', '');
  page.setAttribute('width', '100%');
  page.setAttribute('height', '100%');
  page.setAttribute('fill', PAPER.page);
  svg.prepend(element('title', picture.title), element('desc', picture.description), page);
  svg.setAttribute('role', 'img');
  return new XMLSerializer().serializeToString(svg);
}

function render(options: PlotOptions, { width, palette }: Frame): SVGSVGElement {
  // Plot adds a style element, which the page's content security policy forbids: it is drawn into a document
  // without a window, where nothing is applied, and the element is taken out. The page's own styles replace it.
  const document = window.document.implementation.createHTMLDocument();
  const drawn = plot({ ...options, width, document, figure: false });
  const svg = drawn as SVGSVGElement & ReturnType<typeof plot>;
  svg.querySelector('style')?.remove();
  // It calls each layer by its kind ("rule", "dot"), which says nothing and is no name without a role.
  for (const layer of svg.querySelectorAll('g[aria-label]')) layer.removeAttribute('aria-label');
  svg.setAttribute('color', palette.text);
  svg.setAttribute('font-family', palette.font);
  svg.setAttribute('font-size', String(FONT_SIZE));
  svg.setAttribute('class', 'plot');
  return svg;
}

/** The elements of the mark with this class, each with the index of its datum, which d3 keeps on it. */
function elementsOf(svg: SVGSVGElement, name: string): { element: Element; index: number }[] {
  const groups = [...svg.querySelectorAll(`.${name}`)];
  return groups.flatMap((group) =>
    [...group.children].flatMap((element) => {
      const index: unknown = (element as { __data__?: unknown }).__data__;
      return typeof index === 'number' ? [{ element, index }] : [];
    }),
  );
}
