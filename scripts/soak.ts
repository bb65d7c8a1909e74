/**
 * `npm run soak`: an hour of use, pressed into ten minutes, in a real VS Code, with what goes wrong in an hour; what
 * grew meanwhile and what was lost. `-- --minutes 2` is a trial, `--seed N` another hour.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './lib/chromium';
import { Failure } from './lib/failure';
import { runMain } from './lib/main';
import { artifacts } from './lib/paths';
import { smallDisk } from './soak/disk';
import { Lab } from './soak/lab';
import { rowsOf, tableOf } from './soak/report';
import { runSoak } from './soak/run';
import { check } from './suites/tools';

/** What is to be undone at the end, the newest first. */
const undo: (() => Promise<void>)[] = [];

async function undoAll(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
}

function options(): { readonly seed: number; readonly minutes: number } {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, minutes: { type: 'string', default: '10' } },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Failure(`The seed is ${values.seed}; give a whole number from 0 to 2^53 - 1.`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Failure(`The minutes are ${values.minutes}; give a number above 0.`);
  return { seed, minutes };
}

async function main(): Promise<number> {
  const { seed, minutes } = options();
  if (process.platform !== 'linux')
    throw new Failure('The soak reads what processes hold from /proc: it needs Linux.');
  console.log(`Seed ${seed}, ${minutes} minutes. Building ...`);
  if ((await check('build')).failed > 0) return 1;
  const disk = await smallDisk();
  undo.push(() => disk.remove());
  if (!disk.isSmall)
    console.log('No small disk could be mounted, which only root can: a full disk is not tried.');
  const browser = await openBrowser();
  undo.push(() => browser.close());
  const lab = await Lab.open(browser, disk, (step) => undo.push(step));
  const { done, meter, lost } = await runSoak(lab, { seed, minutes, say: console.log });

  const rows = rowsOf(meter.readings);
  const troubles = done.filter(({ trouble }) => trouble !== undefined);
  const grown = rows.filter(({ excess }) => excess !== undefined);
  const { uncaught } = lab;
  const left = await lab.kept.leftovers();
  const wrong = [
    ...troubles.map(({ at, what, trouble }) => `Step ${at}, ${what}: ${trouble!}`),
    ...lost,
    ...uncaught.map((error) => `Nobody caught: ${error}`),
    ...left.map((name) => `Left behind: ${name}`),
    ...grown.map(({ name, excess }) => `${name}: ${excess!}`),
    ...(rows.length === 0 ? ['Nothing was measured; give it more minutes.'] : []),
  ];
  const steps = done.filter(({ what }) => what !== 'come to rest' && what !== 'open');
  console.log(`\n${tableOf(rows)}\n`);
  const counts = new Map<string, number>();
  for (const { what, skipped } of steps)
    if (skipped === undefined) counts.set(what, (counts.get(what) ?? 0) + 1);
  console.log([...counts].map(([what, times]) => `${times} × ${what}`).join(', '));
  for (const line of wrong) console.log(`- ${line}`);
  console.log(
    wrong.length === 0
      ? `\nSound: ${steps.length} steps, ${lab.kept.results} saved results kept, nothing lost, nothing hung, nothing grew. Seed ${seed}.`
      : `\nNot sound: ${wrong.length} findings in ${steps.length} steps. Seed ${seed}.`,
  );
  await mkdir(artifacts, { recursive: true });
  const figures = {
    seed,
    minutes,
    sound: wrong.length === 0,
    wrong,
    rows,
    steps: done,
    readings: [...meter.readings],
    processes: meter.processes,
  };
  await writeFile(join(artifacts, 'soak.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
  return wrong.length === 0 ? 0 : 1;
}

runMain(main, undoAll);
