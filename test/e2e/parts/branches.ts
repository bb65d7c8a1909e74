/** Branches: from a token of a completion into the tree, other ways, exact enumeration, beam search, the document. */
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { part } from '../../../scripts/lib/panelReading';
import { violations } from '../accessibility';
import { drawn, type Panel } from '../../../scripts/lib/panelPage';
import { explored } from '../explored';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

interface TreeToken {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
  readonly level: number;
}

/** The lines of the tree, token by token. */
function readTree(): Promise<TreeToken[][]> {
  return panel.part('branch').evaluateAll((branches) =>
    branches.map((branch) =>
      [...branch.querySelectorAll<HTMLElement>('[role="treeitem"]')].map((token) => ({
        id: Number(token.dataset['tokenId']),
        text: token.textContent,
        probability: Number(token.dataset['probability']),
        level: Number(token.getAttribute('aria-level')),
      })),
    ),
  );
}

const idsOf = (tokens: readonly { readonly id: number }[]): number[] => tokens.map(({ id }) => id);

/** Does something to the tree, and waits until it has been read anew. */
async function change(what: () => Promise<void>): Promise<void> {
  await panel.begin(what);
  await panel.frame.locator(`${part('stop')}[disabled]`).waitFor();
}

/** Puts the focus on a token of the tree, and waits until that is what keys act on: an earlier key may still move it. */
async function point(token: Locator): Promise<void> {
  const chosen = async (): Promise<boolean> => {
    await token.focus();
    await drawn(panel.frame);
    return token.evaluate(
      (item) => item === document.activeElement && item.getAttribute('aria-selected') === 'true',
    );
  };
  await expect.poll(chosen).toBe(true);
}

const selected = (): Promise<string> =>
  panel.frame.locator('[role="treeitem"][aria-selected="true"]').innerText();

