import * as vscode from 'vscode';
import type { EngineClient } from '../../engine/client';
import { visibleText } from '../document/activeText';
import { PRECISIONS } from '../../library/memory';
import type { LibraryEntry } from '../../library/installedModels';
import { readVariantId, variantId } from '../../library/variants';
import { makeDefault } from './defaultModel';
import { exportModelFolder } from './exportModel';
import { showFidelity, variantItems } from './fidelity';
import { getModelCommands } from './getModelCommands';
import { setHubToken } from './hubTokenCommand';
import type { Library } from './library';
import type { PanelHolder } from '../panel/panelHolder';
import { toFailure } from '../panel/requests';
import { serverCommands } from '../servers/serverCommands';
import { settings } from '../settings';
import { choose, chooseSeveral } from '../shown/choices';
import { ask, showProgress, tell } from '../shown/messages';
import { signalOf } from '../../engine/signalOf';
import { modelLabel } from './trainedName';
import { size, type ModelRow, type ModelsView } from './modelsView';

export interface ModelCommandServices {
  readonly engine: EngineClient;
  readonly library: Library;
  readonly models: ModelsView;
  readonly panels: PanelHolder;
  readonly secrets: vscode.SecretStorage;
  /** Folder of the extension's own for tokenizers from the hub. */
  readonly tokenizerFolder: string;
}

