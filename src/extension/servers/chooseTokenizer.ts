/** Asks where the exact bytes of a served model's tokens come from. */
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { signalOf } from '../../engine/signalOf';
import { isRepository } from '../../library/catalog';
import { HUGGING_FACE } from '../../library/endpoint';
import { folderOf } from '../../library/installedModels';
import { repositoryOf } from '../../library/names';
import type { ServerDescription } from '../../remote/source';
import type { Library } from '../models/library';
import { size } from '../models/modelsView';
import { count } from '../numbers';
import { settings } from '../settings';
import { askText, choose, chooseFile, type Choice } from '../shown/choices';
import { ask, showProgress, tell } from '../shown/messages';
import { GPT2_TOKENS } from './servers';

/** Its name says what it is, and it is found by it. */
const TOKENIZER_FILE = 'tokenizer.json';

export interface TokenizerServices {
  readonly library: Library;
  /** Folder of the extension's own for tokenizers from the hub. */
  readonly tokenizerFolder: string;
}

interface Way extends Choice {
  /** Gives the value for the setting; undefined where the user turned back. */
  readonly take: () => Promise<string | undefined>;
}

/**
 * Where a model's tokens come from, as the setting says it; undefined where the user chose nothing.
 * @throws LibraryError when a download fails.
 */
export async function chooseTokenizer(
  model: string,
  description: ServerDescription | undefined,
  services: TokenizerServices,
): Promise<string | undefined> {
  const tokens = description?.models.find(({ id }) => id === model)?.vocabularySize;
  const ways: Way[] = [];
  if (description?.kind === 'llama-server') {
    ways.push({
      label: vscode.l10n.t('The server’s own lists of bytes'),
      description: vscode.l10n.t('llama-server says the bytes of every token'),
      take: () => Promise.resolve('server'),
    });
  }
  if (tokens === undefined || tokens === GPT2_TOKENS) {
    ways.push({
      label: vscode.l10n.t('GPT-2’s tokenizer'),
      description: vscode.l10n.t('{0} tokens, comes with the extension', count(GPT2_TOKENS)),
      take: () => Promise.resolve('gpt2'),
    });
  }
  ways.push(
    {
      label: vscode.l10n.t('Choose a tokenizer.json…'),
      description: vscode.l10n.t('from the folder of the model that the server runs'),
      take: takeFile,
    },
    {
      label: vscode.l10n.t('Choose a folder…'),
      description: vscode.l10n.t('with tokenizer.json, or with vocab.json and merges.txt'),
      take: takeFolder,
    },
    {
      label: vscode.l10n.t('Download the tokenizer from the hub…'),
      description: isRepository(model) ? model : '',
      detail: vscode.l10n.t('At most four small files, none of the model’s weights'),
      take: () => download(model, services),
    },
  );
  const chosen = await choose(ways, {
    title: vscode.l10n.t('Tokenizer of {0}', model),
    placeHolder: vscode.l10n.t('How does this model turn text into tokens?'),
  });
  return chosen?.take();
}

async function takeFile(): Promise<string | undefined> {
  const file = await chooseFile({
    title: vscode.l10n.t('The model’s tokenizer.json'),
    filters: { [TOKENIZER_FILE]: ['json'] },
  });
  if (!file) return undefined;
  if (basename(file.fsPath) === TOKENIZER_FILE) return dirname(file.fsPath);
  void tell.warning(
    vscode.l10n.t(
      '{0} is not named tokenizer.json. Choose the file of that name in the folder of the model.',
      file.fsPath,
    ),
  );
  return undefined;
}

async function takeFolder(): Promise<string | undefined> {
  const title = vscode.l10n.t('Folder with the model’s tokenizer.json');
  return (await chooseFile({ title, canSelectFolders: true, canSelectFiles: false }))?.fsPath;
}

async function download(
  model: string,
  { library, tokenizerFolder }: TokenizerServices,
): Promise<string | undefined> {
  const typed = await askText({
    title: vscode.l10n.t('Tokenizer from the hub'),
    prompt: vscode.l10n.t('Id of the model at the hub, owner/name, or the address of its page'),
    value: isRepository(model) ? model : '',
    validateInput: (value) =>
      isRepository(repositoryOf(value)) ? undefined : vscode.l10n.t('Write owner/name.'),
  });
  if (typed === undefined) return undefined;
  const repo = repositoryOf(typed);
  const [hub = HUGGING_FACE] = settings.library().endpoints;
  const yes = vscode.l10n.t('Download');
  const question = vscode.l10n.t('Download the tokenizer of {0} from {1}?', repo, hub);
  const detail = vscode.l10n.t(
    'tokenizer.json is fetched and, where they are there, tokenizer_config.json, generation_config.json and config.json. They are kept on this machine; no text is sent.',
  );
  if ((await ask({ question, detail }, yes)) !== yes) return undefined;
  const directory = join(tokenizerFolder, folderOf(repo));
  await showProgress(vscode.l10n.t('Downloading the tokenizer of {0}', repo), async (progress, token) => {
    const here = await library.models();
    await here.downloadTokenizer({
      ...{ repo, directory },
      signal: signalOf(token),
      onBytes: (received, total) => {
        progress.report({ message: vscode.l10n.t('{0} of {1}', size(received), size(total)) });
      },
    });
  });
  return directory;
}
