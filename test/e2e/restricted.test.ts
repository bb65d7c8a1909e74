/** A workspace that is not trusted: the extension works, and does not take the workspace's settings. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { whatIsMissing } from '../../scripts/check';
import { exploreSample } from '../../scripts/lib/exploreSample';
import { readPanel } from '../../scripts/lib/panelReading';
import { useSession } from './session';

/** Settings of the folder, each of which is seen in the window where it acts. */
const HOSTILE = {
  'decodingLab.defaultModel': 'toy',
  'decodingLab.presets': { hostile: { name: 'Of the folder', chain: [] } },
  'decodingLab.inlineSuggest.preset': 'hostile',
  'decodingLab.inlineSuggest.mode': 'automatic',
  'decodingLab.surprisal.scale': 'surprisal',
  // Not even a folder that is trusted names a server.
  'decodingLab.servers': [{ name: 'of-the-folder', address: 'http://127.0.0.1:9' }],
};

const current = useSession({ restricted: true }, async (workspace) => {
  const settings = join(dirname(workspace.file), '.vscode', 'settings.json');
  await mkdir(dirname(settings), { recursive: true });
  await writeFile(settings, JSON.stringify(HOSTILE));
});

test('explores in Restricted Mode, with the model that the user would get anywhere else', async () => {
  const { window, workspace } = current();
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  const { frame } = await exploreSample(window, workspace.file);
  const reading = await readPanel(frame);
  await window.picture('restricted');
  expect(whatIsMissing(reading)).toEqual([]);
  // The toy has five words; the workspace asked for it, and was not heard.
  expect(reading.kept).toContain('50,257');
});

test('takes none of the folder’s presets, and takes them once it is trusted; its servers it never takes', async () => {
  const { window } = current();
  const { page } = window;
  const models = page.locator('.pane:has(.pane-header:has-text("Models"))');
  const noServer = async (): Promise<void> => {
    await window.run('Decoding Lab: Focus on Models View');
    await models.locator('.monaco-list-row', { hasText: 'Connect to a model server' }).waitFor();
    await expect.poll(() => models.innerText()).not.toContain('of-the-folder');
  };
  await noServer();
  await window.run('Decoding Lab: Focus on Presets View');
  const pane = page.locator('.pane:has(.pane-header:has-text("Presets"))');
  await pane.locator('.monaco-list-row', { hasText: 'Precise' }).waitFor();
  await expect.poll(() => pane.innerText()).not.toContain('Of the folder');
  await window.run('Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'hidden' });
  await window.run('Decoding Lab: Focus on Presets View');
  await pane.locator('.monaco-list-row', { hasText: 'Of the folder' }).waitFor();
  await noServer();
});
