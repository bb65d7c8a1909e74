/** Presets as other programs' texts, shown in an editor, and such texts from the clipboard as presets. */
import * as vscode from 'vscode';
import { readPasted } from '../../interchange/paste';
import type { DocumentLanguage } from '../../interchange/languages';
import { copyAs, TARGETS } from '../../interchange/targets';
import { exploreParameters } from '../../experiments/explore/parameters';
import { settings } from '../settings';
import { askText, choose } from '../shown/choices';
import { tell } from '../shown/messages';
import { presetId } from './presets';
import type { PresetsView } from './presetsView';
import { keepPreset, wrongName } from './savePreset';

/** Shows a text in a document of its own. Not beside the panel: that would be a third column. */
export async function openText(content: string, language: DocumentLanguage): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
}

/** The numbers of a run that a preset does not have: those that Explore begins with. */
const { seed, maxNewTokens } = exploreParameters.parameters;

/** Of GPT-2, as no model is asked. */
const END_OF_TEXT = 50256;

export function presetExchangeCommands(
  presets: PresetsView,
): Record<string, (given?: unknown) => Promise<void>> {
  return {
    copyPresetAs: async (given) => {
      const title = vscode.l10n.t('Copy a preset as');
      const id = await presets.choose(given, title);
      const preset = id === undefined ? undefined : settings.presets()[id];
      if (!preset) return;
      const target = await choose(
        TARGETS.map(({ id: program, label }) => ({ label, program })),
        { title },
      );
      if (!target) return;
      const { document, language } = copyAs(target.program, {
        chain: preset.chain,
        greedy: preset.greedy,
        seed: seed.default,
        samples: 1,
        maxNewTokens: maxNewTokens.default,
        stop: [],
        prompt: '',
        model: settings.defaultModel(),
        endOfText: END_OF_TEXT,
      });
      await openText(document, language);
    },
    pastePreset: async () => {
      const title = vscode.l10n.t('Paste a chain as a preset');
      const read = readPasted(await vscode.env.clipboard.readText());
      if (typeof read === 'string') {
        void tell.error(vscode.l10n.t('The clipboard has no chain. {0}', read));
        return;
      }
      const name = await askText({
        title,
        prompt: vscode.l10n.t('Name of the preset'),
        value: read.source.label,
        validateInput: wrongName,
      });
      if (name === undefined) return;
      const { chain, assumed, notUnderstood } = read;
      const id = presetId(name, settings.presets());
      await keepPreset(id, { name: name.trim(), description: '', greedy: false, chain, off: [] });
      const more = [...assumed, ...notUnderstood].join(' ');
      void tell.information(vscode.l10n.t('The preset "{0}" was saved. {1}', name.trim(), more).trim());
    },
  };
}
