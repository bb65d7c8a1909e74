/** Which processes descend from one, by what the system says. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** From /proc: small Linux machines have no `ps`. */
function fromProc(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The second field is the program's name in brackets, which may itself hold spaces and brackets.
        const rest = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!;
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(rest.split(' ')[1]), command }];
      } catch {
        return []; // It ended while we looked.
      }
    });
}

function fromPs(): Process[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, command]) => ({ pid: Number(pid), parent: Number(parent), command: command! }));
}

/** All processes that descend from one that runs, in no order. */
export function descendantsOf(ancestor: number): Process[] {
  const processes = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  const family = new Set([ancestor]);
  // Children may be listed before their parents: go on until nobody joins.
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => pid !== ancestor && family.has(pid));
}
