import * as vscode from 'vscode';
import type { Library } from './library';
import { count } from '../numbers';
import { askText, choose, chooseFile } from '../shown/choices';
import { ask, showProgress, tell } from '../shown/messages';
import { signalOf } from '../../engine/signalOf';
import { size, type ModelRow, type ModelsView } from './modelsView';
import { known } from '../words';
import { PHASES } from '../../library/progress';

export interface GetModelServices {
  readonly library: Library;
  readonly models: ModelsView;
  /** Runs something that can fail, and tells why it did. */
  readonly told: (work: () => Promise<void>) => Promise<void>;
}

/** Commands by which models come into the library: from the hub, with a pause, or from a folder. */
export function getModelCommands({
  library,
  models,
  told,
}: GetModelServices): Record<string, (given?: unknown) => Promise<void>> {
  /** Says that a download is paused, and what can be done about it. */
  const tellPaused = async (name: string): Promise<void> => {
    const paused = await (await library.models()).unfinishedOf(name);
    if (!paused) return;
    const { id } = paused;
    const [goOn, discard] = [vscode.l10n.t('Resume'), vscode.l10n.t('Discard')];
    const answer = await tell.information(
      vscode.l10n.t(
        'The download of {0} is paused. {1} of {2} have arrived and are kept.',
        name,
        size(paused.receivedBytes),
        size(paused.totalBytes),
      ),
      goOn,
      discard,
    );
    if (answer === goOn) await download(id);
    else if (answer === discard) await told(async () => (await library.models()).cancel(id));
  };

  const download = async (name: string): Promise<void> => {
    let signal: AbortSignal | undefined;
    await told(() =>
      Promise.resolve(
        showProgress(vscode.l10n.t('Downloading {0}', name), async (progress, token) => {
          signal = signalOf(token);
          let before = 0;
          await (
            await library.models()
          ).download(name, {
            signal,
            onProgress: ({ receivedBytes, totalBytes, bytesPerSecond, secondsLeft, note, phase }) => {
              const percent = totalBytes > 0 ? (100 * receivedBytes) / totalBytes : 0;
              const parts = [
                vscode.l10n.t('{0}: {1} of {2}', PHASES[phase], size(receivedBytes), size(totalBytes)),
                ...(bytesPerSecond === undefined ? [] : [`${size(bytesPerSecond)}/s`]),
                ...(secondsLeft === undefined
                  ? []
                  : [vscode.l10n.t('{0} s left', count(Math.ceil(secondsLeft)))]),
              ];
              progress.report({
                increment: percent - before,
                message: note ?? parts.join(', '),
              });
              before = percent;
            },
          });
          models.refresh();
        }),
      ),
    );
    // Nobody waits for the answer: the download is over for now.
    if (signal?.aborted) void told(() => tellPaused(name));
  };

  return {
    downloadModel: (given) =>
      told(async () => {
        const row = given as ModelRow | undefined;
        if (row?.kind === 'catalog') return download(row.entry.id);
        const listed = (await (await library.models()).catalog()).filter(({ state }) => state !== 'here');
        const other = vscode.l10n.t('Another model from the hub…');
        const items = [
          ...listed.map(({ id, name, bytes, about }) => ({
            label: name ?? id,
            description: bytes ? size(bytes) : '',
            detail: about === undefined ? '' : known(about),
            id,
          })),
          {
            label: other,
            description: vscode.l10n.t('by its id, for example owner/name'),
            detail: '',
            id: '',
          },
        ];
        const chosen = await choose(items, {
          title: vscode.l10n.t('Download a model'),
          matchOnDetail: true,
        });
        if (!chosen) return;
        const name =
          chosen.id ||
          (await askText({
            title: vscode.l10n.t('Model from the hub'),
            prompt: vscode.l10n.t('Id of a GPT-2 model, owner/name, or the address of its page'),
            validateInput: (value) =>
              /^\S+\/\S+$/.test(value.trim()) ? undefined : vscode.l10n.t('Write owner/name.'),
          }));
        if (name) await download(name);
      }),
    discardDownload: (given) =>
      told(async () => {
        const row = given as ModelRow | undefined;
        const paused = (await (await library.models()).catalog()).filter(({ state }) => state === 'paused');
        if (paused.length === 0) {
          void tell.information(vscode.l10n.t('No download is paused, so there is nothing to discard.'));
          return;
        }
        const items = paused.map((entry) => ({
          label: entry.name ?? entry.id,
          description: vscode.l10n.t('{0} have arrived', size(entry.receivedBytes)),
          entry,
        }));
        const chosen =
          row?.kind === 'catalog'
            ? row.entry
            : (
                await choose(items, {
                  title: vscode.l10n.t('Discard a paused download'),
                })
              )?.entry;
        if (!chosen) return;
        const question = vscode.l10n.t(
          'Delete the {0} that have arrived of {1}?',
          size(chosen.receivedBytes),
          chosen.name ?? chosen.id,
        );
        const yes = vscode.l10n.t('Delete');
        if ((await ask({ question, warns: true }, yes)) === yes) {
          await (await library.models()).cancel(chosen.id);
        }
      }),
    getModel: async () => {
      const ways = [
        {
          label: vscode.l10n.t('Download from the hub'),
          iconPath: new vscode.ThemeIcon('cloud-download'),
          command: 'decodingLab.downloadModel',
        },
        {
          label: vscode.l10n.t('Import a folder from this machine'),
          iconPath: new vscode.ThemeIcon('folder-opened'),
          command: 'decodingLab.importModel',
        },
      ];
      const chosen = await choose(ways, { title: vscode.l10n.t('Get another model') });
      if (chosen) await vscode.commands.executeCommand(chosen.command);
    },
    importModel: () =>
      told(async () => {
        const folder = await chooseFile({
          title: vscode.l10n.t('Folder with config.json and model.safetensors (or an ONNX export)'),
          canSelectFolders: true,
          canSelectFiles: false,
        });
        if (!folder) return;
        const entry = await (await library.models()).importFolder(folder.fsPath);
        void tell.information(
          vscode.l10n.t('{0} was added to the library: {1}.', entry.name, entry.description),
        );
      }),
  };
}
