/** A model on a server, as a user connects it by hand: explored, lost, and found again. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXPLORE, SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { part } from '../../../scripts/lib/panelReading';
import { repository } from '../../../scripts/lib/paths';
import { hasReference, startReference, type ReferenceServer } from '../../unit/remote/referenceServer';
import { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

/** The line of the sample document that is explored. */
const LINE = 6;
const MODEL = join(repository, 'models', 'kindling');

export function connectingServers(current: () => Session): void {
  let session: Session;
  let server: ReferenceServer;
  let panel: Panel;

  beforeAll(async () => {
    session = current();
    if (hasReference) server = await startReference('vllm', MODEL);
  });
  afterAll(async () => {
    if (hasReference) await server.stop();
  });

  test.skipIf(!hasReference)('is connected by the command, and says where texts go', async () => {
    const { window } = session;
    const { page } = window;
    const widget = page.locator('.quick-input-widget');
    const input = widget.locator('input.input');
    const asked = (title: string): Promise<void> =>
      expect.poll(() => widget.innerText(), { timeout: 30_000 }).toContain(title);
    await window.focusEditor();
    await window.select(LINE, 1, SAMPLE_LINE.length + 1);
    await window.run('Decoding Lab: Connect to a Model Server…');
    await asked('Address of a vLLM server');
    await input.fill('http://me:secret@gpu1');
    await asked('user name or a password');
    await input.fill(`${server.address}/v1`);
    await page.keyboard.press('Enter');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    await window.picture('server-answers');
    await expect.poll(() => dialog.innerText()).toMatch(/vLLM .* answers at http:\/\/127\.0\.0\.1/);
    await expect
      .poll(() => dialog.innerText())
      .toContain(`The text you explore with this model is sent to ${server.address} and nowhere else.`);
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
    await asked('Name of the server');
    await input.fill('near');
    await page.keyboard.press('Enter');
    // It lists 20 tokens, so that nothing says which vocabulary this is.
    await widget.locator('.monaco-list-row', { hasText: 'GPT-2’s tokenizer' }).click();
    const explore = page
      .locator('.notification-list-item', { hasText: 'near is connected' })
      .getByText('Explore', { exact: true })
      .first();
    // A message leaves by itself, and is behind the bell then.
    await expect
      .poll(async () => {
        if (!(await explore.isVisible())) await window.run('Notifications: Show Notifications');
        return explore.isVisible();
      })
      .toBe(true);
    await explore.click();
    panel = new Panel(await window.frameWith(part('server-badge')));
    // They lie over the panel.
    await window.run('Notifications: Clear All Notifications');
    await panel.ended();
    await expect.poll(() => panel.part('server-badge').first().innerText()).toBe('near');
    await expect.poll(() => panel.part('completion').count()).toBeGreaterThan(0);
    await window.picture('server-explored');
  });

  test.skipIf(!hasReference)('stands in the view with its state, and can be asked again', async () => {
    const { window } = session;
    const pane = window.page.locator('.pane:has(.pane-header:has-text("Models"))');
    const row = pane.locator('.monaco-list-row', { hasText: 'near' });
    await window.run('Decoding Lab: Focus on Models View');
    await expect.poll(() => row.first().innerText()).toContain('connected: vLLM');
    await server.stop();
    await window.choose('Decoding Lab: Retry Server', 'near');
    await expect.poll(() => row.first().innerText(), { timeout: 60_000 }).toContain('not reachable');
    await window.picture('server-down');
  });

  test.skipIf(!hasReference)(
    'that is down says so in the panel, and Retry goes on once it is there',
    async () => {
      const { window } = session;
      await window.select(LINE, 1, 'Once upon'.length + 1);
      await window.run(EXPLORE);
      await expect
        .poll(() => panel.frame.locator('body').innerText(), { timeout: 60_000 })
        .toMatch(/near .*cannot be reached/);
      await window.picture('server-down-panel');
      server = await startReference('vllm', MODEL, '--port', new URL(server.address).port);
      await panel.begin(() => panel.part('retry').first().click());
      await panel.ended();
      await expect.poll(() => panel.part('chip').allInnerTexts()).toEqual(['Once', '·upon']);
      await window.choose('Decoding Lab: Retry Server', 'near');
      const pane = window.page.locator('.pane:has(.pane-header:has-text("Models"))');
      const row = pane.locator('.monaco-list-row', { hasText: 'near' });
      await expect.poll(() => row.first().innerText(), { timeout: 60_000 }).toContain('connected: vLLM');
    },
  );
}
