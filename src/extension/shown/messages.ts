/** Messages, questions and progress: text goes to VS Code through `forLine`. */
import * as vscode from 'vscode';
import { forLine } from './quote';

/** A message that nobody waits for an answer to, unless it has buttons. */
export const tell = {
  information: (sentence: string, ...buttons: readonly string[]): Thenable<string | undefined> =>
    vscode.window.showInformationMessage(forLine(sentence), ...buttons),
  warning: (sentence: string, ...buttons: readonly string[]): Thenable<string | undefined> =>
    vscode.window.showWarningMessage(forLine(sentence), ...buttons),
  error: (sentence: string, ...buttons: readonly string[]): Thenable<string | undefined> =>
    vscode.window.showErrorMessage(forLine(sentence), ...buttons),
};

export interface Question {
  readonly question: string;
  /** Said below it, smaller. */
  readonly detail?: string;
  /** Something would be lost. */
  readonly warns?: boolean;
}

/** A dialog that must be answered; undefined where it was closed. */
export function ask(
  { question, detail, warns = false }: Question,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  const options = { modal: true, ...(detail !== undefined && { detail: forLine(detail) }) };
  return warns
    ? vscode.window.showWarningMessage(forLine(question), options, ...buttons)
    : vscode.window.showInformationMessage(forLine(question), options, ...buttons);
}

export type Steps = vscode.Progress<{ message?: string; increment?: number }>;

/** A notification with progress and a way to stop, for as long as the work takes. */
export function showProgress<T>(
  title: string,
  work: (progress: Steps, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: forLine(title),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (progress, token) =>
    work(
      {
        report: ({ message, ...step }) => {
          progress.report({ ...step, ...(message !== undefined && { message: forLine(message) }) });
        },
      },
      token,
    ),
  );
}
