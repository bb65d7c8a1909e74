/** The reference servers beside this repository, where it has them; tests that need one are skipped where it has not. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const SERVER = '../shared/oracles/remote/server.mjs';

export const hasReference = hasReferenceBeside('.');

/** @param repository the folder of this repository, for tests that run elsewhere */
export function hasReferenceBeside(repository: string): boolean {
  return existsSync(resolve(repository, SERVER));
}

export interface ReferenceServer {
  readonly address: string;
  /** What it has logged: a line for each request, and for each connection that was closed before its end. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

/** @param args further arguments, as in the head of server.mjs. */
export function startReference(
  kind: 'vllm' | 'llama',
  model: string,
  ...args: string[]
): Promise<ReferenceServer> {
  return startReferenceBeside('.', kind, model, ...args);
}

/** @param repository as for `hasReferenceBeside` */
export async function startReferenceBeside(
  repository: string,
  kind: 'vllm' | 'llama',
  model: string,
  ...args: string[]
): Promise<ReferenceServer> {
  const process_ = spawn(
    process.execPath,
    [SERVER, '--kind', kind, '--model', model, '--port', '0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: repository },
  );
  const log: Record<string, unknown>[] = [];
  createInterface(process_.stderr).on('line', (line) => {
    if (line.startsWith('{')) log.push(JSON.parse(line) as Record<string, unknown>);
  });
  const ended = new Promise<void>((resolve) =>
    process_.once('exit', () => {
      resolve();
    }),
  );
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(process_.stdout).on('line', (line) => {
      const found = /listening on (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    process_.once('exit', (code) => {
      reject(new Error(`The reference server ended with ${code}.`));
    });
  });
  return {
    address,
    log,
    stop: () => {
      process_.kill();
      return ended;
    },
  };
}
