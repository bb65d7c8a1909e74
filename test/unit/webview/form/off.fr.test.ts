/** A limit that is switched off, where VS Code's display language is French. */
import '../../l10n/inFrench';
import { expect, it } from 'vitest';
import { fieldText, isOff } from '../../../../webview/form/chainForm';

it('stands in its field in French, and is read in French and in English', () => {
  expect(fieldText(null)).toBe('désactivé');
  for (const typed of ['désactivé', ' Désactivé', 'off', 'OFF ']) expect(isOff(typed)).toBe(true);
  for (const typed of ['', '0', 'désactivée', 'on']) expect(isOff(typed)).toBe(false);
});
