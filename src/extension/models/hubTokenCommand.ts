/** Asks for the access token of a hub, and for which of several addresses it is. */
import * as vscode from 'vscode';
import { isConfidential } from '../../core/webAddress';
import { HUGGING_FACE, parseEndpoint } from '../../library/endpoint';
import { HubTokens } from './hubTokens';
import { settings } from '../settings';
import { askText, choose } from '../shown/choices';
import { tell } from '../shown/messages';

/** @throws LibraryError when an address in the settings is none. */
export async function setHubToken(secrets: vscode.SecretStorage): Promise<void> {
  const { endpoints } = settings.library();
  const addresses = [...new Set((endpoints.length > 0 ? endpoints : [HUGGING_FACE]).map(parseEndpoint))];
  const address =
    addresses.length === 1
      ? addresses[0]
      : (
          await choose(
            addresses.map((label) => ({ label })),
            { title: vscode.l10n.t('Address that the access token is for') },
          )
        )?.label;
  if (address === undefined) return;
  if (!isConfidential(new URL(address))) {
    void tell.warning(
      vscode.l10n.t(
        'No access token is sent to {0}, because others could read it on the way. Set an address that begins with https://.',
        address,
      ),
    );
    return;
  }
  const token = await askText({
    title: vscode.l10n.t('Hugging Face access token for {0}', address),
    prompt: vscode.l10n.t(
      'For models with restricted access. The token is sent only to this address and kept in VS Code’s secret storage. Leave it empty to delete it.',
    ),
    password: true,
    ignoreFocusOut: true,
  });
  if (token !== undefined) await new HubTokens(secrets).set(address, token.trim());
}
