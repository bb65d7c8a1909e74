/** What people do with the panel and in the editor. Each is done when its outcome can be read. */
import { SAMPLE_LINE } from '../lib/exploreSample';
import { breakOffDownload, downloadAndRemove } from './downloads';
import { exportResult } from './exports';
import { HOSTILE_LINES, RAN } from './hostileTexts';
import { HOSTILE_FILE, type Lab } from './lab';
import type { Dice, Use, RELOAD } from './plan';
import { whole } from './shown';
import { exploreServed } from './served';
import { openExplore, runs, runTab, TABS, throughTabs } from './tabs';
import { trainAndContinue } from './training';
import { Trouble, until } from './until';

type Doing = (lab: Lab, dice: Dice) => Promise<void>;

/** Lines of the sample that are text to go on with. */
const LINES = [SAMPLE_LINE, 'fire, and while the rain tapped at the window she told him the story of'];

async function exploreSelection(lab: Lab, dice: Dice): Promise<void> {
  const line = dice.of(LINES);
  const words = line.split(' ');
  const from = dice.below(words.length - 1);
  const to = from + 1 + dice.below(words.length - from);
  const start = words.slice(0, from).join(' ').length + (from > 0 ? 1 : 0);
  const length = words.slice(from, to).join(' ').length;
  const number = (await lab.text()).split('\n').indexOf(line) + 1;
  await lab.window.select(number, start + 1, start + length + 1);
  await whole(lab, await lab.explore());
}

async function changeControls(lab: Lab, dice: Dice): Promise<void> {
  const { panel } = lab;
  await openExplore(lab);
  const values = {
    temperature: ['0.3', '0.7', '1', '1.5', '3'],
    'top-k': ['off', '1', '5', '40', '1000'],
    'top-p': ['0.5', '0.9', '0.95', '1'],
  };
  await panel.unfold();
  for (const name of dice.shuffled(Object.keys(values) as (keyof typeof values)[])) {
    // A sampler that is not in the chain has no field.
    if ((await panel.part(name).count()) === 0) continue;
    await panel.type(name, dice.of(values[name]));
    await whole(lab);
  }
  for (let press = 0; press < 8; press++)
    await panel.slide('temperature', dice.of(['ArrowLeft', 'ArrowRight']));
  await whole(lab);
}

async function overlap(lab: Lab, dice: Dice): Promise<void> {
  await lab.selectSample();
  const panel = await lab.explore();
  const times = 2 + dice.below(3);
  const last = SAMPLE_LINE.slice(0, -times).trimEnd();
  await lab.duringRun(async () => {
    // One character less is another prompt, each asked for while the one before runs.
    for (let i = 0; i < times; i++) {
      await lab.window.focusEditor();
      await lab.window.page.keyboard.press('Shift+ArrowLeft');
      await lab.pressExplore();
    }
    // A prompt that ends in a space is shown like the next, without it: the place tells them apart.
    const place = `Col ${SAMPLE_LINE.length + 1 - times},`;
    await until('the last prompt is the one that is shown', async () => {
      if (!(await panel.part('place').innerText()).includes(place)) return false;
      const text = (await panel.part('chip').allTextContents()).join('');
      return text.replaceAll('·', ' ').trimEnd().endsWith(last.slice(-8));
    });
  });
  await whole(lab);
}

async function cancel(lab: Lab): Promise<void> {
  await lab.selectSample();
  const panel = await lab.explore();
  await lab.duringRun(async () => {
    await panel.part('stop').click();
    await panel.part('stopped').waitFor();
    await lab.atRest();
    if ((await panel.tokens()) === 0) throw new Trouble('What had been drawn when it was stopped is gone.');
  });
}

/** Inserts a completion into the document, and takes it back. */
export async function insertAndUndo(lab: Lab, saved: boolean): Promise<void> {
  await lab.selectSample();
  const panel = await lab.explore();
  const before = await lab.text();
  await panel.part('insert-after').first().click();
  await panel.part('undo-inserted').waitFor();
  if (saved) await lab.save((text) => text !== before);
  await panel.part('undo-inserted').click();
  await panel.part('undo-inserted').waitFor({ state: 'detached' });
  if (saved) await lab.save((text) => text === before);
}

