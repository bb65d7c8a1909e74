import * as vscode from 'vscode';

/**
 * A text that a module without VS Code holds as data (a preset's name, a form of weights), in the language of
 * VS Code. The unit test of the translations lists the modules that such texts come from.
 */
export const known = (english: string): string => vscode.l10n.t(english);
