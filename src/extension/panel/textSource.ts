/** Whole texts for experiments that need more than a prompt: a document, a file, a folder, or the book's example. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/messageOf';
import { USE_THE_VERDICT, type Offer } from '../../experiments/kit/offers';
import { isTheVerdict, THE_VERDICT_PATH } from '../../experiments/kit/theVerdict';
import { counted } from '../../l10n/language';
import type { TextSource } from '../../protocol/messages';
import { openTexts, visibleText } from '../document/activeText';
import { decodeText } from './decodeText';
import { textOf } from '../document/documentText';
import { count } from '../numbers';
import { choose, chooseFile } from '../shown/choices';
import { showProgress, type Steps } from '../shown/messages';
import { readFolderTexts, type FolderEntry } from './textFolder';

/** Why there is no text, as a sentence for people. */
export class TextError extends Error {
  /** True when the user did not want one after all. */
  readonly declined: boolean;
  /** What can be read in its place. */
  readonly offers: readonly Offer[];

  constructor(
    sentence: string,
    {
      declined = false,
      offers = [],
    }: { readonly declined?: boolean; readonly offers?: readonly Offer[] } = {},
  ) {
    super(sentence);
    this.declined = declined;
    this.offers = offers;
  }
}

export interface NamedText {
  /** For people: a file's name. */
  readonly name: string;
  readonly text: string;
}

/** The user did not choose one. */
const DECLINED = { declined: true };

/** Largest file, in bytes: a text of so many is far above a book. */
const MOST_BYTES = 50_000_000;

export interface TextPlaces {
  /** Where the present prompt stands, if it stands somewhere. */
  readonly document: vscode.Uri | undefined;
  /** The extension's folder. */
  readonly extension: vscode.Uri;
}

/** @throws TextError */
export async function readText(from: TextSource, { document, extension }: TextPlaces): Promise<NamedText> {
  switch (from) {
    case 'document':
      return readDocument(document);
    case 'file':
      return readChosen(vscode.l10n.t('Choose a text file'));
    case 'folder':
      return chooseFolder();
    case 'verdict':
      return readVerdict(extension);
  }
}

/** The prompt's document; else the one on screen; else one that is open in a tab, which the user chooses. */
async function readDocument(ofPrompt: vscode.Uri | undefined): Promise<NamedText> {
  const opened = await openDocument(ofPrompt ?? visibleText()?.document.uri);
  if (opened) return named(opened);
  const open = openTexts();
  const uri = open.length > 1 ? await chooseOpen(open) : open[0];
  const document = await openDocument(uri);
  if (document) return named(document);
  throw new TextError(
    vscode.l10n.t(
      'No text is open. Open one in an editor, choose a file, or use The Verdict, which comes with the extension.',
    ),
    { offers: [USE_THE_VERDICT] },
  );
}

/** A document; undefined where it is gone, as an untitled one is once it was closed. */
async function openDocument(uri: vscode.Uri | undefined): Promise<vscode.TextDocument | undefined> {
  return uri && vscode.workspace.openTextDocument(uri).then(undefined, () => undefined);
}

const named = (document: vscode.TextDocument): NamedText => ({
  name: vscode.workspace.asRelativePath(document.uri, false),
  text: textOf(document),
});

async function chooseOpen(open: readonly vscode.Uri[]): Promise<vscode.Uri> {
  const choice = await choose(
    open.map((uri) => ({ label: vscode.workspace.asRelativePath(uri, false), uri })),
    { title: vscode.l10n.t('Choose an open text') },
  );
  if (!choice) throw new TextError(vscode.l10n.t('No text was chosen.'), DECLINED);
  return choice.uri;
}

async function readChosen(title: string): Promise<NamedText> {
  const uri = await chooseFile({ title, openLabel: vscode.l10n.t('Use This Text') });
  if (!uri) throw new TextError(vscode.l10n.t('No file was chosen.'), DECLINED);
  const name = vscode.workspace.asRelativePath(uri, false);
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MOST_BYTES) {
    throw new TextError(
      vscode.l10n.t(
        '{0} has {1} bytes; at most {2} can be read. Choose a part of it.',
        name,
        count(size),
        count(MOST_BYTES),
      ),
    );
  }
  const text = decodeText(await vscode.workspace.fs.readFile(uri));
  if (text === null) throw new TextError(vscode.l10n.t('{0} is not UTF-8 text. Choose a text file.', name));
  return { name, text };
}

async function chooseFolder(): Promise<NamedText> {
  const folder = await chooseFile({
    title: vscode.l10n.t('Choose a folder of text files'),
    openLabel: vscode.l10n.t('Use These Texts'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  if (!folder) throw new TextError(vscode.l10n.t('No folder was chosen.'), DECLINED);
  const name = vscode.workspace.asRelativePath(folder, false);
  return showProgress(vscode.l10n.t('Reading {0}', name), (progress, token) =>
    readFolder(folder, name, progress, token),
  );
}

async function readFolder(
  folder: vscode.Uri,
  name: string,
  progress: Steps,
  token: vscode.CancellationToken,
): Promise<NamedText> {
  const stop = new AbortController();
  token.onCancellationRequested(() => {
    stop.abort();
  });
  const { fs } = vscode.workspace;
  const at = (path: string): vscode.Uri => (path === '' ? folder : vscode.Uri.joinPath(folder, path));
  try {
    const { text, files, leftOut, tooLarge } = await readFolderTexts(
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
          progress.report({ message: vscode.l10n.t('{0} of {1} files', count(done), count(total)) });
        },
      },
    );
    const notes = [
      counted(files, '{0} file', '{0} files'),
      ...(leftOut === 0 ? [] : [counted(leftOut, '{0} other is not text', '{0} others are not text')]),
      ...(tooLarge === 0 ? [] : [counted(tooLarge, '{0} is too large', '{0} are too large')]),
    ];
    return { name: `${name} (${notes.join('; ')})`, text };
  } catch (error) {
    if (stop.signal.aborted) throw new TextError(vscode.l10n.t('The reading was stopped.'), DECLINED);
    throw new TextError(messageOf(error));
  }
}

function kindOf(type: vscode.FileType): FolderEntry['kind'] {
  if (type === vscode.FileType.File) return 'file';
  return type === vscode.FileType.Directory ? 'folder' : 'other';
}

/** @throws TextError where the file is not as the extension brought it. */
async function readVerdict(extension: vscode.Uri): Promise<NamedText> {
  const file = vscode.Uri.joinPath(extension, THE_VERDICT_PATH);
  const text = await vscode.workspace.fs.readFile(file).then(decodeText, () => null);
  if (text === null || !isTheVerdict(text)) {
    throw new TextError(
      vscode.l10n.t(
        'The text of The Verdict, which comes with the extension, is missing or was changed. Install the extension again, or choose a file.',
      ),
    );
  }
  return { name: 'The Verdict', text };
}