/** Draws something that is not saved yet, and saves it. */
export async function saveResult(lab: Lab, dice: Dice): Promise<void> {
  await newResult(lab, dice);
  const { panel } = lab;
  const { results } = lab.kept;
  await panel.part('save').click();
  await until('the result is saved', async () => {
    if ((await lab.failure()) !== null)
      throw new Trouble(`It is not: ${await panel.part('failure').innerText()}`);
    return (await panel.part('save').innerText()) === 'Saved';
  });
  await lab.kept.remember();
  if (lab.kept.results !== results + 1) throw new Trouble('A saved result has no file.');
}

/** A result of Explore that nobody has saved. */
export async function newResult(lab: Lab, dice: Dice): Promise<void> {
  await lab.selectSample();
  const panel = await lab.explore();
  await panel.keepShort();
  await panel.type('seed', String(dice.below(1_000_000)));
  await panel.generate();
  await panel.ended();
}

/** Opens the list of saved results of the tab, reopens one of them and closes the list. */
export async function reopenResult(lab: Lab, dice: Dice): Promise<void> {
  const { panel } = lab;
  await openExplore(lab);
  if (lab.kept.results === 0) await saveResult(lab, dice);
  await panel.part('history').click();
  const lines = panel.part('reopen');
  await until('every saved result is listed', async () => (await lines.count()) === lab.kept.results);
  await lines.nth(dice.below(await lines.count())).click();
  await panel.part('as-saved').waitFor();
  await panel.part('history').click();
  await panel.part('history-list').waitFor({ state: 'detached' });
}

async function editDuringRun(lab: Lab, dice: Dice): Promise<void> {
  await lab.selectSample();
  await lab.explore();
  await lab.duringRun(async () => {
    const before = await lab.text();
    await lab.window.focusEditor();
    const { keyboard } = lab.window.page;
    await keyboard.press('Control+End');
    const line = `On day ${dice.below(1000)} the fox slept.`;
    await keyboard.insertText(`${line}\n`);
    await lab.save((text) => text === `${before}${line}\n`);
    await lab.kept.remember();
  });
}

async function surprisal(lab: Lab): Promise<void> {
  const { window } = lab;
  // Without a selection the whole document is read.
  await window.select(1, 1, 1);
  const tinted = window.page.locator('.monaco-editor .view-overlays [class*="ced-"]');
  const before = await tinted.count();
  await window.run('Decoding Lab: Show Surprisal');
  await until('the document is tinted', async () => (await tinted.count()) > before + 40);
  await window.run('Decoding Lab: Clear Surprisal');
  await until('the tints go', async () => (await tinted.count()) <= before + 10);
}

async function cursorView(lab: Lab): Promise<void> {
  await lab.window.run('Decoding Lab: Focus on At the Cursor View');
  await lab.selectSample();
  const rows = lab.pane('At the Cursor').locator('.monaco-list-row');
  await until('the next tokens are listed', async () => (await rows.allInnerTexts()).join().includes('·had'));
  await lab.window.run('View: Close Primary Side Bar');
}

async function suggestion(lab: Lab): Promise<void> {
  const { window } = lab;
  const end = SAMPLE_LINE.length + 1;
  const line = (await lab.text()).split('\n').indexOf(SAMPLE_LINE) + 1;
  await window.select(line, end, end);
  await window.run('Trigger Inline Suggestion');
  const ghost = window.page.locator('.monaco-editor [class*="ghost-text"]');
  await until('a suggestion stands behind the cursor', async () => (await ghost.count()) > 0);
  await window.page.keyboard.press('Escape');
  await until('the suggestion goes', async () => (await ghost.count()) === 0);
}

async function closeAndReopen(lab: Lab): Promise<void> {
  const { frame } = lab.panel;
  await lab.window.run('Decoding Lab: Open Panel');
  await lab.window.page.locator('.tab.active', { hasText: 'Decoding Lab' }).first().waitFor();
  await lab.window.run('View: Close Editor');
  await until('the panel closes', () => frame.isDetached());
  await lab.selectSample();
  await whole(lab, await lab.explore());
  // What every tab adds to a page when it is opened for the first time is no growth.
  await throughTabs(lab, TABS);
}

