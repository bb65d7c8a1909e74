/**
 * One stop of the Tab key for a group, arrows within it. The group's elements carry `data-rove`; the one that had
 * the focus last is the stop.
 */

export type Axis = 'horizontal' | 'vertical' | 'both';

/** Where a key leads from item `index` of `length`; null when the key is none of the axis. */
export function roveTo(key: string, index: number, length: number, axis: Axis): number | null {
  const last = length - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const horizontal = axis !== 'vertical';
  const vertical = axis !== 'horizontal';
  if ((key === 'ArrowRight' && horizontal) || (key === 'ArrowDown' && vertical))
    return Math.min(last, index + 1);
  if ((key === 'ArrowLeft' && horizontal) || (key === 'ArrowUp' && vertical)) return Math.max(0, index - 1);
  return null;
}

/** Moves the focus within the group that the event happened in. */
export function rove(event: KeyboardEvent, axis: Axis): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const group = event.currentTarget as HTMLElement;
  const items = [...group.querySelectorAll<HTMLElement>('[data-rove]')];
  const index = items.findIndex((item) => item === event.target);
  if (index < 0) return;
  const to = roveTo(event.key, index, items.length, axis);
  if (to === null) return;
  event.preventDefault();
  items[to]?.focus();
}

/** Makes the focused item the group's stop; to be called on `focusin`. */
export function keepStop(event: FocusEvent): void {
  const group = event.currentTarget as HTMLElement;
  const item = event.target as HTMLElement;
  if (!item.hasAttribute('data-rove')) return;
  for (const other of group.querySelectorAll<HTMLElement>('[data-rove][tabindex="0"]')) other.tabIndex = -1;
  item.tabIndex = 0;
}

/**
 * Replaces a group's items: its stop, and the focus where it was on that, go to the new item with the same
 * `data-card`.
 */
export function keepingStop(group: Element, replace: () => void): void {
  const before = group.querySelector('[data-rove][tabindex="0"]');
  const reference = before?.getAttribute('data-card');
  const focused = before !== null && before === document.activeElement;
  replace();
  if (reference === undefined || reference === null) return;
  const after = group.querySelector<SVGElement>(`[data-card="${CSS.escape(reference)}"]`);
  if (!after) return;
  group.querySelector('[data-rove][tabindex="0"]')?.setAttribute('tabindex', '-1');
  after.setAttribute('tabindex', '0');
  if (focused) after.focus({ preventScroll: true });
}
