/** Least height of bars, in pixels, that shows what a control does. */
const ENOUGH = 120;

/**
 * Scrolls to the bars where a control is moved that changes them and they are out of sight. A slider is asked once, as
 * it is taken hold of: to measure the page costs time in every frame.
 */
export function keepBarsInView(event: Event): void {
  const isSlider = event.target instanceof HTMLInputElement && event.target.type === 'range';
  if (isSlider === (event.type === 'input')) return;
  const page = event.currentTarget as HTMLElement;
  const settings = page.querySelector('.settings');
  const bars = page.querySelector<HTMLElement>('.bars');
  if (!settings || !bars || !(event.target instanceof Node) || !settings.contains(event.target)) return;
  const isOver = getComputedStyle(settings).position === 'sticky';
  const top = isOver ? settings.getBoundingClientRect().bottom : 0;
  const place = bars.getBoundingClientRect();
  if (place.bottom >= top + ENOUGH && place.top <= window.innerHeight - ENOUGH) return;
  bars.style.setProperty('scroll-margin-top', `${top}px`);
  bars.scrollIntoView({ block: 'start' });
}
