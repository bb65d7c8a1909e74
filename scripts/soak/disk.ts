/** A disk of its own, small enough to be filled: everything of VS Code and its user lies on it. */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../../src/library/libraryError';

/** Room for user data, models and trainings, and for the 100 MB that a download leaves to others, in megabytes. */
const MEGABYTES = 256;

/** The ballast grows by so many bytes at a time, the last time by less. */
const STEPS = [1 << 20, 1 << 12];

export interface Disk {
  readonly folder: string;
  /** Whether it is small; where nobody may mount one, the folder lies on the system's own disk, which is not filled. */
  readonly isSmall: boolean;
  /** Takes all room that is left. @throws Error where the disk is not small */
  fill(): Promise<void>;
  /** Gives that room back. */
  makeRoom(): Promise<void>;
  remove(): Promise<void>;
}

/** Mounts a file system in memory where this is Linux and we are root; takes an ordinary folder elsewhere. */
export async function smallDisk(): Promise<Disk> {
  const folder = await mkdtemp(join(tmpdir(), 'decoding-lab-soak-'));
  const ballast = join(folder, 'ballast');
  const isSmall = mounted(folder);
  return {
    folder,
    isSmall,
    async fill() {
      if (!isSmall) throw new Error('Only a disk of our own is filled.');
      for (const step of STEPS) await fillBy(ballast, Buffer.alloc(step));
    },
    makeRoom: () => rm(ballast, { force: true }),
    async remove() {
      // Lazily, as a process that is still ending may have a file open.
      if (isSmall) execFileSync('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function mounted(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    // Containers often may not.
    return false;
  }
}

async function fillBy(path: string, bytes: Buffer): Promise<void> {
  for (;;) {
    try {
      await appendFile(path, bytes);
    } catch (error) {
      if (systemCode(error) === 'ENOSPC') return;
      throw error;
    }
  }
}
