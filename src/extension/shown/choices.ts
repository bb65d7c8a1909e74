/** Lists, input boxes and file dialogs: text goes to VS Code through `forLine`. */
import * as vscode from 'vscode';
import { forLine } from './quote';

/** A row of a list. */
export interface Choice {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly iconPath?: vscode.ThemeIcon;
  readonly picked?: boolean;
}

export interface ListOptions {
  readonly title: string;
  readonly placeHolder?: string;
  readonly matchOnDescription?: boolean;
  readonly matchOnDetail?: boolean;
}

interface Shown<T> extends vscode.QuickPickItem {
  readonly item: T;
}

const shown = <T extends Choice>(item: T): Shown<T> => {
  const { label, description, detail, iconPath, picked } = item;
  return {
    label: forLine(label),
    ...(description !== undefined && { description: forLine(description) }),
    ...(detail !== undefined && { detail: forLine(detail) }),
    ...(iconPath !== undefined && { iconPath }),
    ...(picked !== undefined && { picked }),
    item,
  };
};

const quoted = ({ title, placeHolder, ...options }: ListOptions): vscode.QuickPickOptions => ({
  ...options,
  title: forLine(title),
  ...(placeHolder !== undefined && { placeHolder: forLine(placeHolder) }),
});

/** One row of a list; undefined where it was closed. */
export async function choose<T extends Choice>(
  items: readonly T[],
  options: ListOptions,
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items.map(shown), quoted(options)))?.item;
}

/** Any rows of a list; undefined where it was closed. */
export async function chooseSeveral<T extends Choice>(
  items: readonly T[],
  options: ListOptions,
): Promise<T[] | undefined> {
  const chosen = await vscode.window.showQuickPick(items.map(shown), {
    ...quoted(options),
    canPickMany: true,
  });
  return chosen?.map(({ item }) => item);
}

export interface InputOptions {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly password?: boolean;
  /** It stays open where the user looks something up elsewhere. */
  readonly ignoreFocusOut?: boolean;
  /** What is wrong with what was typed; undefined where nothing is. */
  readonly validateInput?: (value: string) => string | undefined;
}

/** A line that a user types; undefined where the box was closed. */
export function askText({
  title,
  prompt,
  validateInput,
  ...options
}: InputOptions): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    ...options,
    title: forLine(title),
    prompt: forLine(prompt),
    ...(validateInput && {
      validateInput: (value) => {
        const wrong = validateInput(value);
        return wrong === undefined ? undefined : forLine(wrong);
      },
    }),
  });
}

/** A file or folder that is there; undefined where the dialog was closed. */
export async function chooseFile(
  options: vscode.OpenDialogOptions & { readonly title: string },
): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog({ ...options, title: forLine(options.title) }))?.[0];
}

/** A file to be written; undefined where the dialog was closed. */
export function chooseTarget(
  options: vscode.SaveDialogOptions & { readonly title: string },
): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({ ...options, title: forLine(options.title) });
}
