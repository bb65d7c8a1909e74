/** The experiments, with settings small enough for a run of seconds. */
import { part } from '../lib/panelReading';
import type { Lab } from './lab';
import type { Use } from './plan';
import { Trouble, until } from './until';

export const TABS = [
  ...['ab', 'temperature', 'grid', 'determinism', 'nucleus', 'methods', 'branches', 'models', 'loss'],
  ...['training', 'course'],
];

type Run = Extract<Use, `run ${string}`>;

interface Small {
  readonly tab: string;
  readonly fields: Readonly<Record<string, string>>;
}

export const runs: Readonly<Record<Run, Small>> = {
  'run Temperature': { tab: 'temperature', fields: { target: 'had', draws: '200' } },
  'run Nucleus': { tab: 'nucleus', fields: {} },
  'run Grid': {
    tab: 'grid',
    fields: { rowsValues: '0.5, 1', columnsValues: '1, 5', samples: '2', maxNewTokens: '6' },
  },
  'run Loss': { tab: 'loss', fields: { context: '12', stride: '12', batchSize: '1' } },
  'run Methods': { tab: 'methods', fields: { trials: '5' } },
  'run A/B': { tab: 'ab', fields: { samples: '2' } },
  'run Determinism': { tab: 'determinism', fields: { repeats: '2', maxNewTokens: '6' } },
  'run Branches': { tab: 'branches', fields: {} },
  'run Models': { tab: 'models', fields: { samples: '2', maxNewTokens: '8' } },
};

/** Opens a tab, changes its fields, runs it and waits for its answer. */
export async function runTab(lab: Lab, { tab, fields }: Small): Promise<void> {
  await lab.selectSample();
  const panel = await lab.explore();
  await openTab(lab, tab);
  for (const [name, text] of Object.entries(fields)) await panel.type(name, text);
  if (tab === 'branches') await chooseOption(lab, 'start', 'exact');
  await panel.begin(() => panel.part('run').click());
  await lab.atRest();
  if ((await lab.failure()) !== null)
    throw new Trouble(`${tab} fails: ${await panel.part('failure').first().innerText()}`);
  await panel.part('answer').waitFor();
  await until(`${tab} has an answer`, async () => (await panel.part('answer').innerText()).length > 40);
}

export async function openTab(lab: Lab, tab: string): Promise<void> {
  await lab.panel.part(`tab-${tab}`).click();
  await lab.panel.part(tab === 'course' ? tab : `experiment-${tab}`).waitFor();
}

/** Opens one tab after the other, and Explore again. */
export async function throughTabs(lab: Lab, tabs: readonly string[]): Promise<void> {
  for (const tab of tabs) await openTab(lab, tab);
  await openExplore(lab);
}

/** Opens Explore, and waits until its controls stand in the place of those of another tab. */
export async function openExplore({ panel }: Lab): Promise<void> {
  await panel.part('tab-explore').click();
  await panel.part('distribution').waitFor();
}

/** Chooses from the menu of a field. */
export async function chooseOption({ panel }: Lab, field: string, option: string): Promise<void> {
  await panel.unfold();
  await panel.part(field).click();
  await panel.part(field).locator('vscode-option', { hasText: option }).click();
}

/** Asks the grid for more than can be drawn while one looks, and waits until some of it is there. */
export async function gridForLong(lab: Lab): Promise<void> {
  const { panel } = lab;
  await openTab(lab, 'grid');
  const fields = {
    rowsValues: '0.5, 1, 1.5, 2',
    columnsValues: '5, 20, 50, 200',
    samples: '8',
    maxNewTokens: '40',
  };
  for (const [name, text] of Object.entries(fields)) await panel.type(name, text);
  await panel.begin(() => panel.part('run').click());
  await panel.frame.locator(`${part('stop')}:not([disabled])`).waitFor();
}
