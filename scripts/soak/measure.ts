/** What the processes and pages of a window hold, as the system, the browser and Node say. */
import { readdirSync, readFileSync } from 'node:fs';
import type { CDPSession } from 'playwright-core';
import { descendantsOf, type Process } from '../lib/processTree';
import { FIGURES, type FigureName } from './figures';
import type { Reading } from './growth';
import { lookInside } from './inspector';
import type { Lab } from './lab';
import { Trouble, until } from './until';

const MB = 1e6;

interface OfProcess {
  readonly memory: number;
  readonly handles: number;
  readonly threads: number;
}

function ofProcess(pid: number): OfProcess {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)![1]);
  return {
    memory: (number('VmRSS') * 1024) / MB,
    handles: readdirSync(`/proc/${pid}/fd`).length,
    threads: number('Threads'),
  };
}

/** Reads figures of one window again and again. */
export class Meter {
  readonly #lab: Lab;
  readonly readings = new Map<FigureName, Reading[]>(FIGURES.map((name) => [name, []]));
  /** The processes below the server, as they were when figures were read last. */
  processes: readonly string[] = [];
  #cdp: Promise<CDPSession> | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Waits until the process has gone that looks into files of models, and ends by itself when nobody asks it. */
  async inspectorEnded(): Promise<void> {
    await until('the process that inspects models ends', () =>
      this.#below().every(({ command }) => !/dist[\\/]inspector\.js/.test(command)),
    );
  }

  /** Reads all figures; the window must be at rest. @param step how many steps have been done */
  async read(step: number): Promise<Readonly<Record<FigureName, number>>> {
    const lab = this.#lab;
    await until('one model process is there', () => lab.engines().length === 1);
    await until('one extension host is there', () => this.#hosts().length === 1);
    const [engine] = lab.engines();
    const [host] = this.#hosts();
    if (engine === undefined || host === undefined)
      throw new Trouble('A process has gone while it was read.');
    this.processes = this.#below().map(({ command }) => command);
    const page = await this.#page();
    const inside = await lookInside(host);
    const [ofEngine, ofHost, ofServer] = [engine, host, lab.server.pid].map(ofProcess);
    // Its first training takes memory that a process keeps: from then on it is compared with itself alone.
    const learned = lab.trained.has(engine) ? `${engine}, trained` : engine;
    const figures: Record<FigureName, readonly [life: Reading['life'], value: number]> = {
      'engine: memory': [learned, ofEngine!.memory],
      'engine: handles': [engine, ofEngine!.handles],
      'engine: threads': [engine, ofEngine!.threads],
      'extension host: memory': [host, ofHost!.memory],
      'extension host: heap': [host, inside.heap / MB],
      'extension host: handles': [host, ofHost!.handles],
      'extension host: active resources': [host, inside.active],
      'server: memory': [0, ofServer!.memory],
      'server: handles': [0, ofServer!.handles],
      'page: heap': [lab.pages, page['JSHeapUsedSize']! / MB],
      'page: nodes': [lab.pages, page['Nodes']!],
      'page: listeners': [lab.pages, page['JSEventListeners']!],
      'page: documents': [lab.pages, page['Documents']!],
      processes: [0, this.processes.length],
      'model processes': [0, lab.engines().length],
    };
    for (const name of FIGURES) {
      const [life, value] = figures[name];
      this.readings.get(name)!.push({ life, step, value });
    }
    return Object.fromEntries(FIGURES.map((name) => [name, figures[name][1]])) as Record<FigureName, number>;
  }

  /** Megabytes that the page holds now: when a figure grows, this tells after which step. */
  async pageHeap(): Promise<number> {
    return (await this.#page())['JSHeapUsedSize']! / MB;
  }

  #below(): Process[] {
    return descendantsOf(this.#lab.server.pid);
  }

  #hosts(): number[] {
    return this.#below()
      .filter(({ command }) => command.includes('--type=extensionHost'))
      .map(({ pid }) => pid);
  }

  /** The workbench and the panel's page in it, which share a process, after all that can be collected has been. */
  async #page(): Promise<Readonly<Record<string, number>>> {
    this.#cdp ??= this.#lab.window.page.context().newCDPSession(this.#lab.window.page);
    const cdp = await this.#cdp;
    await cdp.send('Performance.enable');
    await cdp.send('HeapProfiler.enable');
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }
}
