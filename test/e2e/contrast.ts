/** Contrast of text as WCAG 2 defines it, measured in the page: runs inside the browser, so it imports nothing. */

export interface Measured {
  readonly text: string;
  readonly ratio: number;
}

/**
 * The contrast of each element's text with what lies behind it: translucent backgrounds are laid over those of
 * the elements around, down to the first that is opaque.
 * Source: WCAG 2.2, "relative luminance" and "contrast ratio".
 */
export function contrasts(elements: (HTMLElement | SVGElement)[]): Measured[] {
  type Rgba = [number, number, number, number];
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  // Any CSS colour, also color-mix() and oklch(): the browser itself turns it into bytes.
  const parse = (colour: string): Rgba => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r!, g!, b!, a! / 255];
  };
  const over = (top: Rgba, bottom: Rgba): Rgba => {
    const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + bottom[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const background = (element: Element | null): Rgba => {
    if (element === null) return parse(getComputedStyle(document.documentElement).backgroundColor);
    const own = parse(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    const host = element.getRootNode();
    return over(own, background(element.parentElement ?? (host instanceof ShadowRoot ? host.host : null)));
  };
  const luminance = ([r, g, b]: Rgba): number => {
    const linear = (value: number): number => {
      const c = value / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  return elements.map((element) => {
    const behind = background(element);
    const text = over(parse(getComputedStyle(element).color), behind);
    const [light, dark] = [luminance(text), luminance(behind)].sort((a, b) => b - a);
    return { text: element.textContent, ratio: (light! + 0.05) / (dark! + 0.05) };
  });
}
