/** A window in a language in which every sentence is marked: what is not, was never translated. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Panel } from '../../scripts/lib/panelPage';
import { explored } from './explored';
import { MARKED, removeMarked, unmarked, writeMarked } from './markedLanguage';
import { useSession } from './session';
import { QUICK, runTab } from './tabs';

const session = useSession({ language: MARKED }, writeMarked);
let panel: Panel;

afterAll(removeMarked);

describe('Every text of the panel is translated', () => {
  test('in Explore', async () => {
    panel = await explored(session());
    await expect.poll(() => unmarked(panel.frame)).toEqual([]);
  });

  test.each(QUICK)('in %s', async (tab, fields) => {
    await runTab(panel, tab, fields);
    await expect.poll(() => unmarked(panel.frame)).toEqual([]);
  });

  test('in the course', async () => {
    await panel.part('tab-course').click();
    await panel.part('course').waitFor();
    await expect.poll(() => unmarked(panel.frame)).toEqual([]);
  });
});
