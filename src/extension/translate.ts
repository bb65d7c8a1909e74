/** `vscode.l10n.t` for modules that do without VS Code: they are given it, and speak English otherwise. */

/** @param message English, with `{0}`, `{1}` ... for the arguments; the key to its translation */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;

export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (place, index) => String(args[Number(index)] ?? place));
