/** A/B: opened from Explore, run on the model, read by keyboard, swapped by a key. */
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { part } from '../../../scripts/lib/panelReading';
import { violations } from '../accessibility';
import type { Panel } from '../../../scripts/lib/panelPage';
import { explored } from '../explored';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

const ofChain = (side: 'a' | 'b', field: string): Locator =>
  panel.frame.locator(`[data-chain="${side}"] ${part(field)} input`).last();

/** Runs A/B to its end. */
async function run(): Promise<void> {
  await panel.begin(() => panel.part('run').click());
  await panel.frame.locator(`${part('stop')}[disabled]`).waitFor({ timeout: 60_000 });
  await panel.part('answer').waitFor();
}

/** What both sides have written. */
const texts = (): Promise<string[]> => panel.part('ab-text').allInnerTexts();
const title = (): Promise<string> => panel.part('ab-place-title').innerText();

export function ab(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = await explored(session);
  });

  describe('Two chains', () => {
    test('are those of Explore, of which one is changed; the answer says where the texts part', async () => {
      await panel.makeWidth(800);
      await panel.part('tab-explore').click();
      const k = await panel.part('top-k').locator('input').inputValue();
      await panel.part('open-ab').click();
      await panel.part('experiment-ab').waitFor();
      await expect.poll(() => ofChain('a', 'top-k').inputValue()).toBe(k);
      await expect.poll(() => ofChain('b', 'top-k').inputValue()).toBe(k);
      await ofChain('b', 'top-k').fill('2');
      await run();
      await expect.poll(() => panel.part('headline').innerText()).toMatch(/^The texts part at token \d+: A /);
      const place = /token (\d+)/.exec(await panel.part('headline').innerText())![1];
      await expect.poll(title).toBe(`Token ${place} of 24`);
      // Up to there they are the same, and the sampler that took A's token away from B is named.
      await expect.poll(() => panel.part('ab-place').innerText()).toContain('top-k');
      await expect.poll(() => violations(panel.frame)).toEqual([]);
      await session.window.picture('ab');
    });

    test('are looked at token by token with arrows, on either side', async () => {
      await panel.part('ab-token').first().click();
      await expect.poll(title).toMatch(/^Token 1 of/);
      await panel.frame.page().keyboard.press('ArrowRight');
      await expect.poll(title).toMatch(/^Token 2 of/);
      await panel.frame.page().keyboard.press('ArrowDown');
      const focused = panel.frame.locator(`${part('ab-text')}[data-side="b"] [data-at="1"]:focus`);
      await expect.poll(() => focused.count()).toBe(1);
      await panel.frame.page().keyboard.press('End');
      await expect.poll(title).toMatch(/^Token (\d+) of \1$/);
    });

    test('are swapped by a key with their texts, and by the button again', async () => {
      const before = await texts();
      await panel.frame.page().keyboard.press('x');
      await expect.poll(texts).toEqual([...before].reverse());
      await expect.poll(() => ofChain('a', 'top-k').inputValue()).toBe('2');
      await expect.poll(() => panel.part('stale').count()).toBe(0);
      await panel.part('ab-swap').click();
      await expect.poll(texts).toEqual(before);
    });
  });

  describe('Two prompts', () => {
    test('of which one is a changed copy of the other, in one column too', async () => {
      const same = panel.part('other-same');
      if (await same.isVisible()) await same.click();
      await panel.part('other-copy').click();
      const area = panel.part('other').locator('textarea');
      await expect.poll(() => area.inputValue()).not.toBe('');
      await area.fill(`${await area.inputValue()} and`);
      await run();
      await expect.poll(() => panel.part('headline').innerText()).toMatch(/part/);
      await panel.makeWidth(400);
      const wide = (): Promise<number> =>
        panel.frame.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
      await expect.poll(wide).toBeLessThanOrEqual(0);
      await expect.poll(() => violations(panel.frame)).toEqual([]);
      await session.window.picture('ab-400');
    });
  });
}
