/** Text of a foreign hand in the editor's own interface: it is shown as it is written, and does nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Session } from '../session';

/** In a message VS Code makes a link of it that opens the panel of terminals and output. */
const LINK = '[Repair](command:workbench.action.togglePanel)';
const FILE = `presets ${LINK}.json`;

export function foreignText(current: () => Session): void {
  test('a file that is imported cannot put a link into the message that refuses it', async () => {
    const { window, workspace } = current();
    const presets = { [`${LINK}\u202E`]: { name: 'Wild', chain: [{ sampler: 'none' }] } };
    await writeFile(join(workspace.folder, FILE), JSON.stringify(presets));
    const { page } = window;
    await window.run('Decoding Lab: Import Presets');
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'Repair' }).first().click();
    await page.locator('.statusbar-item .codicon-bell-dot').first().waitFor();
    await window.run('Notifications: Show Notifications');
    const message = page.locator('.notification-list-item-message', { hasText: 'was not imported' });
    await message.first().waitFor();
    const text = await message.first().innerText();
    await window.picture('foreign-text');
    // The name of the file and the id of the preset, both to be read as they are, what is hidden included.
    expect(text.replaceAll('\u2060', '').split(LINK)).toHaveLength(3);
    expect(text).toContain('‹U+202E›');
    await expect.poll(() => message.locator('a').count()).toBe(0);
  });
}
