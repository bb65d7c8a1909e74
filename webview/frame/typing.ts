/** Where letters are typed, or choose among options. */
const TYPING =
  'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [contenteditable], vscode-dropdown, vscode-text-field, vscode-text-area';

/** Whether a key belongs to what is typed, so that it means nothing else. */
export function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return target instanceof Element && target.closest(TYPING) !== null;
}
