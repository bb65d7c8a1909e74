import * as vscode from 'vscode';

/** The extension's settings, read when they are needed so that a change takes effect at once. */
export const settings = {
  /** Id of the model that a new panel starts with. */
  defaultModel(): string {
    const value: unknown = vscode.workspace.getConfiguration('decodingLab').get('defaultModel');
    return typeof value === 'string' && value !== '' ? value : 'fireside';
  },
};
