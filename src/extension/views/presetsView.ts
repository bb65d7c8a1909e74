import * as vscode from 'vscode';
import type { SamplerSpec } from '../../core/samplers/chain';
import { exportFile } from '../exportFile';
import { PresetError, builtInPresets, readPresets, type Preset } from '../presets';
import { settings } from '../settings';

interface Row {
  readonly id: string;
  readonly preset: Preset;
  readonly own: boolean;
}

/** A step of a chain in a few characters: `top-k 40`, or with names where it has several parameters. */
function step({ sampler, ...parameters }: SamplerSpec): string {
  const given = Object.entries(parameters).filter(([name]) => name !== 'ties');
  const values = given.map(([name, value]) =>
    given.length === 1 ? JSON.stringify(value) : `${name}=${JSON.stringify(value)}`,
  );
  return [sampler, ...values].join(' ');
}

/** "Presets": named sampler chains; a click takes one for suggestions. */
export class PresetsView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor() {
    this.#disposables = [
      this.#changed,
      vscode.window.createTreeView('decodingLab.presets', { treeDataProvider: this }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab')) this.#changed.fire(undefined);
      }),
    ];
  }

  getTreeItem({ id, preset, own }: Row): vscode.TreeItem {
    const chain = preset.greedy ? 'greedy' : preset.chain.map(step).join(', ') || 'unchanged';
    const item = new vscode.TreeItem(preset.name);
    const used = settings.inlinePreset() === id;
    item.description = chain;
    item.iconPath = new vscode.ThemeIcon(used ? 'check' : 'list-ordered');
    item.contextValue = own ? 'ownPreset' : 'preset';
    item.tooltip = `${preset.description}\n${chain}\n${used ? 'Used for suggestions.' : 'Click to use it for suggestions.'}`;
    item.command = { command: 'decodingLab.usePreset', title: 'Use for suggestions', arguments: [id] };
    return item;
  }

  getChildren(row?: Row): Row[] {
    if (row) return [];
    return Object.entries(settings.presets()).map(([id, preset]) => ({
      id,
      preset,
      own: !Object.hasOwn(builtInPresets, id),
    }));
  }

  /** Takes a preset for inline suggestions; asks which where none is given. */
  async use(given: unknown): Promise<void> {
    const presets = settings.presets();
    const id =
      typeof given === 'string'
        ? given
        : (
            await vscode.window.showQuickPick(
              Object.entries(presets).map(([key, { name, description }]) => ({
                label: name,
                description,
                key,
              })),
              { title: 'Preset for suggestions' },
            )
          )?.key;
    if (id === undefined) return;
    await vscode.workspace
      .getConfiguration('decodingLab')
      .update('inlineSuggest.preset', id, vscode.ConfigurationTarget.Global);
  }

  /** Writes all presets to a file that the person chooses. */
  export(): Promise<void> {
    return exportFile('decoding-lab-presets.json', `${JSON.stringify(settings.presets(), undefined, 2)}\n`);
  }

  /** Adds the presets of a file to the person's own; a file with a bad one changes nothing. */
  async import(): Promise<void> {
    const [file] =
      (await vscode.window.showOpenDialog({ title: 'Import presets', filters: { JSON: ['json'] } })) ?? [];
    if (!file) return;
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      const added = readPresets(JSON.parse(text));
      const own = Object.entries(settings.presets()).filter(([id]) => !Object.hasOwn(builtInPresets, id));
      const fresh = Object.entries(added).filter(([id]) => !Object.hasOwn(builtInPresets, id));
      await vscode.workspace
        .getConfiguration('decodingLab')
        .update('presets', Object.fromEntries([...own, ...fresh]), vscode.ConfigurationTarget.Global);
      void vscode.window.showInformationMessage(`${fresh.length} presets were imported.`);
    } catch (error) {
      const why =
        error instanceof PresetError || error instanceof SyntaxError ? error.message : 'it cannot be read.';
      void vscode.window.showErrorMessage(`${file.fsPath} was not imported: ${why}`);
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
