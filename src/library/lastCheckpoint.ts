import { readdir } from 'node:fs/promises';

/** Folders in which a training keeps its checkpoints whole; half-written ones have another name. */
const WHOLE = /^step-(\d+)$/;

/** Step of the newest checkpoint in a training's folder; undefined where there is none. */
export async function lastCheckpoint(folder: string): Promise<number | undefined> {
  const names = await readdir(folder).catch(() => []);
  const steps = names.flatMap((name) => {
    const step = WHOLE.exec(name)?.[1];
    return step === undefined ? [] : [Number(step)];
  });
  return steps.length === 0 ? undefined : Math.max(...steps);
}
