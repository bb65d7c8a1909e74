import * as vscode from 'vscode';
import type { SamplerSpec } from '../../core/samplers/chain';
import { exportFile } from '../panel/exportFile';
import { idOf } from './presetCommands';
import { builtInPresets, type Preset } from '../../core/samplers/presets';
import { PresetError, readPresets } from './presets';
import { count } from '../numbers';
import { settings } from '../settings';
import { choose, chooseFile } from '../shown/choices';
import { tell } from '../shown/messages';
import { TreeView, type TreeData, type TreeRow } from '../shown/trees';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

interface Row {
  readonly id: string;
  readonly preset: Preset;
  readonly own: boolean;
}

/** Characters of a value in a row: lists of tokens and schemas can be long. */
const LONGEST_VALUE = 40;

/** A step of a chain in a few characters: `top-k 40`, or with names where it has several parameters. */
function step({ sampler, ...parameters }: SamplerSpec): string {
  const given = Object.entries(parameters).filter(([name]) => name !== 'ties');
  const values = given.map(([name, value]) => {
    const text = typeof value === 'number' ? written(value) : JSON.stringify(value);
    const short = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
    return given.length === 1 ? short : `${name}=${short}`;
  });
  return [sampler === 'temperature' ? t('temperature') : sampler, ...values].join(' ');
}

/** "Presets": named sampler chains; a click explores with one in the panel, a button takes it for suggestions. */
export class PresetsView implements TreeData<Row>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor() {
    this.#disposables = [
      this.#changed,
      new TreeView('decodingLab.presets', this),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab')) this.#changed.fire(undefined);
      }),
    ];
  }

  rowOf({ id, preset, own }: Row): TreeRow {
    const chain = preset.greedy
      ? vscode.l10n.t('greedy')
      : preset.chain.map(step).join(', ') || vscode.l10n.t('unchanged');
    const { name, description } = preset;
    const used = settings.inlinePreset() === id;
    return {
      label: name,
      description: used ? vscode.l10n.t('used for suggestions; {0}', chain) : chain,
      tooltip: [
        description,
        chain,
        vscode.l10n.t('Click to explore with it in the panel.'),
        used
          ? vscode.l10n.t('Used for suggestions.')
          : vscode.l10n.t('Use Preset for Suggestions, on its row, uses it for suggestions in the editor.'),
      ],
      iconPath: new vscode.ThemeIcon(used ? 'lightbulb' : 'list-ordered'),
      contextValue: `${own ? 'ownPreset' : 'preset'}${used ? 'Used' : ''}`,
      command: {
        command: 'decodingLab.explorePreset',
        title: vscode.l10n.t('Explore with this preset'),
        arguments: [id],
      },
    };
  }

  getChildren(row?: Row): Row[] {
    if (row) return [];
    const own = settings.userPresets();
    const rows = Object.entries(settings.presets()).map(([id, preset]) => ({
      id,
      preset,
      own: Object.hasOwn(own, id),
    }));
    // The built-in ones fill the view; those that somebody made for a purpose stand before them.
    const isBuiltIn = ({ id }: Row): boolean => Object.hasOwn(builtInPresets, id);
    return [...rows.filter((one) => !isBuiltIn(one)), ...rows.filter(isBuiltIn)];
  }

  /** Id of the preset that a row or another command names, or else of the one that the user chooses. */
  async choose(given: unknown, title: string): Promise<string | undefined> {
    const presets = settings.presets();
    return (
      idOf(given) ??
      (
        await choose(
          Object.entries(presets).map(([key, { name, description }]) => ({
            label: name,
            description,
            key,
          })),
          { title },
        )
      )?.key
    );
  }

  /** Takes a preset for inline suggestions; asks which where none is given. */
  async use(given: unknown): Promise<void> {
    const id = await this.choose(given, vscode.l10n.t('Preset for suggestions'));
    if (id === undefined) return;
    await vscode.workspace
      .getConfiguration('decodingLab')
      .update('inlineSuggest.preset', id, vscode.ConfigurationTarget.Global);
  }

  /** Writes all presets to a file that the user chooses. */
  export(): Promise<void> {
    const content = `${JSON.stringify(settings.presets(), undefined, 2)}\n`;
    return exportFile('decoding-lab-presets.json', content, vscode.l10n.t('Export presets'));
  }

  /** Adds the presets of a file to the user's own; a file with a bad one changes nothing. */
  async import(): Promise<void> {
    const file = await chooseFile({
      title: vscode.l10n.t('Import presets'),
      filters: { JSON: ['json'] },
    });
    if (!file) return;
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      const added = readPresets(JSON.parse(text));
      const fresh = Object.entries(added).filter(([id]) => !Object.hasOwn(builtInPresets, id));
      await vscode.workspace
        .getConfiguration('decodingLab')
        .update(
          'presets',
          { ...settings.userPresets(), ...Object.fromEntries(fresh) },
          vscode.ConfigurationTarget.Global,
        );
      void tell.information(vscode.l10n.t('Presets imported: {0}.', count(fresh.length)));
    } catch (error) {
      const why =
        error instanceof PresetError || error instanceof SyntaxError
          ? error.message
          : vscode.l10n.t('it cannot be read.');
      void tell.error(vscode.l10n.t('{0} was not imported: {1}', file.fsPath, why));
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
