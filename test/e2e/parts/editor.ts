/** What the extension does in the editor itself: the side panel, surprisal, suggestions. */
import { beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { part } from '../../../scripts/lib/panelReading';
import { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

let session: Session;

export function editorItself(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    const { window } = session;
    await session.workspace.restore();
    await window.focusEditor();
    await window.run('File: Revert File');
    await window.run('View: Close All Editors');
    await window.page.getByText('sample.md', { exact: true }).first().dblclick();
    await window.page.locator('.monaco-editor').first().waitFor();
  });

  describe('the side panel', () => {
    test('lists the most probable tokens at the cursor, the models and the presets', async () => {
      const { window } = session;
      await window.run('Decoding Lab: Focus on At the Cursor View');
      await window.select(6, 1, SAMPLE_LINE.length + 1);
      const rows = window.page.locator('.pane:has-text("At the Cursor") .monaco-list-row');
      await expect.poll(() => rows.first().innerText(), { timeout: 60_000 }).toContain('·had');
      await expect.poll(() => rows.first().innerText()).toMatch(/\d %/);
      const sidebar = window.page.locator('.part.sidebar');
      for (const text of ['fireside', 'GPT-2', 'Greedy', 'Creative']) {
        await sidebar.getByText(text, { exact: false }).first().waitFor();
      }
      await window.picture('side-panel');
    });

    test('shows the figures of a token on a click, and inserts it on a double click or Enter', async () => {
      const { window } = session;
      const { page } = window;
      const rows = page.locator('.pane:has-text("At the Cursor") .monaco-list-row');
      const text = page.locator('.editor-instance .view-lines').first();
      const line = async (): Promise<string> => (await text.innerText()).replaceAll('\u00a0', ' ');
      await window.focusEditor();
      await window.run('File: Revert File');
      await window.select(6, 1, SAMPLE_LINE.length + 1);
      await expect.poll(() => rows.first().innerText(), { timeout: 60_000 }).toContain('·had');
      const before = await line();
      // A row that is drawn anew under the pointer takes no click: a user then clicks again.
      const shown = async (): Promise<boolean> => {
        await rows.first().click();
        const all = async (): Promise<string> => (await rows.allInnerTexts()).join(' ');
        return expect
          .poll(all, { timeout: 15_000 })
          .toMatch(/Rank\s*1 of 50,257/)
          .then(
            () => true,
            () => false,
          );
      };
      await expect.poll(shown, { timeout: 60_000 }).toBe(true);
      await window.picture('token-figures');
      expect(before).toBe(await line());
      await rows.first().dblclick();
      await expect.poll(line).toContain(`${SAMPLE_LINE} had`);
      await expect.poll(() => rows.first().innerText()).not.toContain('·had');
      await rows.first().focus();
      await page.keyboard.press('ArrowUp');
      const next = (await rows.first().innerText()).match(/^·([a-z]+)/i)?.[1] ?? '(no word)';
      await page.keyboard.press('Enter');
      await expect.poll(line).toContain(`${SAMPLE_LINE} had ${next}`);
      await window.focusEditor();
      await window.run('File: Revert File');
    });
  });

  describe('the models', () => {
    test('are freed and loaded again, and say so', async () => {
      const { window } = session;
      const row = window.page.locator('.pane:has(.pane-header:has-text("Models")) .monaco-list-row', {
        hasText: 'fireside',
      });
      await expect.poll(() => row.first().innerText()).toMatch(/default, loaded/);
      await window.choose('Decoding Lab: Free Memory of Model', 'fireside');
      await expect.poll(() => row.first().innerText()).not.toContain('loaded');
      await window.choose('Decoding Lab: Load Model into Memory', 'fireside');
      await expect.poll(() => row.first().innerText(), { timeout: 60_000 }).toMatch(/default, loaded/);
      const tip = window.page.locator('.monaco-hover', { hasText: 'in memory' });
      // A row that is drawn anew under the pointer shows its hover text only to a pointer that comes again.
      const tooltip = async (): Promise<string> => {
        await window.page.mouse.move(0, 0);
        await row.first().hover();
        return tip.innerText({ timeout: 4_000 }).catch(() => '');
      };
      await expect
        .poll(tooltip, { timeout: 60_000, interval: 500 })
        .toMatch(/32-bit in memory: (about )?[\d.]+ MB/);
      await window.picture('models-loaded');
      await window.page.mouse.move(0, 0);
    });
  });

  describe('surprisal', () => {
    test('tints the tokens of the document', async () => {
      const { window } = session;
      // Without a selection the whole document is read.
      await window.select(1, 1, 1);
      await window.run('Decoding Lab: Show Surprisal');
      const tinted = window.page.locator('.monaco-editor .view-overlays [class*="ced-"]');
      await expect.poll(() => tinted.count(), { timeout: 60_000 }).toBeGreaterThan(60);
      const summary = window.page.locator('.pane:has(.pane-header:has-text("Surprisal"))');
      const text = async (): Promise<string> =>
        (await summary.locator('.monaco-list-row').allInnerTexts()).join('; ').replace(/\s+/g, ' ');
      await expect
        .poll(text)
        .toMatch(/Perplexity ?\d+.*Bits per character ?\d\.\d+.*Beyond.*Tokens ?\d+, read by fireside/);
      await expect.poll(() => summary.innerText()).toContain('Stronger colour means more surprising');
      const legend = window.page.locator('.monaco-editor .codelens-decoration');
      await expect.poll(() => legend.first().innerText()).toContain('Stronger colour means more surprising');
      await window.picture('surprisal');
    });
  });

  describe('presets', () => {
    test('of one’s own are made from another, changed, and deleted', async () => {
      const { window } = session;
      const { page } = window;
      const widget = page.locator('.quick-input-widget');
      const input = widget.locator('input.input');
      const pane = page.locator('.pane:has(.pane-header:has-text("Presets"))');
      const answer = async (prompt: string, text?: string): Promise<void> => {
        await expect.poll(() => widget.innerText()).toContain(prompt);
        if (text !== undefined) await input.fill(text);
        await page.keyboard.press('Enter');
      };
      const remove = async (preset: string): Promise<void> => {
        await window.choose('Decoding Lab: Delete Preset', preset);
        await page.getByRole('button', { name: 'Delete', exact: true }).click();
        await expect.poll(() => pane.innerText()).not.toContain(preset);
      };
      await expect.poll(() => pane.innerText()).toMatch(/Greedy/);
      // A first try may have left some behind.
      for (const preset of ['Wilder', 'Wild', 'From the panel']) {
        if (new RegExp(`^${preset}\\s*temperature`, 'm').test(await pane.innerText())) await remove(preset);
      }
      await window.choose('Decoding Lab: New Preset', 'Creative');
      await answer('Name of the preset', 'Wild');
      await expect.poll(() => input.inputValue()).toContain('"temperature":1.1');
      await input.fill('[{"sampler":"temperature","temperature":-1}]');
      await expect.poll(() => widget.innerText()).toContain('temperature is -1; it must be');
      await answer('New preset', '[{"sampler":"temperature","temperature":2}]');
      await expect.poll(() => pane.innerText()).toMatch(/Wild\s*temperature 2/);
      await window.run('Decoding Lab: Edit Preset');
      await answer('Edit a preset');
      await answer('Name of the preset', 'Wilder');
      await answer('samplers', '[{"sampler":"temperature","temperature":3}]');
      await expect.poll(() => pane.innerText()).toMatch(/Wilder\s*temperature 3/);
      // A click explores with it in the panel and leaves the suggestions as they are.
      await expect.poll(() => pane.innerText()).toMatch(/Precise\s*used for suggestions/);
      await pane.getByText('Wilder', { exact: true }).click();
      const frame = await window.frameWith(part('preset'));
      const preset = frame.locator(part('preset'));
      await expect.poll(() => preset.getAttribute('current-value')).toBe('wild');
      await expect.poll(() => pane.innerText()).toMatch(/Precise\s*used for suggestions/);
      await window.picture('presets');
      // The panel has come to the front; a list that is opened before it has the focus would close again.
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.tagName.toLowerCase()))
        .toBe('iframe');
      // What the panel saves is a preset as well, there and in the view.
      await new Panel(frame).unfold();
      await frame.locator(part('save-preset')).click();
      await answer('Name of the preset', 'From the panel');
      await expect.poll(() => pane.innerText()).toMatch(/From the panel\s*temperature 3/);
      await expect.poll(() => preset.getAttribute('current-value')).not.toBe('wild');
      for (const preset of ['Wilder', 'From the panel']) await remove(preset);
      // What follows needs the room.
      await window.run('View: Close Editor');
      await page.locator('iframe.webview').waitFor({ state: 'detached' });
    });
  });

  describe('quantized weights', () => {
    test('are measured on the text against the 32-bit ones, and shown in a table', async () => {
      const { window } = session;
      const choices = window.page.locator('.quick-input-widget');
      await window.choose('Decoding Lab: Measure Quantized Weights on This Text', 'fireside');
      await choices.getByText('8-bit exact', { exact: true }).waitFor();
      await window.page.keyboard.press('Enter');
      const table = window.page.locator('.editor-instance .view-lines', { hasText: 'mean' }).last();
      const text = async (): Promise<string> => (await table.innerText()).replaceAll('\u00a0', ' ');
      await expect.poll(text, { timeout: 60_000 }).toContain('| 4-bit |');
      await window.picture('fidelity');
      const row = (label: string): number[] => rows.get(label)!.map((cell) => parseFloat(cell));
      const rows = new Map<string, string[]>();
      for (const line of (await text()).split('\n')) {
        const [label, ...cells] = line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim());
        if (label !== undefined) rows.set(label, cells);
      }
      expect(row('32-bit').slice(1)).toEqual([0, 0, 100]);
      for (const label of ['8-bit exact', '8-bit fast', '4-bit']) expect(row(label)[1]).toBeGreaterThan(0);
      // Each bit less doubles the step between two weights.
      expect(row('4-bit')[1]).toBeGreaterThan(row('8-bit exact')[1]!);
    });
  });
}
