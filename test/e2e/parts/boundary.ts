/** A prompt that ends in white space: what is said of it, and the way on without it. */
import { expect, test } from 'vitest';
import { EXPLORE } from '../../../scripts/lib/exploreSample';
import { explored } from '../explored';
import type { Session } from '../session';

/** The sample's line of the demonstrations, and how much of it is selected: a space is the last character. */
const LINE = 6;
const SELECTED = 'Once upon a ';

export function boundary(current: () => Session): void {
  test('a space at the end of a prompt is told, and can be left out', async () => {
    const session = current();
    const { window } = session;
    const panel = await explored(session);
    await window.select(LINE, 1, SELECTED.length + 1);
    await panel.begin(() => window.run(EXPLORE));
    await panel.ended();
    const chips = panel.part('chip');
    await expect.poll(() => chips.allInnerTexts()).toEqual(['Once', '·upon', '·a', '·']);
    await panel.part('notes').waitFor();
    await window.picture('trailing-space');
    await panel.begin(() => panel.part('trim-prompt').click());
    await panel.ended();
    await expect.poll(() => chips.allInnerTexts()).toEqual(['Once', '·upon', '·a']);
    await expect.poll(() => panel.part('trim-prompt').count()).toBe(0);
  });
}
