import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Measured, Settings, Task } from './tasks';

/** A design in a process of its own, so that none disturbs another's memory or threads. */
export class Contestant {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    /** From the start of its process to the first distribution. */
    readonly first: Measured,
  ) {}

  /**
   * @param program JavaScript that calls `serve`
   * @param launcher a command that starts its last words as a command; empty for none
   * @param env what its environment has beside this process's own
   */
  static async start(
    name: string,
    program: string,
    settings: Settings,
    launcher: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Contestant> {
    const command = [...launcher, process.execPath];
    const begin = performance.now();
    // Without the parent's own arguments, which load what it is written in.
    const child = fork(program, [JSON.stringify(settings)], {
      execPath: command[0]!,
      execArgv: command.slice(1),
      env: { ...process.env, ...env },
    });
    const { processor } = (await nextMessage(name, child)) as Pick<Measured, 'processor'>;
    return new Contestant(name, child, { wall: performance.now() - begin, processor });
  }

  async measure(task: Task): Promise<Measured> {
    const answer = nextMessage(this.name, this.child);
    this.child.send(task);
    return (await answer) as Measured;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}

/** The child's next message. @throws Error when it ends instead. */
async function nextMessage(name: string, child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const message = once(child, 'message', { signal: ended.signal }).then(([value]: unknown[]) => value);
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]: unknown[]): never => {
    throw new Error(`${name} ended with code ${String(code)} before it answered.`);
  });
  try {
    return await Promise.race([message, exit]);
  } finally {
    ended.abort();
    await Promise.allSettled([message, exit]);
  }
}
