/** Whole texts for experiments that need more than a prompt: a document, a file, a folder, or the book's example. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/messageOf';
import { isTheVerdict } from '../../experiments/loss/publishedLosses';
import { THE_VERDICT_ADDRESS } from '../../experiments/kit/theVerdict';
import type { TextSource } from '../../protocol/messages';
import { visibleText } from '../document/activeText';
import { decodeText } from './decodeText';
import { textOf } from '../document/documentText';
import { count } from '../numbers';
import { chooseFile } from '../shown/choices';
import { ask, showProgress, tell, type Steps } from '../shown/messages';
import { readFolderTexts, type FolderEntry } from './textFolder';

/** Why there is no text, as a sentence for people. */
export class TextError extends Error {
  /** True when the user did not want one after all. */
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
const PROGRESS_AFTER = 60_000;

/**
 * @param document where the present prompt stands, if it stands somewhere
 * @throws TextError
 */
export async function readText(from: TextSource, document: vscode.Uri | undefined): Promise<NamedText> {
  switch (from) {
    case 'document':
      return readDocument(document ?? visibleText()?.document.uri);
    case 'file':
      return readChosen(vscode.l10n.t('Choose a text file'));
    case 'folder':
      return chooseFolder();
    case 'verdict':
      return readVerdict();
  }
}

async function readDocument(uri: vscode.Uri | undefined): Promise<NamedText> {
  if (!uri)
    throw new TextError(vscode.l10n.t('No document is open. Open a text in an editor, or choose a file.'));
  const document = await vscode.workspace.openTextDocument(uri);
  return { name: vscode.workspace.asRelativePath(uri, false), text: textOf(document) };
}

async function readChosen(title: string): Promise<NamedText> {
  const uri = await chooseFile({ title, openLabel: vscode.l10n.t('Use This Text') });
  if (!uri) throw new TextError(vscode.l10n.t('No file was chosen.'), true);
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
  if (text === null)
    throw new TextError(vscode.l10n.t('{0} is not a text in UTF-8. Choose a text file.', name));
  return { name, text };
}

async function chooseFolder(): Promise<NamedText> {
  const folder = await chooseFile({
    title: vscode.l10n.t('Choose a folder of text files'),
    openLabel: vscode.l10n.t('Use These Texts'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  if (!folder) throw new TextError(vscode.l10n.t('No folder was chosen.'), true);
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
        translate: vscode.l10n.t,
        count,
        onProgress: (done, total) => {
          progress.report({ message: vscode.l10n.t('{0} of {1} files', count(done), count(total)) });
        },
      },
    );
    const notes = [
      vscode.l10n.t('{0} files', count(files)),
      ...(leftOut === 0 ? [] : [vscode.l10n.t('{0} others are no text', count(leftOut))]),
      ...(tooLarge === 0 ? [] : [vscode.l10n.t('{0} are too large', count(tooLarge))]),
    ];
    return { name: `${name} (${notes.join('; ')})`, text };
  } catch (error) {
    if (stop.signal.aborted) throw new TextError(vscode.l10n.t('The reading was stopped.'), true);
    throw new TextError(messageOf(error));
  }
}

function kindOf(type: vscode.FileType): FolderEntry['kind'] {
  if (type === vscode.FileType.File) return 'file';
  return type === vscode.FileType.Directory ? 'folder' : 'other';
}

/** Downloads the book's text with the user's consent, or takes it from a file where there is no network. */
async function readVerdict(): Promise<NamedText> {
  const download = vscode.l10n.t('Download');
  const choose = vscode.l10n.t('Choose a File');
  const answer = await ask(
    {
      question: vscode.l10n.t('Get "The Verdict" by Edith Wharton (1908, public domain, 20 kB)?'),
      detail: vscode.l10n.t('It is downloaded from {0}; nothing is sent.', new URL(THE_VERDICT_ADDRESS).host),
    },
    download,
    choose,
  );
  if (answer === undefined) throw new TextError(vscode.l10n.t('The text was not wanted.'), true);
  const found =
    answer === choose
      ? await readChosen(vscode.l10n.t('Choose the text of The Verdict'))
      : await fetchVerdict();
  if (isTheVerdict(found.text)) return { ...found, name: 'The Verdict' };
  void tell.warning(
    vscode.l10n.t(
      "{0} is not The Verdict as the book uses it, so the book's losses do not apply to it.",
      found.name,
    ),
  );
  return found;
}

async function fetchVerdict(): Promise<NamedText> {
  return showProgress(vscode.l10n.t('Downloading {0}', 'The Verdict'), async (_, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => {
      stop.abort();
    });
    try {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(PROGRESS_AFTER)]);
      const response = await fetch(THE_VERDICT_ADDRESS, { signal });
      if (!response.ok) throw new Error(vscode.l10n.t('the server answers with status {0}', response.status));
      const text = decodeText(new Uint8Array(await response.arrayBuffer()));
      if (text === null) throw new Error(vscode.l10n.t('what came is not a text'));
      return { name: 'The Verdict', text };
    } catch (error) {
      if (stop.signal.aborted) throw new TextError(vscode.l10n.t('The download was stopped.'), true);
      const why = messageOf(error);
      throw new TextError(
        vscode.l10n.t(
          'The Verdict could not be downloaded: {0}. Try again, or choose a file that has it.',
          why,
        ),
      );
    }
  });
}
