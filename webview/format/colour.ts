/** The scale in which the page paints probabilities: the theme's own colours, mixed so that text stays readable. */

/** Red, green, blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Least contrast of text on a tint: WCAG 2.2, success criterion 1.4.3. */
const READABLE = 4.5;

/** Lower ends of the tints above the first, in half decades. */
export const TINT_LIMITS: readonly number[] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

/** Which tint a probability has, from 0 (less than 0.1 %) to 6 (30 % and more). */
export function tintOf(probability: number): number {
  let tint = 0;
  while (tint < TINT_LIMITS.length && probability >= TINT_LIMITS[tint]!) tint += 1;
  return tint;
}

/** Reads `rgb(…)`, `rgba(…)` or `color(srgb …)`, as computed styles give them, over a background; null for others. */
export function parseColour(text: string, over: Rgb = [255, 255, 255]): Rgb | null {
  const match = /^(rgba?|color)\((?:srgb )?([^)]*)\)$/.exec(text.trim());
  if (!match) return null;
  const scale = match[1] === 'color' ? 255 : 1;
  const parts = match[2]!
    .split(/[\s,/]+/)
    .filter((part) => part !== '')
    .map(Number);
  const [red, green, blue, alpha = 1] = parts;
  if (red === undefined || green === undefined || blue === undefined || parts.some(Number.isNaN)) return null;
  return mix(over, [red * scale, green * scale, blue * scale], alpha);
}

/** `share` of `b` in `a`, in sRGB. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Relative luminance as WCAG 2.2 defines it. */
export function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio as WCAG 2.2 defines it, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Black or white, whichever is read better on a colour: one of them always has a contrast of 4.58 and more. */
export function inkOn(colour: Rgb): Rgb {
  return contrast(BLACK, colour) >= contrast(WHITE, colour) ? BLACK : WHITE;
}

export interface TintScale {
  /** Backgrounds from the least probable (the page's own) to the most probable. */
  readonly tints: readonly Rgb[];
  /** Text on them. */
  readonly text: Rgb;
}

/**
 * The tints of a theme: from its background as far towards `hue` as its text stays readable on every one of
 * them. Where the theme's own text is too weak to leave room for a scale, black or white takes its place.
 */
export function tintScale(background: Rgb, hue: Rgb, foreground: Rgb): TintScale {
  const steps = TINT_LIMITS.length;
  const reach = (text: Rgb): number => {
    for (let share = 0.9; share > 0; share -= 0.01) {
      if (contrast(text, mix(background, hue, share)) >= READABLE + 0.05) return share;
    }
    return 0;
  };
  const strong = inkOn(background);
  const enough = contrast(foreground, background) >= READABLE && reach(foreground) >= 0.2;
  const text = enough ? foreground : strong;
  const most = reach(text);
  const tints = Array.from({ length: steps + 1 }, (_, i) => mix(background, hue, (most * i) / steps));
  return { tints, text };
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
}
