/** The main job: from the palette to completions on screen, and from there into the document. */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { whatIsMissing } from '../../../scripts/check';
import { EXPLORE, SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { repository } from '../../../scripts/lib/paths';
import { part } from '../../../scripts/lib/panelReading';
import { violations } from '../accessibility';
import { drawn, Panel } from '../../../scripts/lib/panelPage';
import { explored } from '../explored';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

export function exploring(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = await explored(session);
  });

  describe('Explore Selection', () => {
    test('shows tokens, the distribution and completions of the bundled model', async () => {
      const reading = await panel.read();
      await session.window.picture('explore');
      expect(whatIsMissing(reading)).toEqual([]);
      // GPT-2's tokenizer gives every one of these words a token of its own.
      expect(reading.chips).toHaveLength(SAMPLE_LINE.split(' ').length);
      expect(reading.completions).toHaveLength(5);
      expect(reading.footer).toContain('seed 42');
    });

    test('can be heard: every control by its name, and nothing that cannot be read or reached', async () => {
      for (const [role, name] of [
        ['combobox', 'Model'],
        ['textbox', 'temperature'],
        ['textbox', 'top-k'],
        ['textbox', 'samples'],
        ['textbox', 'seed'],
        ['checkbox', 'greedy'],
        ['tab', 'Explore'],
        ['heading', 'Decoding Lab: Explore'],
      ] as const) {
        const heard = panel.frame.getByRole(role, { name, exact: true });
        await expect.poll(() => heard.count(), { message: name }).toBe(1);
      }
      await expect.poll(() => violations(panel.frame)).toEqual([]);
    });

    test('gives the same completions for the same seed, and others for another', async () => {
      const ids = async (): Promise<number[][]> =>
        (await panel.read()).completions.map((tokens) => tokens.map(({ id }) => id));
      const first = await ids();
      await panel.generate();
      await panel.ended();
      await expect.poll(ids).toEqual(first);
      await panel.type('seed', '43');
      await panel.generate();
      await panel.ended();
      await expect.poll(ids).not.toEqual(first);
    });

    test('reads the prompt with 8-bit weights, whose probabilities are near but others', async () => {
      const labels = await panel.part('weights').locator('vscode-option').allInnerTexts();
      expect(labels).toEqual(['32-bit', '8-bit exact', '8-bit fast', '4-bit']);
      const whole = await panel.probabilities();
      await panel.begin(() => panel.chooseWeights('8-bit exact'));
      await panel.ended();
      const quantized = await panel.probabilities();
      await session.window.picture('weights');
      expect(quantized).not.toEqual(whole);
      await panel.begin(() => panel.chooseWeights('32-bit'));
      await panel.ended();
      await expect.poll(() => panel.probabilities()).toEqual(whole);
    });

    test('finds any token by its text, with its rank', async () => {
      const field = panel.frame.getByRole('searchbox', { name: 'Find a token' });
      await field.fill('queen');
      const rows = panel.part('found-row');
      await rows.first().waitFor();
      await expect.poll(() => rows.first().innerText()).toMatch(/queen[^]*rank [\d,]+/u);
      await field.press('Escape');
      await expect.poll(() => rows.count()).toBe(0);
    });

    test('shows what else could have come, at a token under the pointer', async () => {
      await panel.part('completion').first().locator('[data-testid="token"]').nth(2).hover();
      const alternatives = panel.part('alternatives');
      await alternatives.waitFor();
      await expect.poll(() => alternatives.locator('tbody tr').count()).toBeGreaterThanOrEqual(5);
      await session.window.picture('alternatives');
    });

    test('bans a token from its bar, and holds what follows to an expression', async () => {
      // An earlier try may have left a step.
      const left = panel.frame.locator(`[data-sampler="banned-tokens"] ${part('remove-step')}`);
      await panel.unfold();
      while ((await left.count()) > 0) await left.first().click();
      const before = await panel.probabilities();
      const ban = async (): Promise<void> => {
        await panel.part('bar-row').first().hover();
        // The card of what the pointer was on before goes when this one comes.
        await expect.poll(() => panel.frame.locator('#card h3').innerText()).toMatch(/, 1st of /);
        await panel.part('token-ban').click();
      };
      await ban();
      await expect.poll(async () => (await panel.probabilities())[0]).toBe(0);
      await expect.poll(() => panel.part('token-ban').getAttribute('aria-pressed')).toBe('true');
      await panel.part('add-sampler').click();
      await panel.part('menu-regex').click();
      await panel.part('regex.expression').fill('[A-Z][a-z]+');
      await expect.poll(() => panel.part('left-row').count()).toBeGreaterThan(0);
      await expect.poll(() => panel.part('masks').innerText()).toMatch(/^The regular expression removed \d/);
      await expect.poll(() => violations(panel.frame)).toEqual([]);
      await panel.frame.locator(`[data-step="regex"] ${part('remove-step')}`).click();
      await ban();
      await expect.poll(() => panel.probabilities()).toEqual(before);
    });

    test('goes on from a token of the prompt, from the end of a completion, and back to the whole prompt', async () => {
      const chips = async (): Promise<readonly string[]> => (await panel.read()).chips;
      const whole = await chips();
      const probabilities = await panel.probabilities();
      await panel.begin(() => panel.part('chip').nth(4).click());
      await panel.ended();
      await expect.poll(chips).toEqual(whole.slice(0, 5));
      await expect.poll(() => panel.probabilities()).not.toEqual(probabilities);
      await panel.begin(() => panel.part('whole-prompt').click());
      await panel.ended();
      await expect.poll(chips).toEqual(whole);
      await expect.poll(() => panel.probabilities()).toEqual(probabilities);

      const drawn = (await panel.read()).completions[0]!.length;
      await panel.begin(() => panel.part('continue').first().click());
      await panel.ended();
      await expect
        .poll(() => panel.part('place').innerText())
        .toMatch(new RegExp(`${drawn}\\stokens of completion 1`));
      expect((await chips()).slice(0, whole.length)).toEqual(whole);
      await session.window.picture('continued');
      await panel.begin(() => panel.part('whole-prompt').click());
      await panel.ended();
    });

    test('copies a completion', async () => {
      const [tokens] = (await panel.read()).completions;
      await panel.part('copy').first().click();
      const clipboard = (): Promise<string> =>
        session.window.page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(clipboard, { timeout: 30_000 }).toContain(wordsOf(tokens!)[0]);
    });

    test('inserts a completion after the selection, however the document changed meanwhile', async () => {
      const [tokens] = (await panel.read()).completions;
      // A line more at the top moves the place, not the prompt.
      await session.window.focusEditor();
      await session.window.page.keyboard.press('Control+Home');
      await session.window.page.keyboard.type('A new first line');
      await session.window.page.keyboard.press('Enter');
      await panel.part('insert-after').first().click();
      await expect.poll(() => session.savedText(), { timeout: 60_000 }).toMatch(/^A new first line\n/);
      const text = await session.savedText();
      const after = text.slice(text.indexOf(SAMPLE_LINE) + SAMPLE_LINE.length);
      expect(wordsOf(tokens!).every((word) => after.includes(word))).toBe(true);
      expect(after.trimStart().startsWith(wordsOf(tokens!)[0]!)).toBe(true);
    });

    test('shows what it has inserted, and takes it back', async () => {
      const before = await session.savedText();
      await panel.part('insert-after').nth(1).click();
      await expect.poll(() => session.savedText(), { timeout: 60_000 }).not.toBe(before);
      await panel.part('show-inserted').click();
      const selection = session.window.page.locator('[id="status.editor.selection"]');
      await expect.poll(() => selection.innerText()).toContain('selected');
      await panel.part('undo-inserted').click();
      await expect.poll(() => session.savedText(), { timeout: 60_000 }).toBe(before);
      await panel.part('undo-inserted').waitFor({ state: 'detached' });
    });

    test('puts a completion in the place of the selection', async () => {
      const heading = '# A page to explore';
      const line = (await session.savedText()).split('\n').indexOf(heading) + 1;
      await session.window.select(line, 3, heading.length + 1);
      await panel.begin(() => session.window.run(EXPLORE));
      await expect.poll(() => panel.part('place').innerText(), { timeout: 30_000 }).toContain(`Ln ${line},`);
      await panel.ended();
      const [tokens] = (await panel.read()).completions;
      await panel.part('replace').first().click();
      await expect.poll(() => session.savedText(), { timeout: 60_000 }).not.toContain('A page to explore');
      const text = await session.savedText();
      expect(
        text
          .slice(text.indexOf('# ') + 2)
          .trimStart()
          .startsWith(wordsOf(tokens!)[0]!),
      ).toBe(true);
    });

    test('inserts into a document that was closed meanwhile, which opens it again', async () => {
      const [tokens] = (await panel.read()).completions;
      const before = await session.savedText();
      await session.window.focusEditor();
      await session.window.run('View: Close Editor');
      await panel.part('insert-after').first().click();
      await expect.poll(() => session.savedText(), { timeout: 60_000 }).not.toBe(before);
      const added = wordsOf(tokens!);
      const text = await session.savedText();
      expect(added.every((word) => text.includes(word))).toBe(true);
    });

    test('is as it was after the window was reloaded', async () => {
      const { window, workspace, server } = session;
      // An address that names a file to open would open that alone.
      const address = server.url({ folder: workspace.folder, extension: repository });
      await window.page.evaluate((url) => {
        history.replaceState(null, '', url);
      }, address);
      await panel.slide('temperature', 'ArrowRight');
      await panel.generate();
      await panel.ended();
      // The end of a run is told before its last figures are drawn.
      let before = await panel.read();
      const settled = async (): Promise<boolean> => {
        await drawn(panel.frame);
        const last = before;
        before = await panel.read();
        return isDeepStrictEqual(last, before);
      };
      await expect.poll(settled).toBe(true);
      await window.run('Developer: Reload Window');
      await expect.poll(() => panel.frame.isDetached(), { timeout: 60_000 }).toBe(true);
      panel = new Panel(await window.frameWith(part('completion')));
      // The page draws what it kept, and once more when the model's vocabulary has come.
      await expect.poll(() => panel.read(), { timeout: 60_000 }).toEqual(before);
      // The model process is a new one, and draws the same again.
      await panel.generate();
      await panel.ended();
      expect((await panel.read()).completions).toEqual(before.completions);
    });
  });
}

/** The parts of a completion that read the same on screen, where white space is made visible, and in a document. */
function wordsOf(tokens: readonly { readonly text: string }[]): string[] {
  return tokens
    .map(({ text }) => text)
    .join('')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
