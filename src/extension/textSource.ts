/** Whole texts for experiments that need more than a prompt: a document, a file, a folder, or the book's example. */
import * as vscode from 'vscode';
import { isTheVerdict } from '../experiments/publishedLosses';
import { THE_VERDICT_ADDRESS } from '../experiments/theVerdict';
import type { TextSource } from '../protocol/messages';
import { decodeText } from './decodeText';
import { readFolderTexts, type FolderEntry } from './textFolder';

/** Why there is no text, as a sentence for people. */
export class TextError extends Error {
  /** True when the person did not want one after all. */
  readonly declined: boolean;

  constructor(sentence: string, declined = false) {
    super(sentence);
    this.declined = declined;
  }
}

export interface NamedText {
  /** For people: a file's name. */
  readonly name: string;
  readonly text: string;
}

/** Largest file, in bytes: a text of so many is far above a book. */
const MOST_BYTES = 50_000_000;

/** How long a download of a small text may take, in milliseconds. */
const PATIENCE = 60_000;

/**
 * @param document where the present prompt stands, if it stands somewhere
 * @throws TextError
 */
export async function readText(from: TextSource, document: vscode.Uri | undefined): Promise<NamedText> {
  switch (from) {
    case 'document':
      return readDocument(document ?? vscode.window.visibleTextEditors[0]?.document.uri);
    case 'file':
      return chooseFile('Choose a text file');
    case 'folder':
      return chooseFolder();
    case 'verdict':
      return readVerdict();
  }
}

async function readDocument(uri: vscode.Uri | undefined): Promise<NamedText> {
  if (!uri) throw new TextError('No document is open. Open a text in an editor, or choose a file.');
  const document = await vscode.workspace.openTextDocument(uri);
  return { name: vscode.workspace.asRelativePath(uri, false), text: document.getText() };
}

async function chooseFile(title: string): Promise<NamedText> {
  const [uri] = (await vscode.window.showOpenDialog({ title, openLabel: 'Use This Text' })) ?? [];
  if (!uri) throw new TextError('No file was chosen.', true);
  const name = vscode.workspace.asRelativePath(uri, false);
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MOST_BYTES) {
    throw new TextError(
      `${name} has ${size.toLocaleString('en')} bytes; at most ${MOST_BYTES.toLocaleString('en')} can be read. Choose a part of it.`,
    );
  }
  const text = decodeText(await vscode.workspace.fs.readFile(uri));
  if (text === null) throw new TextError(`${name} is not a text in UTF-8. Choose a text file.`);
  return { name, text };
}

async function chooseFolder(): Promise<NamedText> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: 'Choose a folder of text files',
      openLabel: 'Use These Texts',
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  if (!folder) throw new TextError('No folder was chosen.', true);
  const name = vscode.workspace.asRelativePath(folder, false);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Reading ${name}`, cancellable: true },
    (progress, token) => readFolder(folder, name, progress, token),
  );
}

async function readFolder(
  folder: vscode.Uri,
  name: string,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<NamedText> {
  const stop = new AbortController();
  token.onCancellationRequested(() => {
    stop.abort();
  });
  const { fs } = vscode.workspace;
  const at = (path: string): vscode.Uri => (path === '' ? folder : vscode.Uri.joinPath(folder, path));
  try {
    const { text, files, leftOut } = await readFolderTexts(
      {
        list: async (path) =>
          (await fs.readDirectory(at(path))).map(([entry, type]) => ({ name: entry, kind: kindOf(type) })),
        size: async (path) => (await fs.stat(at(path))).size,
        read: async (path) => fs.readFile(at(path)),
      },
      {
        signal: stop.signal,
        mostBytes: MOST_BYTES,
        onProgress: (done, total) => {
          progress.report({ message: `${done.toLocaleString('en')} of ${total.toLocaleString('en')} files` });
        },
      },
    );
    const others = leftOut === 0 ? '' : `; ${leftOut.toLocaleString('en')} others are no text`;
    return { name: `${name} (${files.toLocaleString('en')} files${others})`, text };
  } catch (error) {
    if (stop.signal.aborted) throw new TextError('The reading was stopped.', true);
    throw new TextError(error instanceof Error ? error.message : String(error));
  }
}

function kindOf(type: vscode.FileType): FolderEntry['kind'] {
  if (type === vscode.FileType.File) return 'file';
  return type === vscode.FileType.Directory ? 'folder' : 'other';
}

/** Downloads the book's text with the person's consent, or takes it from a file where there is no network. */
async function readVerdict(): Promise<NamedText> {
  const download = 'Download';
  const choose = 'Choose a File';
  const answer = await vscode.window.showInformationMessage(
    'Get "The Verdict" by Edith Wharton (1908, public domain, 20 kB)?',
    { modal: true, detail: `It is downloaded from ${new URL(THE_VERDICT_ADDRESS).host}; nothing is sent.` },
    download,
    choose,
  );
  if (answer === undefined) throw new TextError('The text was not wanted.', true);
  const found = answer === choose ? await chooseFile('Choose the text of The Verdict') : await fetchVerdict();
  if (isTheVerdict(found.text)) return { ...found, name: 'The Verdict' };
  void vscode.window.showWarningMessage(
    `${found.name} is not The Verdict as the book uses it, so the book's losses do not apply to it.`,
  );
  return found;
}

async function fetchVerdict(): Promise<NamedText> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Downloading The Verdict', cancellable: true },
    async (_, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => {
        stop.abort();
      });
      try {
        const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE)]);
        const response = await fetch(THE_VERDICT_ADDRESS, { signal });
        if (!response.ok) throw new Error(`the server answers with status ${response.status}`);
        const text = decodeText(new Uint8Array(await response.arrayBuffer()));
        if (text === null) throw new Error('what came is not a text');
        return { name: 'The Verdict', text };
      } catch (error) {
        if (stop.signal.aborted) throw new TextError('The download was stopped.', true);
        const why = error instanceof Error ? error.message : String(error);
        throw new TextError(
          `The Verdict could not be downloaded: ${why}. Try again, or choose a file that has it.`,
        );
      }
    },
  );
}
