/** The extension's first import: its language is VS Code's, if there is a bundle for it, and the page's and the processes' too. */
import * as vscode from 'vscode';
import { environmentFor } from '../l10n/environment';
import { speak, spoken } from '../l10n/place';

const { bundle } = vscode.l10n;
if (bundle) speak({ tag: vscode.env.language, bundle });

/** For the environment of the processes that the extension forks. */
export function languageEnvironment(): Record<string, string> {
  const file = vscode.l10n.uri?.fsPath;
  const language = spoken();
  return language && file !== undefined ? environmentFor({ tag: language.tag, file }) : {};
}

/** A script for the page, to be run before its others; nothing where that speaks English. */
export function languageScript(): string {
  const language = spoken();
  if (!language) return '';
  // A sentence cannot end the script.
  const json = JSON.stringify(language).replaceAll('<', '\\u003c');
  return `globalThis[Symbol.for('decoding-lab.language')] = ${json};`;
}