export function branches(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = await explored(session);
    await session.window.run('View: Close Primary Side Bar');
  });

  describe('The tree', () => {
    test('opens from a token of a completion, with that completion by its ids', async () => {
      const completion = (await panel.read()).completions[1]!;
      await panel.part('completion').nth(1).locator(part('token')).nth(3).focus();
      await panel.frame.page().keyboard.press('Enter');
      await panel.part('tree').waitFor();
      await panel.frame.locator(`${part('stop')}[disabled]`).waitFor();
      const [only, ...others] = await readTree();
      expect(others).toEqual([]);
      expect(idsOf(only!)).toEqual(idsOf(completion));
      only!.forEach(({ probability }, i) => {
        expect(probability).toBeCloseTo(completion[i]!.probability, 6);
      });
      expect((await selected()).trim()).toBe(completion[3]!.text.trim());
      await expect.poll(() => panel.part('choice').count()).toBeGreaterThanOrEqual(8);
    });

    test('goes another way, by hand and by keyboard', async () => {
      const [before] = await readTree();
      const choice = panel.frame.locator(`${part('choice')}:not([data-gone])`).first();
      const id = Number(await choice.getAttribute('data-token-id'));
      await change(() => choice.click());
      const [stem, ...ways] = await readTree();
      expect(idsOf(stem!)).toEqual(idsOf(before!).slice(0, 3));
      expect(ways.map(([first]) => first!.id)).toContain(id);
      expect(idsOf([...stem!, ...ways.find(([first]) => first!.id === before![3]!.id)!])).toEqual(
        idsOf(before!),
      );
      // Its line has the token and the eight that greedy search adds.
      expect(ways.find(([first]) => first!.id === id)).toHaveLength(9);

      // The focus followed; from there left leads back along the path, to its root.
      const { keyboard } = panel.frame.page();
      const level = (): Promise<number> =>
        panel.frame.evaluate(() => Number(document.activeElement?.getAttribute('aria-level')));
      await expect.poll(level).toBe(5);
      for (const expected of [4, 3, 2, 1]) {
        await keyboard.press('ArrowLeft');
        await expect.poll(level).toBe(expected);
      }
      await session.window.picture('branches');
    });

    test('cuts, and takes back what was done', async () => {
      const before = await readTree();
      const { keyboard } = panel.frame.page();
      await point(panel.frame.locator('[role="treeitem"][aria-level="5"]').first());
      await change(() => keyboard.press('Delete'));
      const cut = await readTree();
      expect(cut).toHaveLength(1);
      // A cut takes a few milliseconds; the focus follows once the tree has been drawn.
      await expect
        .poll(() => panel.frame.evaluate(() => document.activeElement?.getAttribute('aria-selected')))
        .toBe('true');
      await change(() => keyboard.press('Control+z'));
      await expect.poll(readTree).toEqual(before);
      await point(panel.frame.locator('[role="treeitem"][aria-level="5"]').last());
      const pinned = idsOf([(await readTree()).at(-1)![0]!]);
      await change(() => keyboard.press('p'));
      expect(idsOf([(await readTree())[1]![0]!])).toEqual(pinned);
      await change(() => panel.part('undo').click());
      await expect.poll(readTree).toEqual(before);
    });

    test('puts a path into the document', async () => {
      const tree = await readTree();
      const way = [...tree[0]!, ...tree.at(-1)!];
      await panel.frame.locator('[role="treeitem"]').last().click();
      await panel.part('tree-insert').click();
      const text = way.map((token) => token.text).join('');
      await expect
        .poll(() => session.savedText(), { timeout: 20_000 })
        .toContain(`${SAMPLE_LINE}${text.replaceAll('⏎', '\n')}`);
    });
  });

  describe('Searches', () => {
    const runWith = async (start: string): Promise<void> => {
      await panel.unfold();
      await panel.part('start').click();
      await panel.part('start').locator('vscode-option', { hasText: start }).click();
      await change(() => panel.part('run').click());
    };

    test('the palette opens the tab on what is selected', async () => {
      await session.window.select(6, 1, SAMPLE_LINE.length + 1);
      await session.window.run('Decoding Lab: Branches: The Tree of Continuations');
      const tab = panel.frame.locator('[role="tab"][aria-selected="true"]');
      await expect.poll(() => tab.innerText()).toBe('Branches');
      await expect.poll(() => panel.part('chip').count()).toBe(9);
    });

    test('exact enumeration proves its continuations, in the order of their probability', async () => {
      await runWith('exact');
      await expect
        .poll(() => panel.part('answer').textContent())
        .toMatch(/Proof: [\d,]+ beginnings were evaluated/);
      const rows = panel.frame.locator('[data-table="exact"] tbody tr');
      const shown = await rows.evaluateAll((all) =>
        all.map((row) => ({
          logProbability: Number(row.querySelectorAll('td')[2]!.title.replace('−', '-')),
          proven: row.querySelectorAll('td')[3]!.textContent.trim(),
        })),
      );
      expect(shown).toHaveLength(10);
      expect(shown.every(({ proven }) => proven === 'yes')).toBe(true);
      const sums = shown.map(({ logProbability }) => logProbability);
      expect(sums).toEqual([...sums].sort((a, b) => b - a));
      // The tree has them: the products along its paths are these probabilities.
      const leaves = await panel.frame
        .locator(`${part('branch')}[data-leaf] b`)
        .evaluateAll((all) => all.map((leaf) => (leaf as HTMLElement).title));
      for (const sum of sums) {
        expect(
          leaves.some((title) => Math.abs(Number(title.split(' ').at(-1)!.replace('−', '-')) - sum) < 1e-9),
        ).toBe(true);
      }
      await session.window.picture('branches-exact');
    });

    test('beam search is drawn as it ran', async () => {
      await runWith('beams');
      const picture = panel.frame.locator('[data-picture="beam"]');
      await picture.waitFor();
      // Twice as many candidates as there are beams, at each of twelve steps.
      await expect.poll(() => picture.locator('[data-card]').count()).toBe(2 * 4 * 12);
      const fates = await picture.locator('[data-card]').evaluateAll((all) => all.map((e) => e.ariaLabel));
      expect(fates.filter((label) => label!.endsWith('was kept'))).toHaveLength(4 * 11);
      expect(fates.filter((label) => label!.endsWith('among the best'))).toHaveLength(4);
      await expect.poll(() => panel.frame.locator('[data-table="steps"]').textContent()).toContain('96');
      await expect.poll(() => violations(panel.frame)).toEqual([]);
    });
  });

  describe('Looks', () => {
    test.each([
      ['Default Light Modern', 'vscode-light', 400],
      ['Default High Contrast', 'vscode-high-contrast', 800],
      ['Default Dark Modern', 'vscode-dark', 1600],
    ])('%s: nothing scrolls sideways', async (theme, kind, width) => {
      await session.server.set({ 'workbench.colorTheme': theme });
      await panel.frame.locator(`body.${kind}`).waitFor();
      await panel.makeWidth(width);
      await panel.part('tree').scrollIntoViewIfNeeded();
      const overflow = await panel.frame.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      await session.window.picture(`branches-${width}`);
    });
  });
}
