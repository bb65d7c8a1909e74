import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Ready, Task, Timing } from './tasks';

/** A design in a process of its own, so that none disturbs another's memory or threads. */
export class Contestant {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    /** Milliseconds until its model could be used. */
    readonly loading: number,
  ) {}

  /** @param program TypeScript or JavaScript; it gets `args`, reports that it is ready, and answers tasks. */
  static async start(name: string, program: string, args: readonly string[]): Promise<Contestant> {
    const child = fork(program, args);
    const { ready } = (await nextMessage(name, child)) as Ready;
    return new Contestant(name, child, ready);
  }

  async measure(task: Task): Promise<Timing> {
    const answer = nextMessage(this.name, this.child);
    this.child.send(task);
    return (await answer) as Timing;
  }

  async stop(): Promise<void> {
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
