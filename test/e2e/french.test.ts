/** A window whose display language is French: the manifest, the code and the course speak it. */
import { describe, expect, test } from 'vitest';
import { exploreSample, SAMPLE_LINE } from '../../scripts/lib/exploreSample';
import { Panel } from '../../scripts/lib/panelPage';
import { violations } from './accessibility';
import { useSession } from './session';
import { QUICK, runTab } from './tabs';

const session = useSession({ language: 'fr' });

describe('in French', () => {
  test('the palette lists the commands, which their English names find as well', async () => {
    const { window } = session();
    const { page } = window;
    const widget = page.locator('.quick-input-widget');
    await window.search('Show Surprisal', widget.getByText('Afficher la surprise'));
    await page.keyboard.press('Escape');
  });

  test('the quick menu and the status bar speak it', async () => {
    const { window } = session();
    const { page } = window;
    await window.run('Decoding Lab: Menu rapide');
    const widget = page.locator('.quick-input-widget');
    await widget.getByText('Suspendre les suggestions pendant la frappe').waitFor();
    await expect
      .poll(() => widget.locator('.quick-input-title').innerText())
      .toBe('Decoding Lab\u00A0: fireside');
    await page.keyboard.press('Escape');
    const item = page.locator('[id="decoding-lab.decoding-lab.decodingLab.status"] a');
    await expect.poll(() => item.getAttribute('aria-label')).toBe('Decoding Lab\u00A0: fireside, inactif');
  });

  test('the side panel speaks it, and writes numbers as French does', async () => {
    const { window } = session();
    const { page } = window;
    await window.run('Decoding Lab: Focus on Au curseur View');
    await window.select(6, 1, SAMPLE_LINE.length + 1);
    const pane = (title: string) => page.locator(`.pane:has(.pane-header:has-text("${title}"))`);
    const first = pane('Au curseur').locator('.monaco-list-row').first();
    await expect.poll(() => first.innerText(), { timeout: 60_000 }).toMatch(/^·had\s*\d+,\d+\s%/);
    const models = pane('Modèles');
    await expect.poll(() => models.innerText()).toMatch(/Sur cette machine.*fireside.*14,5\sMo.*par défaut/s);
    // Nothing has been downloaded, so the head tells only what is free.
    await expect.poll(() => models.innerText()).toMatch(/Modèles\s*[\d,]+\sGo libres sur le disque/);
    await expect
      .poll(() => pane('Préréglages').innerText())
      .toMatch(/Glouton.*Réglages du chapitre.*température 1,1/s);
    await window.picture('french-side-panel');
  });

  test('the course is a French walkthrough, with a French page beside each step', async () => {
    const { window } = session();
    const { page } = window;
    await window.run('Welcome: Open Walkthrough...');
    const widget = page.locator('.quick-input-widget');
    await widget.locator('.monaco-list-row').getByText('Six questions sur le décodage').first().click();
    await page.getByText('1. Comment la température change-t-elle ce qui est tiré\u00A0?').first().waitFor();
    await page.getByText('Ouvrir l’expérience').first().waitFor();
    const pages = async (): Promise<string> => {
      const texts = page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText()
          .catch(() => ''),
      );
      return (await Promise.all(texts)).join('\n');
    };
    await expect
      .poll(pages, { timeout: 60_000 })
      .toContain('Un modèle de langage donne à chaque jeton un nombre');
    await window.picture('french-walkthrough');
    await window.run('View: Close Editor');
  });
});

describe('The panel in French, 400 pixels wide', () => {
  let panel: Panel;

  /** Whether it scrolls sideways, by how many pixels. */
  const overflow = (): Promise<number> =>
    panel.frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  test('explores, and writes numbers as French does', async () => {
    const { window, workspace } = session();
    const { frame } = await exploreSample(window, workspace.file, 'Decoding Lab: Explorer la sélection');
    panel = new Panel(frame);
    await panel.makeWidth(400);
    await expect.poll(() => panel.part('distribution').innerText()).toMatch(/\d,\d+\s%/);
    await expect.poll(() => panel.frame.evaluate(() => document.documentElement.lang)).toBe('fr');
    await expect.poll(overflow).toBeLessThanOrEqual(0);
    await expect.poll(() => violations(panel.frame)).toEqual([]);
    await session().window.picture('french-explore-400');
  });

  test.each(QUICK)('%s answers in French, and nothing is cut off', async (tab, fields) => {
    await runTab(panel, tab, fields);
    const answer = (): Promise<string> => panel.part('answer').innerText();
    await expect.poll(async () => (await answer()).length).toBeGreaterThan(40);
    await expect.poll(overflow).toBeLessThanOrEqual(0);
    await expect.poll(() => violations(panel.frame)).toEqual([]);
    await session().window.picture(`french-${tab}-400`);
  });
});
