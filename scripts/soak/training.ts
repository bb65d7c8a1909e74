/** A training: begun, paused, stopped, continued from its checkpoint; or its process is killed in the middle. */
import { toldOf } from './shown';
import type { Lab } from './lab';
import { chooseOption, openExplore, openTab } from './tabs';
import { Trouble, until } from './until';

/** Small enough for many steps in a second, and longer than anybody waits. */
const SMALL = {
  ...{ context: '12', stride: '12', batchSize: '1', epochs: '2000', learningRate: '1e-3' },
  ...{ evaluateEvery: '50', sampleTokens: '6', startText: 'Once upon', seconds: '86400' },
};

/** The model that is trained: the smallest. */
const MODEL = 'kindling';

export async function trainAndContinue(lab: Lab): Promise<void> {
  const paused = await pausedTraining(lab);
  await lab.panel.part('training-pause').click();
  await goesOnAfter(lab, paused);
  const stopped = await stop(lab);
  await continueFrom(lab, stopped);
}

export async function killTraining(lab: Lab): Promise<void> {
  const paused = await pausedTraining(lab);
  await lab.panel.part('training-pause').click();
  await goesOnAfter(lab, paused);
  const [engine, ...others] = lab.engines();
  if (engine === undefined || others.length > 0) throw new Trouble('There is not one model process.');
  process.kill(engine, 'SIGKILL');
  await toldOf(lab, ['engine']);
  await lab.dismiss();
  const [lost] = await lab.kept.losses();
  if (lost !== undefined) throw new Trouble(lost);
  await continueFrom(lab, paused);
}

/** Begins a training and has it wait. @returns the step of its checkpoint, which is known to be kept */
async function pausedTraining(lab: Lab): Promise<number> {
  await lab.selectSample();
  const panel = await lab.explore();
  await lab.keepModel(MODEL);
  await openTab(lab, 'training');
  await chooseOption(lab, 'action', 'the model as it is');
  for (const [name, text] of Object.entries(SMALL)) await panel.type(name, text);
  // A training that begins anew takes the place of the one before, which is asked about.
  lab.kept.letCheckpointsGo();
  await panel.part('run').click();
  const question = panel.part('question-yes');
  const live = panel.part('training-live');
  await until('the training begins, or something is asked', async () => {
    return (await question.count()) + (await live.count()) > 0;
  });
  if ((await question.count()) > 0) await question.click();
  await goesOnAfter(lab, 4);
  await panel.part('training-pause').click();
  await until('it waits', async () => (await live.innerText()).includes('Paused, checkpoint saved'));
  const step = await stepOf(lab);
  await until('its checkpoint is kept', async () =>
    (await panel.part('training-kept').innerText()).includes(`step ${step}`),
  );
  await lab.kept.remember();
  if (lab.kept.checkpoints === 0) throw new Trouble('A paused training has no checkpoint on the disk.');
  return step;
}

/** Goes on from the last checkpoint for a few steps, and stops. @param from the step of that checkpoint */
async function continueFrom(lab: Lab, from: number): Promise<void> {
  await chooseOption(lab, 'action', 'the last checkpoint');
  await lab.panel.type('furtherEpochs', '0');
  await lab.panel.part('run').click();
  await goesOnAfter(lab, 0);
  const first = await stepOf(lab);
  if (first <= from)
    throw new Trouble(`It goes on at step ${first}; its checkpoint is that of step ${from}.`);
  await stop(lab);
  await lab.kept.remember();
  await openExplore(lab);
  await lab.keepModel('fireside');
}

/** The step that a training which goes on has reached; 0 before the first. */
async function stepOf(lab: Lab): Promise<number> {
  const live = lab.panel.part('training-live');
  const text = (await live.count()) > 0 ? await live.innerText() : '';
  return numberOf(/step ([\d,]+)/.exec(text)?.[1] ?? '0');
}

async function goesOnAfter(lab: Lab, step: number): Promise<void> {
  await until(`the training goes on after step ${step}`, async () => (await stepOf(lab)) > step);
  for (const engine of lab.engines()) lab.trained.add(engine);
}

/** Stops the training, which then has an answer. @returns the steps that it has done in all, with which it was kept */
async function stop(lab: Lab): Promise<number> {
  const { panel } = lab;
  await panel.part('stop').click();
  await panel.part('stopped').waitFor();
  await lab.atRest();
  await lab.dismiss();
  const answer = (await panel.part('answer').textContent()) ?? '';
  const [, steps] = /trained for ([\d,]+) steps/.exec(answer) ?? [];
  if (steps === undefined) throw new Trouble(`A stopped training does not say how far it came: ${answer}`);
  return numberOf(steps);
}

const numberOf = (text: string): number => Number(text.replaceAll(',', ''));
