/** Computes the scale of tints, and what is written on bars, from the theme's colours, now and whenever it changes. */
import { cssColour, inkOn, parseColour, tintScale, type Rgb } from './format/colour';

/** The orange of charts in themes that have none. */
const ORANGE: Rgb = [209, 134, 22];

/**
 * Keeps the custom properties `--tint-0` to `--tint-6`, `--tint-text`, `--on-blue` and `--on-orange` of the document
 * up to date.
 */
export function followTheme(): void {
  const apply = (): void => {
    const background = resolve('var(--vscode-editor-background, #1e1e1e)', [30, 30, 30]);
    const hue = resolve('var(--vscode-charts-blue, #3794ff)', [55, 148, 255], background);
    const foreground = resolve('var(--vscode-foreground, #cccccc)', [204, 204, 204], background);
    const { tints, text } = tintScale(background, hue, foreground);
    const { style } = document.body;
    tints.forEach((tint, index) => {
      style.setProperty(`--tint-${index}`, cssColour(tint));
    });
    style.setProperty('--tint-text', cssColour(text));
    style.setProperty('--on-blue', cssColour(inkOn(resolve('var(--chart-blue)', hue))));
    style.setProperty('--on-orange', cssColour(inkOn(resolve('var(--chart-orange)', ORANGE))));
  };
  apply();
  // VS Code changes the theme by the root's style (its variables) and the body's class (its kind).
  const observer = new MutationObserver(apply);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** A CSS colour as the browser resolves it here. */
function resolve(colour: string, fallback: Rgb, over?: Rgb): Rgb {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const resolved = parseColour(getComputedStyle(probe).color, over);
  probe.remove();
  return resolved ?? fallback;
}
