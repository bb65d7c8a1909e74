import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleDocument } from './paths';

/** A folder of its own for one run, so that nobody's edits change the repository. */
export interface SampleWorkspace {
  readonly folder: string;
  /** The copy of the sample document in it. */
  readonly file: string;
  /** Puts the sample document back as it was. */
  restore(): Promise<void>;
  remove(): Promise<void>;
}

/** @param within the folder in which it is made */
export async function sampleWorkspace(within = tmpdir()): Promise<SampleWorkspace> {
  const folder = await mkdtemp(join(within, 'decoding-lab-sample-'));
  const file = join(folder, 'sample.md');
  const restore = (): Promise<void> => copyFile(sampleDocument, file);
  await restore();
  return { folder, file, restore, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
