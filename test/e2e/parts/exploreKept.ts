/** What can be done with a result of Explore: files, the history, replay and comparison. */
import { beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { explored } from '../explored';
import { exported } from '../exported';
import type { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

export function keepingExplored(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = await explored(session);
  });

  const ids = async (): Promise<number[][]> =>
    (await panel.read()).completions.map((tokens) => tokens.map(({ id }) => id));

  describe('A result of Explore', () => {
    test('is written into files of every kind', async () => {
      const drawn = await ids();
      const json = JSON.parse(await exported(session, panel, 'json', 'explore.json')) as {
        result: { completions: { ids: number[] }[]; next: { rows: { id: number }[] } };
      };
      expect(json.result.completions.map((completion) => completion.ids)).toEqual(drawn);
      const listed = json.result.next.rows.map(({ id }) => id);
      expect(listed.slice(0, 5)).toEqual((await panel.bars()).slice(0, 5).map(({ id }) => id));
      const csv = await exported(session, panel, 'csv-completions', 'explore-completions.csv');
      expect(csv).toMatch(/^sample,text,tokens,/);
      const report = await exported(session, panel, 'md', 'explore.md');
      expect(report).toContain(SAMPLE_LINE);
      expect(report).toContain('<svg');
      const svg = await exported(session, panel, 'svg-next', 'explore-next.svg');
      expect(svg).toMatch(/^<svg[^>]+xmlns/);
    });

    test('is kept, and replayed to the same values, while it stays on screen', async () => {
      const drawn = await ids();
      await panel.part('save').click();
      await expect.poll(() => panel.part('save').innerText()).toBe('Saved');
      await panel.begin(() => panel.part('replay').click());
      await panel.part('verdict').waitFor();
      await expect.poll(() => panel.part('verdict').innerText()).toMatch(/are the same again/);
      await expect.poll(ids).toEqual(drawn);
      await panel.part('dismiss').click();
    });

    test('is compared with the next one, which has another seed', async () => {
      await panel.part('keep').click();
      await panel.type('seed', '43');
      await panel.generate();
      await panel.ended();
      await expect.poll(() => panel.part('comparison').innerText()).toContain('Earlier, fireside:');
      await session.window.picture('explore-compared');
      await panel.part('comparison-close').click();
    });

    test('is found in the history, and opens as it was, controls included', async () => {
      const other = await ids();
      await panel.part('history').click();
      await expect.poll(() => panel.part('reopen').count()).toBe(1);
      await panel.part('reopen').click();
      await expect.poll(ids).not.toEqual(other);
      const [seed, bars] = [panel.part('seed').locator('input'), await panel.probabilities()];
      await expect.poll(() => seed.inputValue()).toBe('42');
      await panel.part('as-saved').waitFor();
      await expect.poll(() => panel.part('stale').count()).toBe(0);
      await session.window.picture('explore-reopened');
      await panel.part('history').click();
      // Drawn again, it follows its controls again.
      const drawn = await ids();
      await panel.generate();
      await panel.ended();
      await panel.part('as-saved').waitFor({ state: 'detached' });
      await expect.poll(ids).toEqual(drawn);
      await panel.slide('temperature', 'ArrowLeft');
      await expect.poll(() => panel.probabilities()).not.toEqual(bars);
      await panel.slide('temperature', 'ArrowRight');
    });
  });
}
