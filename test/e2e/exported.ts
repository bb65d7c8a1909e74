import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Panel } from '../../scripts/lib/panelPage';
import type { Session } from './session';

/** Chooses a kind of file and accepts the name that is proposed. @returns the file's text */
export async function exported(
  { window: { page }, workspace }: Session,
  panel: Panel,
  choice: string,
  name: string,
): Promise<string> {
  await panel.part('export').locator('> summary').click();
  await panel.part(`export-${choice}`).click();
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  const path = join(workspace.folder, name);
  await expect.poll(() => input.inputValue()).toBe(path);
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
  await expect.poll(() => readFile(path, 'utf8').catch(() => ''), { timeout: 30_000 }).not.toBe('');
  return readFile(path, 'utf8');
}