/** Commands of the model library; each asks for what it was not given. */
export function modelCommands({
  engine,
  library,
  models,
  panels,
  secrets,
  tokenizerFolder,
}: ModelCommandServices): Record<string, (given?: unknown) => Promise<void>> {
  /** Runs something that can fail, tells why it did, and shows what is there afterwards. */
  const told = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const { code, sentence } = toFailure(error);
      if (code !== 'stopped') void tell.error(sentence);
    } finally {
      models.refresh();
      panels.modelsChanged();
    }
  };

  const chooseHere = async (
    given: unknown,
    title: string,
    fits: (entry: LibraryEntry) => boolean,
    none: string,
  ): Promise<string | undefined> => {
    if (typeof given === 'string') return given;
    const row = given as ModelRow | undefined;
    if (row?.kind === 'here') return row.entry.id;
    const entries = (await (await library.models()).list()).filter(fits);
    if (entries.length === 0) {
      void tell.information(none);
      return undefined;
    }
    const items = entries.map(({ id, name, description }) => ({
      label: modelLabel(name),
      detail: description,
      id,
    }));
    return (await choose(items, { title }))?.id;
  };

  const chooseRunnable = (given: unknown, title: string): Promise<string | undefined> =>
    chooseHere(
      given,
      title,
      ({ problem }) => problem === undefined,
      vscode.l10n.t('No installed model can be run. Download or import one first.'),
    );

  /** A model of this machine that can be run, or one of a server. */
  const chooseAny = async (given: unknown, title: string): Promise<string | undefined> => {
    const served = library.servers.choices();
    if (served.length === 0 || given !== undefined) return chooseRunnable(given, title);
    const here = (await (await library.models()).list()).filter(({ problem }) => problem === undefined);
    const items = [
      ...here.map(({ id, name, description }) => ({ label: modelLabel(name), detail: description, id })),
      ...served.map(({ id, description }) => ({ label: modelLabel(id), detail: description, id })),
    ];
    return (await choose(items, { title }))?.id;
  };

  /** A model that can be run, and has quantized forms. */
  const chooseWithVariants = (given: unknown, title: string): Promise<string | undefined> =>
    chooseHere(
      given,
      title,
      ({ problem, memory }) => problem === undefined && Object.keys(memory ?? {}).length > 1,
      vscode.l10n.t(
        'No installed model can have quantized weights: they are made from safetensors files. Download or import a model with such files.',
      ),
    );

  /** Whether a run of this window uses a model, with whatever weights. */
  const isAtWork = async (id: string): Promise<boolean> =>
    engine.pid !== undefined && (await engine.status()).busy.some((used) => readVariantId(used).base === id);

  /** Lets go of a model that is to be removed; false, and says so, while a run of this window uses it. */
  const letGo = async (id: string, name: string): Promise<boolean> => {
    if (await isAtWork(id)) {
      void tell.error(vscode.l10n.t('{0} is running in this window. Stop it, then remove it.', name));
      return false;
    }
    for (const precision of PRECISIONS) await engine.unload(await library.locate(variantId(id, precision)));
    await library.release(id);
    return true;
  };

  return {
    ...getModelCommands({ library, models, told }),
    ...serverCommands({ engine, library, panels, tokenizerFolder, told }),
    useModel: (given) =>
      told(async () => {
        const id = await chooseAny(given, vscode.l10n.t('Default model'));
        if (id !== undefined) await makeDefault(id, { library, panels });
      }),
    loadModel: (given) =>
      told(async () => {
        const id = await chooseRunnable(given, vscode.l10n.t('Load a model into memory'));
        if (id === undefined) return;
        // Of the default model those weights that are the default.
        const chosen = settings.defaultModel();
        const source = await library.source(readVariantId(chosen).base === id ? chosen : id, undefined);
        await showProgress(
          vscode.l10n.t('Loading {0}', source.kind === 'toy' ? id : source.name),
          async (_progress, token) => {
            const signal = signalOf(token);
            try {
              await engine.load(source, signal);
            } catch (error) {
              // The load itself goes on for whoever asks next: where nothing runs, nobody does.
              if (signal.aborted && engine.pid !== undefined && (await engine.status()).running === 0) {
                await engine.unload(source);
              }
              throw error;
            }
          },
        );
      }),
    unloadModel: (given) =>
      told(async () => {
        const id = await chooseHere(
          given,
          vscode.l10n.t('Free the memory of a model'),
          (entry) => models.held(entry.id).length > 0,
          vscode.l10n.t('No model is in memory, so there is nothing to free.'),
        );
        if (id === undefined) return;
        for (const held of models.held(id)) await engine.unload(await library.locate(held));
        // A run that still uses it keeps others from removing it.
        if (!(await isAtWork(id))) await library.release(id);
      }),
    useWeights: (given) =>
      told(async () => {
        const id = await chooseWithVariants(given, vscode.l10n.t('Choose weights of a model'));
        if (id === undefined) return;
        const { memory = {} } = await (await library.models()).find(id);
        const items = variantItems(PRECISIONS).map((item) => {
          const need = memory[item.precision];
          if (!need) return item;
          const detail = need.fits
            ? vscode.l10n.t('needs {0} of memory', size(need.bytes))
            : vscode.l10n.t('needs {0} of memory, more than is free now', size(need.bytes));
          return { ...item, detail };
        });
        const chosen = await choose(items, {
          title: vscode.l10n.t('Weights of {0}, the default', modelLabel(id)),
        });
        if (chosen) await makeDefault(variantId(id, chosen.precision), { library, panels });
      }),
    measureWeights: (given) =>
      told(async () => {
        const editor = visibleText();
        if (!editor || editor.document.getText().trim() === '') {
          void tell.information(vscode.l10n.t('Open a text first: the weights are measured on it.'));
          return;
        }
        const id = await chooseWithVariants(given, vscode.l10n.t('Measure quantized weights of a model'));
        if (id === undefined) return;
        const items = variantItems(PRECISIONS.slice(1)).map((item) => ({ ...item, picked: true }));
        const chosen = await chooseSeveral(items, {
          title: vscode.l10n.t('Weights to compare with the 32-bit ones'),
        });
        if (!chosen?.length) return;
        const precisions = chosen.map(({ precision }) => precision);
        await showFidelity({ engine, library }, id, precisions, editor);
      }),
    exportModel: (given) =>
      told(async () => {
        const id = await chooseHere(
          given,
          vscode.l10n.t('Export a model'),
          ({ problem }) => problem === undefined,
          vscode.l10n.t(
            'No installed model can be run, so there is none to export. Download or import one first.',
          ),
        );
        if (id === undefined) return;
        const here = await library.models();
        await exportModelFolder(await here.find(id), here.inspect);
      }),
    verifyModel: (given) =>
      told(async () => {
        const id = await chooseHere(
          given,
          vscode.l10n.t('Verify a model'),
          () => true,
          vscode.l10n.t('There is no model to verify. Download or import one first.'),
        );
        if (id === undefined) return;
        const verification = await showProgress(
          vscode.l10n.t('Verifying {0}', modelLabel(id)),
          async (progress, token) => {
            let before = 0;
            return (await library.models()).verify(id, {
              signal: signalOf(token),
              onProgress: (read, total) => {
                const percent = (100 * read) / Math.max(1, total);
                progress.report({ increment: percent - before });
                before = percent;
              },
            });
          },
        );
        const wrong = verification.files.find(({ problem }) => problem !== undefined);
        if (verification.ok) void tell.information(vscode.l10n.t('{0} is intact.', modelLabel(id)));
        else {
          void tell.warning(
            vscode.l10n.t(
              '{0}: {1}',
              modelLabel(id),
              wrong?.problem ?? verification.problem ?? vscode.l10n.t('something is wrong'),
            ),
          );
        }
      }),
    removeModel: (given) =>
      told(async () => {
        const id = await chooseHere(
          given,
          vscode.l10n.t('Remove a model'),
          ({ kind }) => kind !== 'bundled',
          vscode.l10n.t('These models come with the extension and cannot be removed.'),
        );
        if (id === undefined) return;
        const entry = await (await library.models()).find(id);
        const question =
          entry.kind === 'imported'
            ? vscode.l10n.t(
                'Remove {0} from the library? Its files stay in {1}.',
                entry.name,
                entry.directory,
              )
            : vscode.l10n.t('Delete {0} ({1}) from this machine?', entry.name, size(entry.bytes));
        const yes = entry.kind === 'imported' ? vscode.l10n.t('Remove') : vscode.l10n.t('Delete');
        if ((await ask({ question, warns: true }, yes)) === yes) {
          if (!(await letGo(id, entry.name))) return;
          await (await library.models()).remove(id);
          await library.removeQuantized(id);
        }
      }),
    setHubToken: () =>
      told(async () => {
        await setHubToken(secrets);
      }),
  };
}
