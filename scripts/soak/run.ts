/** Goes through the plan until the time is over, and notes what came of every step. */
import { Failure } from '../lib/failure';
import { faults } from './faults';
import { LONGEST_LINE } from './hostileTexts';
import type { Lab } from './lab';
import { Meter } from './measure';
import { Dice, FAULTS, plan, type Fault, type Step } from './plan';
import { runs, runTab } from './tabs';
import { PATIENCE, within } from './until';
import { doings, exploreHostile, firstUses } from './uses';

/** Figures are read after so many steps. */
const STEPS_BETWEEN = 8;

/** What fills caches and loads code for the first time is no growth: this part of the time comes before the first reading. */
const WARM_UP = 1 / 6;

export interface Done {
  readonly at: number;
  readonly what: Step['what'] | 'come to rest' | 'open';
  readonly milliseconds: number;
  /** Megabytes that the page then held. */
  readonly pageHeap?: number;
  /** What went otherwise than it must. */
  readonly trouble?: string;
  /** What could not be tried here. */
  readonly skipped?: string;
}

export interface Course {
  readonly done: readonly Done[];
  readonly meter: Meter;
  /** What was lost, a sentence each. */
  readonly lost: readonly string[];
}

export async function runSoak(
  lab: Lab,
  {
    seed,
    minutes,
    say,
  }: { readonly seed: number; readonly minutes: number; readonly say: (line: string) => void },
): Promise<Course> {
  const done: Done[] = [];
  const lost: string[] = [];
  const meter = new Meter(lab);
  const begin = Date.now();
  const share = (): number => (Date.now() - begin) / (60_000 * minutes);

  const attempt = async (at: number, what: Done['what'], work: () => Promise<void>): Promise<boolean> => {
    const since = Date.now();
    const trouble = await within(what, 3 * PATIENCE, work()).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const milliseconds = Date.now() - since;
    const pageHeap = await meter.pageHeap();
    done.push({ at, what, milliseconds, pageHeap, ...(trouble !== undefined && { trouble }) });
    const figures = [`${(milliseconds / 1000).toFixed(1)} s`, `${pageHeap.toFixed(0)} MB`];
    say(
      `${String(at).padStart(4)} ${figures.map((text) => text.padStart(8)).join(' ')}  ${what}${trouble === undefined ? '' : `: ${trouble}`}`,
    );
    if (trouble !== undefined) await lab.window.screenshot(`soak-${at}`).catch(() => undefined);
    return trouble === undefined;
  };
  const look = async (step: number, isLast = false): Promise<void> => {
    await attempt(step, 'come to rest', async () => {
      await lab.settle();
      if (isLast) await meter.inspectorEnded();
      if (share() >= WARM_UP) await meter.read(step);
    });
  };

  if (!(await attempt(0, 'open', () => begun(lab, seed))))
    throw new Failure('The panel could not be opened.');
  for (const step of plan(seed)) {
    const isFault = (FAULTS as readonly string[]).includes(step.what);
    if (step.what === 'fill the disk' && !lab.disk.isSmall) {
      done.push({ at: step.at, what: step.what, milliseconds: 0, skipped: 'needs root on Linux' });
      continue;
    }
    const went = await attempt(step.at, step.what, () => perform(lab, step));
    if (!went) await attempt(step.at, 'come to rest', () => recover(lab));
    if (isFault || !went)
      for (const loss of await lab.kept.losses()) lost.push(`After step ${step.at}, ${step.what}: ${loss}`);
    const isOver = share() >= 1;
    if (!isOver && step.at % STEPS_BETWEEN === STEPS_BETWEEN - 1) await look(step.at);
    if (isOver) {
      await look(step.at, true);
      break;
    }
  }
  for (const loss of await lab.kept.losses()) lost.push(`At the end: ${loss}`);
  return { done, meter, lost };
}

/**
 * The panel is open, and a preset of the user's own is there to be kept. The largest of what comes has been,
 * for which room is made once: the longest line, the longest run; and everything has been used.
 */
async function begun(lab: Lab, seed: number): Promise<void> {
  await lab.selectSample();
  await lab.explore();
  await exploreHostile(lab, LONGEST_LINE);
  await lab.duringRun(() => Promise.resolve());
  await firstUses(lab, new Dice(seed, 'begin'));
  await lab.savePreset('Of the soak');
  await lab.kept.remember();
}

async function perform(lab: Lab, step: Step): Promise<void> {
  const { what } = step;
  if (what in faults) await faults[what as Fault](lab, step.dice());
  else if (what in runs) await runTab(lab, runs[what as keyof typeof runs]);
  else await doings[what as keyof typeof doings](lab, step.dice());
}

/** After a step that broke off anywhere: the window as it is at rest. */
async function recover(lab: Lab): Promise<void> {
  const { keyboard } = lab.window.page;
  for (let press = 0; press < 3; press++) await keyboard.press('Escape');
  await lab.disk.makeRoom();
  await lab.window.run('Notifications: Clear All Notifications');
  await lab.openFile('sample.md');
  await lab.settle();
}
