/** Themes and widths: what can be read, and what fits. Its screenshots are there to be looked at. */
import { beforeAll, describe, expect, test } from 'vitest';
import { violations } from '../accessibility';
import { contrasts } from '../contrast';
import type { Panel } from '../../../scripts/lib/panelPage';
import { explored } from '../explored';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

export function looks(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = await explored(session);
    await session.window.run('View: Close Primary Side Bar');
  });

  describe('Themes', () => {
    test.each([
      ['Default Light Modern', 'vscode-light', 'light'],
      ['Default High Contrast', 'vscode-high-contrast', 'high-contrast'],
      ['Default High Contrast Light', 'vscode-high-contrast-light', 'high-contrast-light'],
      ['Default Dark Modern', 'vscode-dark', 'dark'],
    ])('%s: text on every tint has a contrast of at least 4.5', async (theme, kind, name) => {
      await session.server.set({ 'workbench.colorTheme': theme });
      await panel.frame.locator(`body.${kind}`).waitFor();
      const measured = (): Promise<{ text: string; ratio: number }[]> =>
        panel.frame.locator('[data-testid="token"], [data-testid="chip"]').evaluateAll(contrasts);
      // The page computes its scale after the theme has arrived.
      await expect.poll(async () => (await measured()).filter(({ ratio }) => ratio < 4.5)).toEqual([]);
      expect((await measured()).length).toBeGreaterThan(20);
      await expect.poll(() => violations(panel.frame, ['color-contrast'])).toEqual([]);
      await session.window.picture(`theme-${name}`);
    });

    test('tints differ in lightness, so that the scale reads in grey', async () => {
      const ratios = await panel.frame
        .locator('[data-testid="token"]')
        .evaluateAll(contrasts)
        .then((all) => all.map(({ ratio }) => ratio));
      expect(Math.max(...ratios) / Math.min(...ratios)).toBeGreaterThan(1.5);
    });
  });

  describe('A row too narrow for its tabs', () => {
    const row = (): Promise<{ left: boolean; right: boolean }> =>
      panel.frame.locator('[role="tablist"]').evaluate((list) => ({
        left: list.scrollLeft <= 1,
        right: list.scrollLeft >= list.scrollWidth - list.clientWidth - 1,
      }));

    test('is scrolled to either end by its arrows', async () => {
      await panel.makeWidth(620);
      // The chosen tab, the first, is in view.
      await panel.part('tab-explore').click();
      await expect.poll(row).toEqual({ left: true, right: false });
      for (const [arrow, end] of [
        ['tabs-later', 'right'],
        ['tabs-earlier', 'left'],
      ] as const) {
        // One press after the other, until there is nothing more to scroll to.
        await expect
          .poll(async () => {
            await panel
              .part(arrow)
              .click({ timeout: 1000 })
              .catch(() => undefined);
            return (await row())[end];
          })
          .toBe(true);
        await panel.part(arrow).waitFor({ state: 'hidden' });
      }
    });

    test('has a menu of all tabs, by keyboard', async () => {
      const focused = (): Promise<string> =>
        panel.frame.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '');
      await panel.makeWidth(620);
      await panel.part('tab-explore').click();
      await panel.part('distribution').waitFor();
      await panel.part('tabs-menu').press('Enter');
      await expect.poll(focused).toBe('menu-explore');
      await panel.part('menu-explore').press('End');
      await expect.poll(focused).toBe('menu-course');
      await panel.part('menu-course').press('Enter');
      await panel.part('course').waitFor();
      await expect.poll(focused).toBe('tab-course');
      await expect.poll(async () => (await row()).right).toBe(true);
      await panel.part('tabs-menu').press('Enter');
      await expect.poll(focused).toBe('menu-course');
      await panel.part('menu-course').press('Escape');
      await expect.poll(focused).toBe('tabs-menu');
      await panel.part('tabs-menu').press('Enter');
      await panel.part('menu-explore').click();
      await panel.part('distribution').waitFor();
    });
  });

  describe('Widths', () => {
    test.each([400, 800, 1600])(
      '%i pixels: everything is there and nothing scrolls sideways',
      async (width) => {
        await panel.makeWidth(width);
        const overflow = await panel.frame.evaluate(() => {
          const root = document.documentElement;
          return root.scrollWidth - root.clientWidth;
        });
        expect(overflow).toBeLessThanOrEqual(0);
        for (const name of ['generate', 'distribution', 'completions', 'prompt-chips']) {
          const box = await panel.part(name).boundingBox();
          const frame = await (await panel.frame.frameElement()).boundingBox();
          expect(box, name).not.toBeNull();
          expect(box!.x, name).toBeGreaterThanOrEqual(frame!.x);
          expect(box!.x + box!.width, name).toBeLessThanOrEqual(frame!.x + frame!.width + 0.5);
        }
        await session.window.picture(`width-${width}`);
      },
    );
  });
}
