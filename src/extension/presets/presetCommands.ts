/** Commands on a user's own presets: they are made, changed and deleted step by step, and kept in the settings. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/messageOf';
import { parseChain, type ChainSpec } from '../../core/samplers/chain';
import type { Preset, Presets } from '../../core/samplers/presets';
import { presetId } from './presets';
import { keepPreset, wrongName } from './savePreset';
import { settings } from '../settings';
import { askText, choose } from '../shown/choices';
import { ask as askFirst, tell } from '../shown/messages';

/** What a view's row or another command names: the id of a preset. */
export function idOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (typeof given !== 'object' || given === null || !('id' in given)) return undefined;
  return typeof given.id === 'string' ? given.id : undefined;
}

/** Those of the user settings; a workspace's own are changed in its settings. */
function ownPresets(): Presets {
  const here = settings.userPresets();
  return Object.fromEntries(Object.entries(settings.presets()).filter(([id]) => Object.hasOwn(here, id)));
}

async function choosePreset(presets: Presets, title: string): Promise<string | undefined> {
  const items = Object.entries(presets).map(([id, { name, description }]) => ({
    label: name,
    description,
    id,
  }));
  return (await choose(items, { title }))?.id;
}

/** A preset of the user's own: the one given, or else chosen. */
async function chooseOwn(given: unknown, title: string): Promise<[string, Preset] | undefined> {
  const own = ownPresets();
  if (Object.keys(own).length === 0) {
    void tell.information(vscode.l10n.t('You have no presets yet. Create one with New Preset.'));
    return undefined;
  }
  const id = idOf(given) ?? (await choosePreset(own, title));
  if (id === undefined) return undefined;
  const preset = own[id];
  if (preset) return [id, preset];
  void tell.information(
    vscode.l10n.t('The preset "{0}" is not in your user settings. Change it where it is defined.', id),
  );
  return undefined;
}

function readChain(text: string): ChainSpec {
  return parseChain(JSON.parse(text));
}

/** Name and chain as the user wants them; undefined where they do not go on. */
async function ask(title: string, name: string, chain: ChainSpec): Promise<[string, ChainSpec] | undefined> {
  const called = await askText({
    title,
    prompt: vscode.l10n.t('Name of the preset'),
    value: name,
    validateInput: wrongName,
  });
  if (called === undefined) return undefined;
  const written = await askText({
    title,
    prompt: vscode.l10n.t('Its samplers in order, as JSON; [] leaves the distribution unchanged'),
    value: JSON.stringify(chain),
    validateInput: (value) => {
      try {
        readChain(value);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
  return written === undefined ? undefined : [called.trim(), readChain(written)];
}

export function presetCommands(): Record<string, (given?: unknown) => Promise<void>> {
  return {
    addPreset: async () => {
      const title = vscode.l10n.t('New preset');
      const all = settings.presets();
      const from = await choosePreset(all, vscode.l10n.t('New preset: start from the samplers of'));
      const base = from === undefined ? undefined : all[from];
      if (!base) return;
      const answer = await ask(title, '', base.chain);
      if (!answer) return;
      const [name, chain] = answer;
      const greedy = base.greedy && chain.length === 0;
      await keepPreset(presetId(name, all), { name, description: '', greedy, chain, off: [] });
    },
    editPreset: async (given) => {
      const chosen = await chooseOwn(given, vscode.l10n.t('Edit a preset'));
      if (!chosen) return;
      const [id, preset] = chosen;
      const answer = await ask(vscode.l10n.t('Edit a preset'), preset.name, preset.chain);
      if (!answer) return;
      const [name, chain] = answer;
      const greedy = preset.greedy && chain.length === 0;
      const same = JSON.stringify(chain) === JSON.stringify(preset.chain);
      await keepPreset(id, { ...preset, name, chain, greedy, off: same ? preset.off : [] });
    },
    removePreset: async (given) => {
      const chosen = await chooseOwn(given, vscode.l10n.t('Delete a preset'));
      if (!chosen) return;
      const [id, { name }] = chosen;
      const remove = vscode.l10n.t('Delete');
      const answer = await askFirst(
        { question: vscode.l10n.t('Delete the preset "{0}"? This cannot be undone.', name), warns: true },
        remove,
      );
      if (answer !== remove) return;
      await keepPreset(id, undefined);
    },
  };
}
