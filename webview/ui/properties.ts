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

  /** The properties that differ from the ones set before. */
  render(values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
    const changed = Object.entries(values).filter(([name, value]) => this.#previous[name] !== value);
    this.#previous = values;
    return changed;
  }

  override update(part: ElementPart, [values]: [Readonly<Record<string, string>>]): unknown {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of this.render(values)) style.setProperty(name, value);
    return noChange;
  }
}

export const properties = directive(Properties);
