/** What a user is told and asked of servers before a text goes there. */
import * as vscode from 'vscode';
import { ask, tell } from '../shown/messages';

/** Where a text goes, in the words in which it is said everywhere. */
export const whereTo = (address: string): string =>
  vscode.l10n.t('The text you explore with this model is sent to {0} and nowhere else.', address);

/** The same of all that a default model is used for. */
export const textGoesTo = (address: string): string =>
  vscode.l10n.t('Their text is sent to {0} and nowhere else.', address);

/** Says it once, without waiting for an answer. */
export function tellWhereTo(address: string): void {
  void tell.information(whereTo(address));
}

/** Asks whether texts may go to an address that is neither encrypted nor this machine's own. */
export async function mayBeRead(address: string): Promise<boolean> {
  const yes = vscode.l10n.t('Send It Anyway');
  const answer = await ask(
    {
      question: vscode.l10n.t('{0} is not encrypted.', address),
      detail: `${whereTo(address)} ${vscode.l10n.t(
        'Others on the same network could read it on the way, and the server’s key too. An address that begins with https://, or an SSH tunnel to http://localhost, keeps it private.',
      )}`,
      warns: true,
    },
    yes,
  );
  return answer === yes;
}
