/** Where contestants run. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The processors that contestants are held to. */
export interface Place {
  /** Starts a command there: words to be put before it. */
  readonly launcher: readonly string[];
  /** In words. */
  readonly said: string;
}

/**
 * As many processors as there are threads, the same for all contestants: a library that uses more than it was told to
 * gains nothing by it.
 * @throws RangeError where this process may not use so many
 */
export function placeFor(threads: number): Place {
  const model = cpus()[0]?.model ?? 'an unknown processor';
  const allowed = allowedProcessors();
  if (allowed && allowed.length < threads) {
    throw new RangeError(
      `--threads is ${threads}, but this process may use ${allowed.length} of the processors. Give a smaller number.`,
    );
  }
  const chosen = allowed?.slice(-threads).join();
  if (chosen !== undefined && spawnSync('taskset', ['-c', chosen, 'true']).status === 0) {
    const which = threads === 1 ? `to processor ${chosen}` : `to processors ${chosen}`;
    return { launcher: ['taskset', '-c', chosen], said: `${model}; every process is held ${which}` };
  }
  return {
    launcher: [],
    said: `${model}; processes are not held to a processor (no taskset here): look at the processor time`,
  };
}

/** Processors that this process may use, ascending; undefined where the system does not tell. */
function allowedProcessors(): number[] | undefined {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'utf8');
  } catch {
    return undefined;
  }
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  return list?.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
