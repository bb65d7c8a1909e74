/** Where the page is one column its settings fold to their line, and the answer has the screen below that. */
import { afterDraw } from '../ui/afterDraw';

/** Takes the focus out of fields that are about to be folded away. */
export function leaveSettings(): void {
  const line = settingsLine();
  if (line?.parentElement?.querySelector('.fields')?.contains(document.activeElement)) line.focus();
}

/** Scrolls so that the answer's room begins at the top. */
export function showAnswer(): void {
  afterDraw(() => {
    settingsLine()?.parentElement?.scrollIntoView({ block: 'start' });
  });
}

/** The line that the settings fold to; null where they stand beside the answer. */
function settingsLine(): HTMLElement | null {
  const line = document.querySelector<HTMLElement>('.experiment > .settings > .drawer');
  return line === null || line.offsetParent === null ? null : line;
}
