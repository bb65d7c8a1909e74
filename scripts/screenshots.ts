/** `npm run screenshots`: makes the pictures of both READMEs again, from the extension as it is now. */
import { copyFile, readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import { writeAnimation, type AnimationFrame } from './lib/animation';
import { openBrowser } from './lib/chromium';
import { EXPLORE, exploreSample, selectSample } from './lib/exploreSample';
import { runMain } from './lib/main';
import { part } from './lib/panelReading';
import { inRepository, repository } from './lib/paths';
import { startServer, type Settings } from './lib/vscodeServer';
import { Window } from './lib/window';
import { sampleWorkspace, type SampleWorkspace } from './lib/workspace';
import { check } from './suites/tools';

/** Wide enough for the panel to show its controls beside the distribution, in CSS pixels. */
const SIZE = { width: 1720, height: 1000 };

/** As small as the controls beside the distribution allow: a page shows it smaller still. */
const ANIMATION_SIZE = { width: 1200, height: 750 };

/** Where the panel begins in the animation, from the left: the rest is the text. */
const PANEL_AT = 340;

/** The folder's name, which is another one each time, is no part of the picture. */
const NAMELESS: Settings = { 'window.title': '${activeEditorShort}', 'window.commandCenter': false };

/** What a page of text needs no room for. */
const PLAIN: Settings = {
  ...NAMELESS,
  'editor.minimap.enabled': false,
  'editor.wordWrap': 'on',
  'editor.lineNumbers': 'off',
  'editor.folding': false,
  'editor.glyphMargin': false,
  'editor.lineDecorationsWidth': 12,
  'breadcrumbs.enabled': false,
  'workbench.activityBar.location': 'hidden',
};

/** A language that has a README with pictures of its own. */
interface Tongue {
  /** In the pictures' names, before their ending. */
  readonly suffix: string;
  /** The display language; English where left out. */
  readonly language?: string;
  /** The command that explores, as the palette has it. */
  readonly explore: string;
  /** A number as it is typed. */
  readonly typed: (number: string) => string;
}

const TONGUES: readonly Tongue[] = [
  { suffix: '', explore: EXPLORE, typed: (number) => number },
  {
    suffix: '.fr',
    language: 'fr',
    explore: 'Decoding Lab: Explorer la sélection',
    typed: (number) => number.replace('.', ','),
  },
];

type Open = (size: { width: number; height: number }) => Promise<Window>;

async function still(open: Open, { file }: SampleWorkspace, { explore, suffix }: Tongue): Promise<string> {
  const window = await open(SIZE);
  await window.run('View: Close Primary Side Bar');
  await exploreSample(window, file, explore);
  const picture = inRepository('media', `screenshot${suffix}.png`);
  await copyFile(await window.screenshot('readme'), picture);
  return picture;
}

/** The panel with two columns, which takes more than its half. */
async function widenPanel({ page }: Window): Promise<void> {
  const middle = ANIMATION_SIZE.width / 2;
  const y = ANIMATION_SIZE.height / 2;
  await page.mouse.move(middle, y);
  await page.mouse.down();
  await page.mouse.move(PANEL_AT, y, { steps: 8 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
}

/** Text that is selected, explored, redrawn at other temperatures; a token's card; the tab Temperature. */
async function animation(
  open: Open,
  { file }: SampleWorkspace,
  { explore, suffix, typed }: Tongue,
): Promise<string> {
  const frames: AnimationFrame[] = [];
  const window = await open(ANIMATION_SIZE);
  const { page } = window;
  const shoot = async (stays: number): Promise<void> => {
    const path = await window.screenshot(`animation-${frames.length + 1}`);
    frames.push({ png: await readFile(path), stays });
  };
  await window.run('View: Close Primary Side Bar');
  await selectSample(window, file);
  await shoot(2_000);
  const { frame } = await exploreSample(window, file, explore);
  await widenPanel(window);
  await frame.waitForFunction(() => globalThis.innerWidth > 800);
  await shoot(3_500);
  for (const [temperature, stays] of [
    ['0.7', 900],
    ['0.4', 1_800],
    ['1', 900],
    ['1.6', 1_800],
    ['1', 900],
  ] as const) {
    await setTemperature(frame, typed(temperature));
    await shoot(stays);
  }
  const token = frame.locator(part('token')).nth(1);
  await token.hover();
  await frame.locator('#card h3').waitFor();
  await shoot(3_000);
  await page.mouse.move(0, 0);
  await frame.locator(part('tab-temperature')).click();
  await frame.locator(`${part('target')} input`).fill('had');
  await frame.locator(part('run')).click();
  await frame.locator(`${part('stop')}[disabled]`).waitFor();
  await frame.locator(part('answer')).waitFor();
  await frame.locator(part('picture')).first().waitFor();
  await shoot(4_000);
  const picture = inRepository('media', `animation${suffix}.webp`);
  await writeAnimation(picture, frames);
  return picture;
}

/** Types a temperature, and waits until the distribution has been drawn with it. */
async function setTemperature(frame: Frame, temperature: string): Promise<void> {
  const first = frame.locator(part('bar-row')).first();
  const before = await first.getAttribute('data-probability');
  await frame.locator(`${part('temperature')} input`).fill(temperature);
  const now = (was: string | null): boolean =>
    document.querySelector('[data-testid="bar-row"]')?.getAttribute('data-probability') !== was;
  await frame.waitForFunction(now, before);
}

/** Makes a picture in a VS Code of its own. */
async function take(
  make: (open: Open, workspace: SampleWorkspace, tongue: Tongue) => Promise<string>,
  settings: Settings,
  tongue: Tongue,
): Promise<void> {
  const workspace = await sampleWorkspace();
  const server = await startServer({
    settings,
    ...(tongue.language !== undefined && { language: tongue.language }),
  });
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, file: workspace.file };
    const open: Open = (size) => Window.open(server, browser, opening, size);
    console.log(`Saved ${await make(open, workspace, tongue)}`);
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

async function main(): Promise<number> {
  if ((await check('build')).failed > 0) return 1;
  for (const tongue of TONGUES) {
    await take(still, NAMELESS, tongue);
    await take(animation, PLAIN, tongue);
  }
  return 0;
}

runMain(main);
