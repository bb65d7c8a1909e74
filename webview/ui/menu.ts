/** A list that opens from a button, as a `details` element: it closes when it is left. */

export function closeWhenLeft(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) menu.open = false;
}

/** Escape closes it, and nothing else. @returns whether the key was that */
export function closeOnEscape(event: KeyboardEvent): boolean {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== 'Escape' || !menu.open) return false;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector('summary')?.focus();
  return true;
}
