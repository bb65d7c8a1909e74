/** Where a training keeps its checkpoints: in a folder for each time that it was started anew. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A checkpoint that is whole; half-written ones have another name. */
const STEP = /^step-(\d+)$/;
const RUN = /^run-(\d+)$/;

/** What one start has left. */
export interface TrainingRun {
  /** Counts the starts; 0 for the checkpoints of earlier versions, which lie in the training's folder itself. */
  readonly number: number;
  readonly directory: string;
  /** Folders, in ascending order of their steps. */
  readonly checkpoints: readonly string[];
}

/** The step of a checkpoint, from the name of its folder; -1 for other folders. */
export const stepOf = (name: string): number => Number(STEP.exec(name)?.[1] ?? -1);

/** The checkpoints in one run's folder, in ascending order of their steps. */
export async function checkpointsIn(run: string): Promise<string[]> {
  const names = await readdir(run).catch(() => []);
  return names
    .filter((name) => STEP.test(name))
    .sort((a, b) => stepOf(a) - stepOf(b))
    .map((name) => join(run, name));
}

/** The runs in a training's folder, oldest first, those without a checkpoint among them. */
export async function runsIn(folder: string): Promise<TrainingRun[]> {
  const names = await readdir(folder).catch(() => []);
  const runs = [{ number: 0, directory: folder, checkpoints: await checkpointsIn(folder) }];
  for (const name of names) {
    const number = Number(RUN.exec(name)?.[1] ?? 0);
    const directory = join(folder, name);
    if (number > 0) runs.push({ number, directory, checkpoints: await checkpointsIn(directory) });
  }
  return runs.sort((a, b) => a.number - b.number);
}

/** Step of the newest checkpoint in a training's folder; undefined where there is none. */
export async function lastCheckpoint(folder: string): Promise<number | undefined> {
  const last = (await runsIn(folder)).flatMap(({ checkpoints }) => checkpoints).at(-1);
  return last === undefined ? undefined : Number(/(\d+)$/.exec(last)![1]);
}
