import * as vscode from 'vscode';

/**
 * A text that is held as data (what the catalogue says of a model), in the language of VS Code. `scripts/l10n/data.ts`
 * lists where such texts come from.
 */
export const known = (english: string): string => vscode.l10n.t(english);
