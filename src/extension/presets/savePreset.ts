/** A user's own presets are kept in the user settings; the panel saves its chain among them. */
import * as vscode from 'vscode';
import type { ChainSpec } from '../../core/samplers/chain';
import { builtInPresets, type OffStep, type Preset } from '../../core/samplers/presets';
import { LONGEST_PRESET_NAME } from '../../protocol/presets';
import { settings } from '../settings';
import { askText } from '../shown/choices';
import { ask } from '../shown/messages';
import { presetId } from './presets';

/** The user gave no name after all. */
export class PresetNotSavedError extends Error {}

/** Writes or removes one preset of the user settings and leaves the others as they stand. */
export async function keepPreset(id: string, preset: Preset | undefined): Promise<void> {
  const others = Object.entries(settings.userPresets()).filter(([other]) => other !== id);
  const presets = Object.fromEntries(preset ? [...others, [id, preset]] : others);
  await vscode.workspace
    .getConfiguration('decodingLab')
    .update('presets', presets, vscode.ConfigurationTarget.Global);
}

const plain = (name: string): string => name.trim().toLocaleLowerCase(vscode.env.language);

/** Whether a built-in preset is called so, in the language of VS Code. */
const isBuiltIn = (name: string): boolean =>
  Object.values(builtInPresets).some((preset) => plain(preset.name) === plain(name));

/** What is wrong with a name for a preset of the user's own; undefined where nothing is. */
export function wrongName(value: string): string | undefined {
  const { length } = value.trim();
  if (length < 1 || length > LONGEST_PRESET_NAME) {
    return vscode.l10n.t('A name has 1 to {0} characters; this one has {1}.', LONGEST_PRESET_NAME, length);
  }
  if (isBuiltIn(value)) {
    return vscode.l10n.t(
      '"{0}" is the name of a built-in preset, which cannot be changed. Choose another name.',
      value.trim(),
    );
  }
  return undefined;
}

/**
 * Keeps a chain under a name that the user gives; a preset of that name is replaced where the user agrees.
 * @returns the preset's id
 * @throws PresetNotSavedError where the user gives no name, or does not agree
 */
export async function savePreset({
  chain,
  off,
}: {
  readonly chain: ChainSpec;
  readonly off: readonly OffStep[];
}): Promise<string> {
  const notSaved = (): PresetNotSavedError => new PresetNotSavedError(vscode.l10n.t('Nothing was saved.'));
  const all = settings.presets();
  const here = settings.userPresets();
  const called = (name: string): [string, Preset] | undefined =>
    Object.entries(all).find(
      ([id, preset]) => !Object.hasOwn(builtInPresets, id) && plain(preset.name) === plain(name),
    );
  const answer = await askText({
    title: vscode.l10n.t('Save this chain'),
    prompt: vscode.l10n.t('Name of the preset'),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const same = called(value);
      if (same && !Object.hasOwn(here, same[0])) {
        return vscode.l10n.t(
          'The preset "{0}" belongs to this workspace. Choose another name, or change it in the workspace settings.',
          same[1].name,
        );
      }
      return wrongName(value);
    },
  });
  if (answer === undefined) throw notSaved();
  const name = answer.trim();
  const same = called(name);
  if (same) {
    const replace = vscode.l10n.t('Replace');
    const question = vscode.l10n.t('Replace your preset "{0}" with this chain?', same[1].name);
    if ((await ask({ question, warns: true }, replace)) !== replace) throw notSaved();
  }
  const id = same?.[0] ?? presetId(name, all);
  await keepPreset(id, { name, description: same?.[1].description ?? '', greedy: false, chain, off });
  return id;
}
