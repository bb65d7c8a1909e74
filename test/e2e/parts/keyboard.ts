/** The main job without a mouse. */
import { expect, test } from 'vitest';
import { SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { part } from '../../../scripts/lib/panelReading';
import { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

export function keyboardAlone(current: () => Session): void {
  test('select, explore, change, generate, stop and insert by keys alone', async () => {
    const session = current();
    const { window } = session;
    const { keyboard } = window.page;
    const press = async (key: string, times = 1): Promise<void> => {
      for (let i = 0; i < times; i++) await keyboard.press(key);
    };

    const line = (await session.savedText()).split('\n').indexOf(SAMPLE_LINE) + 1;
    await window.select(line, 1, SAMPLE_LINE.length + 1);
    await press('Control+k');
    await press('Control+g');
    const panel = new Panel(await window.frameWith(part('completions')));
    await panel.ended();

    /** Presses Tab until the part has the focus; every stop on the way is noted. */
    const tabTo = async (name: string): Promise<void> => {
      const stops: string[] = [];
      for (let i = 0; i < 80; i++) {
        const focused = await panel.frame.evaluate(
          () => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid') ?? '(other)',
        );
        if (focused === name) return;
        stops.push(focused);
        await press('Tab');
      }
      throw new Error(`Tab does not reach ${name}; it came by ${stops.join(', ')}.`);
    };

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
}
