/** A prompt that ends in white space: what is said of it, and the way on without it. */
import { expect, test } from 'vitest';
import { EXPLORE } from '../../../scripts/lib/exploreSample';
import { explored } from '../explored';
import type { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

/** The sample's line of the demonstrations, and how much of it is selected: a space is the last character. */
const LINE = 6;
const SELECTED = 'Once upon a ';

/** The panel with the beginning of the sample's line as its prompt, its space included. */
async function exploredBeginning(session: Session): Promise<Panel> {
  const { window } = session;
  const panel = await explored(session);
  await window.select(LINE, 1, SELECTED.length + 1);
  await panel.begin(() => window.run(EXPLORE));
  await panel.ended();
  return panel;
}

export function boundary(current: () => Session): void {
  test('a space at the end of a prompt is told, and can be removed', async () => {
    const session = current();
    const { window } = session;
    const panel = await exploredBeginning(session);
    const chips = panel.part('chip');
    await expect.poll(() => chips.allInnerTexts()).toEqual(['Once', '·upon', '·a', '·']);
    await panel.part('notes').waitFor();
    await window.picture('trailing-space');
    await panel.begin(() => panel.part('trim-prompt').click());
    await panel.ended();
    await expect.poll(() => chips.allInnerTexts()).toEqual(['Once', '·upon', '·a']);
    await expect.poll(() => panel.part('trim-prompt').count()).toBe(0);
    await panel.begin(() => panel.part('whole-prompt').click());
    await panel.ended();
    await expect.poll(() => chips.allInnerTexts()).toEqual(['Once', '·upon', '·a', '·']);
  });

  test('a completion takes the place of the space that was removed: the document has no second one', async () => {
    const session = current();
    const { window } = session;
    const panel = await exploredBeginning(session);
    const before = await session.savedText();
    const [start, end] = before.split(SELECTED.trimEnd(), 2);
    await panel.begin(() => panel.part('trim-prompt').click());
    await panel.ended();
    await panel.part('insert-after').first().click();
    await expect.poll(() => session.savedText(), { timeout: 60_000 }).not.toBe(before);
    const text = await session.savedText();
    expect(text.startsWith(`${start}${SELECTED.trimEnd()}`)).toBe(true);
    expect(text.endsWith(end!.slice(1))).toBe(true);
    expect(text.slice(`${start}${SELECTED}`.length - 1)).not.toMatch(/^ {2}/);
    await window.focusEditor();
    await window.page.keyboard.press('Control+z');
    await expect.poll(() => session.savedText(), { timeout: 60_000 }).toBe(before);
  });
}
