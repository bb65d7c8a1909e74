/** What happens while a run goes on, and what needs no run at all. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { part } from '../../../scripts/lib/panelReading';
import { repository } from '../../../scripts/lib/paths';
import { enginesOf } from '../../../scripts/lib/engineProcess';
import { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

export function running(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = new Panel(await session.window.frameWith(part('completion')));
    await panel.ended();
  });

  describe('Controls', () => {
    test('redraw the distribution while the model process stands still', async () => {
      // That of a window that was reloaded may still be ending.
      await expect.poll(() => enginesOf(session.server.pid)).toHaveLength(1);
      const [engine] = enginesOf(session.server.pid);
      process.kill(engine!, 'SIGSTOP');
      try {
        const before = await panel.probabilities();
        for (let press = 0; press < 10; press++) await panel.slide('temperature', 'ArrowLeft');
        await expect.poll(async () => await panel.probabilities()).not.toEqual(before);

        // p_i / p_j = (q_i / q_j)^(1 / T), whatever the rest of the vocabulary holds.
        // The last of the presses may still have to be drawn, in the field as in the bars.
        await expect
          .poll(async () => {
            const temperature = Number(await panel.part('temperature').locator('input').inputValue());
            if (temperature >= 1) return 1;
            const [first, ...rest] = await panel.bars();
            const errors = rest
              .filter(({ kept }) => kept)
              .map((bar) => {
                const expected = (bar.rawProbability / first!.rawProbability) ** (1 / temperature);
                return Math.abs(bar.probability / first!.probability - expected);
              });
            return errors.length > 5 ? Math.max(...errors) : 1;
          })
          .toBeLessThan(1e-6);

        await panel.type('top-k', '3');
        await expect.poll(async () => (await panel.bars()).filter(({ kept }) => kept).length).toBe(3);
        const left = (await panel.bars()).filter(({ kept }) => kept);
        expect(left.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      } finally {
        process.kill(engine!, 'SIGCONT');
      }
    });
  });

  describe('A run', () => {
    test('stops where Stop was pressed, and keeps what it has', async () => {
      await panel.generateForLong();
      await session.window.picture('running');
      await panel.part('stop').click();
      await panel.part('stopped').waitFor();
      // It is said at once; the process ends the run within its step.
      await panel.ended();
      const tokens = await panel.tokens();
      expect(tokens).toBeGreaterThan(64);
      expect(tokens).toBeLessThan(64 * 240);
      await session.window.picture('stopped');
      // Nothing arrives late: the next, short run is the next thing on screen, and it is whole.
      await expect.poll(() => panel.tokens()).toBe(tokens);
      await panel.keepShort();
      await panel.generate();
      await panel.part('stopped').waitFor({ state: 'detached' });
      await panel.ended();
      expect((await panel.read()).completions.map((completion) => completion.length)).toEqual([8, 8]);
    });

    test('whose process dies says so, keeps what had arrived, and can be repeated', async () => {
      await panel.generateForLong();
      const [engine] = enginesOf(session.server.pid);
      process.kill(engine!, 'SIGKILL');
      const failure = panel.part('failure');
      await failure.waitFor();
      await expect.poll(() => failure.innerText()).toMatch(/model process/i);
      await expect.poll(() => panel.tokens()).toBeGreaterThan(0);
      await session.window.picture('failure');
      // Retry asks for the same again: the long run, which is then stopped.
      await panel.part('retry').click();
      await failure.waitFor({ state: 'detached' });
      await expect.poll(() => panel.tokens(), { timeout: 60_000 }).toBeGreaterThan(64);
      await panel.part('stop').click();
      await panel.part('stopped').waitFor();
      expect(enginesOf(session.server.pid)).not.toContain(engine);
    });
  });

  describe('The toy vocabulary', () => {
    interface Reference {
      readonly vocab: readonly string[];
      readonly temperature: readonly { readonly T: number; readonly probs: readonly number[] }[];
    }
    const path = join(repository, 'test', 'fixtures', 'oracles', 'seed', 'seed-exercises.json');
    const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;

    test('shows the reference distributions at their temperatures', async () => {
      await panel.choose('toy');
      await panel.type('temperature', '1');
      await panel.type('top-k', 'off');
      await expect.poll(async () => (await panel.bars()).length).toBe(reference.vocab.length);
      for (const { T, probs } of reference.temperature) {
        await panel.type('temperature', String(T));
        await expect
          .poll(async () => (await panel.probabilities()).map((value) => value.toFixed(6)))
          .toEqual(probs.map((value) => value.toFixed(6)));
      }
      await session.window.picture('toy');
    });

    test('can be the book’s nine words, with the probabilities that follow from its printed logits', async () => {
      await panel.part('toy-9').click();
      for (const [T, expected] of [
        ['1', 1.012e-4],
        ['5', 0.043],
      ] as const) {
        await panel.type('temperature', T);
        const pizza = async (): Promise<number> =>
          (await panel.bars()).find(({ text }) => text.includes('pizza'))?.probability ?? 0;
        await expect.poll(async () => Math.abs((await pizza()) / expected - 1)).toBeLessThan(1e-3);
      }
      await session.window.picture('toy-book');
      await panel.part('toy-5').click();
    });

    test('can be edited: a word and its logit', async () => {
      await panel.type('temperature', '1');
      await panel.part('toy-word').nth(4).locator('input').fill('soup');
      await panel.part('toy-logit').nth(4).locator('input').fill('3.5');
      await panel.generate();
      const weights = [3.5, 2.0, 1.5, 0.5, 0.2].map(Math.exp);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      await expect
        .poll(async () => (await panel.probabilities()).map((value) => value.toFixed(6)))
        .toEqual(weights.map((weight) => (weight / sum).toFixed(6)));
      expect((await panel.bars())[0]!.text).toContain('soup');
    });
  });
}
