/** Explore's chain as another program's text in an editor, and such a text as the chain. */
import { beforeAll, describe, expect, test } from 'vitest';
import { part } from '../../../scripts/lib/panelReading';
import { Panel } from '../../../scripts/lib/panelPage';
import type { Session } from '../session';

let session: Session;
let panel: Panel;

export function exchanging(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = new Panel(await session.window.frameWith(part('tab-explore')));
    // The part before has left the toy vocabulary, for which no other program has a model.
    await panel.begin(() => panel.choose('fireside'));
    await panel.ended();
    await panel.unfold();
  });

  describe('The chain of Explore', () => {
    test('opens in an editor as another program writes it', async () => {
      await panel.part('copy-as').click();
      await panel.part('copy-open').click();
      const lines = session.window.page.locator('.monaco-editor .view-lines').first();
      await expect.poll(() => lines.innerText(), { timeout: 60_000 }).toMatch(/AutoModelForCausalLM/);
      await session.window.run('View: Revert and Close Editor');
      await panel.part('exchange-close').click();
      await panel.part('copy-as-panel').waitFor({ state: 'detached' });
    });

    test('is taken from a command line of llama.cpp, with what that leaves out', async () => {
      await panel.part('paste').click();
      await panel.part('paste-text').locator('textarea').fill('llama-cli --temp 0.6 --top-p 1 --min-p 0');
      await expect.poll(() => panel.part('paste-assumed').innerText()).toMatch(/llama\.cpp takes 40/);
      await panel.part('paste-use').click();
      const samplers = (): Promise<string[]> =>
        panel
          .part('step')
          .evaluateAll((steps) => steps.map((step) => step.getAttribute('data-sampler') ?? ''));
      await expect.poll(samplers).toEqual(['top-k', 'temperature']);
      await expect.poll(() => panel.part('temperature').locator('input').inputValue()).toBe('0.6');
    });
  });
}