async function reload(lab: Lab, dice: Dice): Promise<void> {
  await lab.selectSample();
  const { frame } = await lab.explore();
  const engines = lab.engines();
  await lab.window.run('Developer: Reload Window');
  await until('the page goes', () => frame.isDetached());
  lab.pages++;
  const panel = await lab.findPanel();
  await panel.part('completion').first().waitFor();
  await panel.generate();
  await panel.ended();
  await until('the model process of before ends', () => !lab.engines().some((pid) => engines.includes(pid)));
  await firstUses(lab, dice);
}

async function toy(lab: Lab, dice: Dice): Promise<void> {
  const { panel } = lab;
  await openExplore(lab);
  await lab.keepModel('toy');
  await panel.part('toy-5').click();
  await panel
    .part('toy-word')
    .nth(dice.below(5))
    .locator('input')
    .fill(dice.of(HOSTILE_LINES).slice(0, 20).trim());
  await panel.type('temperature', dice.of(['0.5', '1', '2']));
  await until('every word has its bar', async () => (await panel.bars()).length === 5);
  await nothingRan(lab);
  await panel.part('toy-5').click();
  await lab.keepModel('fireside');
}

/** Explores a line of the hostile document, by its place in `HOSTILE_LINES`. */
export async function exploreHostile(lab: Lab, at: number): Promise<void> {
  await lab.openFile(HOSTILE_FILE);
  await lab.window.select(at + 1, 1, 1);
  await lab.window.page.keyboard.press('Shift+End');
  const panel = await lab.explore();
  await whole(lab, panel);
  await nothingRan(lab);
  await lab.window.focusEditor();
  await lab.window.run('View: Close Editor');
}

/** No text has become code, a picture, a link or an icon, in the panel or around it. */
async function nothingRan(lab: Lab): Promise<void> {
  const { page } = lab.window;
  for (const frame of page.frames()) {
    const ran = await frame.evaluate((name) => name in window, RAN).catch(() => false);
    if (ran) throw new Trouble('A text of a document has run as code.');
  }
  const foreign = await lab.panel.frame.evaluate(
    () => document.querySelectorAll('img, iframe, a[href^="command:"], a[href^="javascript:"]').length,
  );
  if (foreign > 0) throw new Trouble(`${foreign} elements of the page come from a document's text.`);
}

/**
 * Everything that has code loaded, or a part of the page drawn and its last result kept, when a window does it for the
 * first time: that is no growth, and comes before figures are compared.
 */
export async function firstUses(lab: Lab, dice: Dice): Promise<void> {
  await throughTabs(lab, TABS);
  for (const run of Object.values(runs)) await runTab(lab, run);
  const ways = [trainAndContinue, exploreServed, downloadAndRemove, cursorView, surprisal, suggestion];
  for (const way of ways) await way(lab);
  // The list of notifications is among what is there from then on.
  await breakOffDownload(lab, dice);
  await reopenResult(lab, dice);
}

export const doings: Readonly<Record<Exclude<Use, `run ${string}`> | typeof RELOAD, Doing>> = {
  'explore a selection': exploreSelection,
  'change the controls': changeControls,
  'start the next run before the last is over': overlap,
  'cancel a run': cancel,
  'insert a completion and take it back': (lab) => insertAndUndo(lab, true),
  'save a result': saveResult,
  'reopen a saved result': reopenResult,
  'edit the document during a run': editDuringRun,
  'show surprisal and clear it': surprisal,
  'look at the tokens at the cursor': cursorView,
  'ask for a suggestion': suggestion,
  'close the panel and open it again': closeAndReopen,
  'go through the tabs': (lab, dice) => throughTabs(lab, dice.shuffled(TABS)),
  'use the toy vocabulary': toy,
  'explore a hostile text': (lab, dice) => exploreHostile(lab, dice.below(HOSTILE_LINES.length)),
  'export a result': exportResult,
  'train, pause, stop and continue': trainAndContinue,
  'explore on a model server': exploreServed,
  'download a model and remove it': downloadAndRemove,
  'reload the window': reload,
};
