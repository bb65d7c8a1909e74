import { noChange } from 'lit';
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

/**
 * Sets CSS properties of an element through the CSSOM: `<i ${properties({ '--share': '0.3' })}>`. Lit's own
 * `styleMap` writes a style attribute the first time, which the page's content security policy forbids.
 */
class Properties extends Directive {
  #previous: Readonly<Record<string, string>> = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('properties() belongs to an element');
  }

  render(values: Readonly<Record<string, string>>): unknown {
    void values;
    return noChange;
  }

  override update(part: ElementPart, [values]: [Readonly<Record<string, string>>]): unknown {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(values)) {
      if (this.#previous[name] !== value) style.setProperty(name, value);
    }
    this.#previous = values;
    return noChange;
  }
}

export const properties = directive(Properties);
