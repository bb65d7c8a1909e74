/** Names for people of what trainings have left: the folder of such a model is its step and the time it was written. */
import * as vscode from 'vscode';
import { nameWithServer } from '../../experiments/kit/results';
import { languageTag } from '../../l10n/language';
import { readVariantId } from '../../library/variants';
import { count } from '../numbers';
import { readServedId } from '../servers/serverSettings';

const FOLDER = /^step-(\d{1,15})-(\d{12,14})(?:-\d+)?$/;

/** "Step 13, 27 Nov 2026, 14:05"; undefined for what no training has named. */
function stepOf(folder: string): string | undefined {
  const [, step, written] = FOLDER.exec(folder) ?? [];
  if (step === undefined || written === undefined) return undefined;
  const at = new Date(Number(written)).toLocaleString(languageTag, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return vscode.l10n.t('Step {0}, {1}', count(Number(step)), at);
}

/** What a trained model is called in lists: its step, when it was written, and the model that was trained. */
export function trainedName(folder: string, from: string, step: number): string {
  const name = stepOf(folder) ?? vscode.l10n.t('Step {0}', count(step));
  return vscode.l10n.t('{0} · from {1}', name, from);
}

/** A model's id for people: those of trained and of served models in words, any other as it is. */
export function modelLabel(id: string): string {
  const served = readServedId(id);
  if (served) return nameWithServer({ name: served.model, server: { name: served.server } });
  const { base } = readVariantId(id);
  const named = stepOf(base);
  return named === undefined ? id : `${named}${id.slice(base.length)}`;
}
