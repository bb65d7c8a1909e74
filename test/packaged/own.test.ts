/** The package for this machine, installed into a VS Code that has nothing else: a user's main job. */
import { expect, test } from 'vitest';
import { whatIsMissing } from '../../scripts/check';
import { exploreSample } from '../../scripts/lib/exploreSample';
import { readPanel } from '../../scripts/lib/panelReading';
import { useInstalled } from './installed';

const current = useInstalled('own');

test('explores what is selected', async () => {
  const { open, workspace } = current();
  const window = await open();
  const { frame } = await exploreSample(window, workspace.file);
  await expect.poll(async () => whatIsMissing(await readPanel(frame))).toEqual([]);
  await window.picture('packaged');
});

test('does so in Restricted Mode', async () => {
  const { open, workspace } = current();
  const window = await open({ restricted: true });
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  const { frame } = await exploreSample(window, workspace.file);
  await expect.poll(async () => whatIsMissing(await readPanel(frame))).toEqual([]);
  await window.picture('packaged-restricted');
});
