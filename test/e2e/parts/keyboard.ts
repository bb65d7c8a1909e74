/** The main job without a mouse. */
import { expect, test } from 'vitest';
import { SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { part } from '../../../scripts/lib/panelReading';
import { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

export function keyboardAlone(current: () => Session): void {
  let session: Session;
  let panel: Panel;

  const press = async (key: string, times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) await session.window.page.keyboard.press(key);
  };

  /** The part that has the focus, or the one that it is in. */
  const focused = (): Promise<string> =>
    panel.frame.evaluate(
      () => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid') ?? '(other)',
    );

  /** Presses Tab until the part has the focus; every stop on the way is noted. */
  const tabTo = async (name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
    const stops: string[] = [];
    for (let i = 0; i < 80; i++) {
      const now = await focused();
      if (now === name) return;
      stops.push(now);
      await press(key);
    }
    throw new Error(`${key} does not reach ${name}; it came by ${stops.join(', ')}.`);
  };

  test('select, explore, change, generate, stop and insert by keys alone', async () => {
    session = current();
    const { window } = session;
    const { keyboard } = window.page;
    const line = (await session.savedText()).split('\n').indexOf(SAMPLE_LINE) + 1;
    await window.select(line, 1, SAMPLE_LINE.length + 1);
    await press('Control+k');
    await press('Control+g');
    panel = new Panel(await window.frameWith(part('completions')));
    await panel.ended();

    /**
     * Types in place of what the field holds. Control+A would do, but VS Code selects everything for it once more,
     * from its own window, at a moment that falls into the typing on a busy machine.
     */
    const overwrite = async (text: string): Promise<void> => {
      await press('Home');
      await press('Shift+End');
      await keyboard.type(text);
    };

    const before = await panel.probabilities();
    await tabTo('drawer');
    const opened = panel.part('drawer');
    if ((await opened.getAttribute('aria-expanded')) === 'false') await press('Enter');
    // A tab before the fields are drawn would go past them.
    await expect.poll(() => opened.getAttribute('aria-expanded')).toBe('true');
    await tabTo('temperature-range');
    await press('ArrowRight', 4);
    await expect.poll(() => panel.probabilities()).not.toEqual(before);

    await tabTo('samples');
    await overwrite('3');
    await panel.begin(() => press('Control+Enter'));
    await panel.ended();
    await expect.poll(() => panel.part('completion').count()).toBe(3);

    // A run for longer than one looks; Escape stops it.
    await overwrite('64');
    await tabTo('max-new-tokens');
    await overwrite('240');
    await panel.begin(() => press('Control+Enter'));
    await expect.poll(() => panel.part('completion').count(), { timeout: 60_000 }).toBeGreaterThan(3);
    await press('Escape');
    await panel.part('stopped').waitFor();

    await tabTo('token');
    await press('ArrowRight', 2);
    await panel.part('alternatives').waitFor();
    await window.picture('keyboard');
    await press('Escape');
    await panel.part('alternatives').waitFor({ state: 'detached' });

    await tabTo('insert-after');
    await press('Enter');
    await expect
      .poll(async () => (await session.savedText()).split('\n')[line - 1]!.length, { timeout: 60_000 })
      .toBeGreaterThan(SAMPLE_LINE.length);
  });

  test('another tab is reached, run, read and exported, and another model looked for, by keys alone', async () => {
    await press('Control+k');
    await press('Control+ArrowRight');
    await expect.poll(() => panel.frame.evaluate(() => document.hasFocus())).toBe(true);
    // The panel goes on from where it was left, at the completion that was inserted.
    await tabTo('tab-explore', 'Shift+Tab');
    // Arrows go from tab to tab; Enter opens the one that has the focus.
    await press('End');
    await expect.poll(focused).toBe('tab-course');
    await press('Home');
    await press('ArrowRight', 5);
    await expect.poll(focused).toBe('tab-nucleus');
    await press('Enter');
    await panel.part('experiment-nucleus').waitFor();
    await panel.begin(() => press('Control+Enter'));
    await panel.frame.locator('[data-testid="stop"][disabled]').waitFor();
    await panel.part('answer').waitFor();
    await expect.poll(focused).toBe('tab-nucleus');

    // A mark of the picture says in a card what it shows, as its neighbour does.
    const card = panel.frame.locator('#card');
    const mark = (): Promise<string> =>
      panel.frame.evaluate(() => document.activeElement?.getAttribute('data-card') ?? '');
    for (let i = 0; i < 80 && !(await mark()).startsWith('mark:'); i++) await press('Tab');
    const first = await mark();
    expect(first).toMatch(/^mark:/);
    await press('ArrowRight');
    await expect.poll(mark).not.toBe(first);
    await card.waitFor();
    await press('Escape');
    await card.waitFor({ state: 'hidden' });

    // The menu of exports opens, leads to its rows, and gives the focus back.
    await tabTo('export');
    await press('Enter');
    await panel.part('export-md').waitFor();
    await press('Tab');
    await expect.poll(focused).toMatch(/^export-/);
    await press('Escape');
    await panel.part('export-md').waitFor({ state: 'hidden' });
    await expect.poll(focused).toBe('export');

    await tabTo('model', 'Shift+Tab');
    const opened = (): Promise<string | null> => panel.part('model').getAttribute('aria-expanded');
    await press('Enter');
    await expect.poll(opened).toBe('true');
    await press('Escape');
    await expect.poll(opened).toBe('false');
  });
}
