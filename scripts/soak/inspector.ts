/** A look into a running process of Node by its own inspector, which it is asked to open. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './until';

export interface InsideNode {
  /** Bytes of the heap that are used after everything that can be collected has been. */
  readonly heap: number;
  /** What keeps its event loop alive: sockets, pipes, timers, requests. */
  readonly active: number;
}

interface Answer {
  readonly id: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
  readonly error?: { readonly message: string };
}

/** Opens the inspector of a process once, and asks for what it holds. @throws Error where it does not answer */
export async function lookInside(pid: number): Promise<InsideNode> {
  if (listening(pid, DEFAULT) === undefined) process.kill(pid, 'SIGUSR1');
  await until(`process ${pid} opens its inspector`, () => listening(pid, DEFAULT) !== undefined);
  const response = await fetch(`http://127.0.0.1:${DEFAULT}/json/list`);
  const [target] = (await response.json()) as { readonly webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => {
        reject(new Error(`The inspector of process ${pid} cannot be reached.`));
      };
    });
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    const expression =
      'JSON.stringify([process.memoryUsage().heapUsed, process.getActiveResourcesInfo().length])';
    const { result } = await ask(socket, 2, 'Runtime.evaluate', { expression });
    const [heap, active] = JSON.parse(String(result?.result?.value)) as [number, number];
    return { heap, active };
  } finally {
    socket.close();
  }
}

function ask(socket: WebSocket, id: number, method: string, params: object = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== id) return;
      if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
      else resolve(answer);
    });
    socket.addEventListener('close', () => {
      reject(new Error(`The process ended while it was asked for ${method}.`));
    });
    socket.send(JSON.stringify({ id, method, params }));
  });
}

/** Where Node opens an inspector on SIGUSR1. */
const DEFAULT = 9229;

/** The state of a listening socket in /proc/net/tcp. */
const LISTENS = '0A';

/** The inode of the socket by which a process listens on a port of this machine; undefined where it does not. */
function listening(pid: number, port: number): string | undefined {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1] === local && fields[3] === LISTENS)
    .map((fields) => `socket:[${fields[9]!}]`);
  return readdirSync(`/proc/${pid}/fd`)
    .map((name) => linkOf(`/proc/${pid}/fd/${name}`))
    .find((link) => inodes.includes(link));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // It was closed while we looked.
  }
}
