/** A workspace that is not trusted: the extension works, and does not take the workspace's settings. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { whatIsMissing } from '../../scripts/check';
import { exploreSample } from '../../scripts/lib/exploreSample';
import { readPanel } from '../../scripts/lib/panelReading';
import { useSession } from './session';

const current = useSession({ restricted: true }, async (workspace) => {
  const settings = join(dirname(workspace.file), '.vscode', 'settings.json');
  await mkdir(dirname(settings), { recursive: true });
  await writeFile(settings, JSON.stringify({ 'decodingLab.defaultModel': 'toy' }));
});

test('explores in Restricted Mode, with the model that the user would get anywhere else', async () => {
  const { window, workspace } = current();
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  const { frame } = await exploreSample(window, workspace.file);
  const reading = await readPanel(frame);
  await window.screenshot('restricted');
  expect(whatIsMissing(reading)).toEqual([]);
  // The toy has five words; the workspace asked for it, and was not heard.
  expect(reading.kept).toContain('50,257');
});
