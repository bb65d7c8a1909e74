/**
 * `npm run bench -- threads`: what more threads bring, and what they cost. `speed`: tokens per second of several
 * models by the number of threads, and `frames`: the frames that the panel of a real VS Code misses while the model
 * process draws 32 samples on so many threads. All numbers of threads take turns.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Frame } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/chromium';
import { exploreSample } from '../../scripts/lib/exploreSample';
import { part, runEnded } from '../../scripts/lib/panelReading';
import { repository } from '../../scripts/lib/paths';
import { startServer, type Settings } from '../../scripts/lib/vscodeServer';
import { Window } from '../../scripts/lib/window';
import { sampleWorkspace } from '../../scripts/lib/workspace';
import type { LanguageModel } from '../../src/core/languageModel';
import { argmax } from '../../src/core/logits';
import { loadGpt2, type Precision } from '../../src/onnx/loadGpt2';
import { defaultThreads } from '../../src/onnx/runtime';
import { median, quantile } from './engine/statistics';
import type { BenchOptions } from './options';
import { prepareModels } from './peers/models';

export const words = ['speed', 'frames'];

/** Of one to all processors: the numbers of threads among which a rule could choose. */
const COUNTS = [
  ...new Set(
    [1, availableParallelism() / 2, availableParallelism() - 1, availableParallelism()].map((count) =>
      Math.max(1, Math.floor(count)),
    ),
  ),
];

export async function run({ words: chosen, quick }: BenchOptions): Promise<void> {
  const turns = quick ? 3 : 7;
  const { checkpoint } = await prepareModels(join('artifacts', 'bench'));
  console.log(
    `  ${availableParallelism()} processors, ${defaultThreads()} of them by default; ${turns} turns; medians (least to most)`,
  );
  if (chosen.length === 0 || chosen.includes('speed')) await speeds(checkpoint, turns);
  if (chosen.length === 0 || chosen.includes('frames')) await smoothness(checkpoint, turns);
}

/** What is timed: tokens are drawn after a short prompt, or a prompt is read (`tokens` 0). */
const TASKS = [
  { name: 'one stream', prompt: 64, samples: 1, tokens: 12 },
  { name: '5 samples', prompt: 64, samples: 5, tokens: 8 },
  { name: '32 samples', prompt: 64, samples: 32, tokens: 4 },
  { name: 'reading', prompt: 512, samples: 0, tokens: 0 },
] as const;
type Task = (typeof TASKS)[number];

async function speeds(checkpoint: string, turns: number): Promise<void> {
  const kinds: readonly (readonly [name: string, directory: string, Precision])[] = [
    ['fireside, 8-bit fast', join(repository, 'models', 'fireside'), 'int8-fast'],
    ['124M, 32-bit', checkpoint, 'fp32'],
    ['124M, 8-bit fast', checkpoint, 'int8-fast'],
  ];
  for (const [name, directory, precision] of kinds) {
    const source = { id: 'bench', name: 'bench', directory };
    // What is quantized is kept with the benchmark's files, not beside a model that comes with the extension.
    const cacheDirectory = resolve('artifacts', 'bench', 'quantized', name);
    mkdirSync(cacheDirectory, { recursive: true });
    const models: LanguageModel[] = [];
    for (const threads of COUNTS) {
      models.push(await loadGpt2(source, { threads, precision, cacheDirectory, promptCacheBytes: 0 }));
    }
    for (const task of TASKS) {
      const rates: number[][] = COUNTS.map(() => []);
      for (let turn = 0; turn <= turns; turn++) {
        for (const [i, model] of models.entries()) {
          const rate = await tokensPerSecond(model, task);
          // The first turn warms up.
          if (turn > 0) rates[i]!.push(rate);
        }
      }
      const shown = COUNTS.map((threads, i) => {
        const ratios = rates[i]!.map((rate, turn) => rate / rates[0]![turn]!);
        return `${threads}: ${median(rates[i]!).toFixed(0)}${i === 0 ? '' : ` x${spread(ratios, 2)}`}`;
      });
      console.log(`  ${`${name}, ${task.name}`.padEnd(36)} tokens/s on ${shown.join('   ')}`);
    }
    for (const model of models) await model.dispose();
  }
}

async function tokensPerSecond(model: LanguageModel, { prompt, samples, tokens }: Task): Promise<number> {
  const { vocabularySize, contextLength } = model.info;
  const length = Math.min(prompt, contextLength);
  const text = Array.from({ length }, (_, i) => (i * 7919) % vocabularySize);
  const start = performance.now();
  const [read] = await model.next([{ tokens: text }]);
  if (samples === 0) return (1000 * length) / (performance.now() - start);
  const first = argmax(read!.logits);
  let sequences = Array.from({ length: samples }, () => ({ tokens: [...text, first], cache: read!.cache }));
  const begin = performance.now();
  for (let step = 0; step < tokens; step++) {
    const answers = await model.next(sequences);
    sequences = answers.map(({ logits, cache }, i) => ({
      tokens: [...sequences[i]!.tokens, argmax(logits)],
      cache,
    }));
  }
  return (1000 * samples * tokens) / (performance.now() - begin);
}

/** A frame that comes so late, in milliseconds, has missed its turn at 60 a second. */
const MISSED = 25;

async function smoothness(checkpoint: string, turns: number): Promise<void> {
  // A model's folder in the library's is used as it lies there.
  const library = resolve('artifacts', 'bench', 'library');
  rmSync(library, { recursive: true, force: true });
  mkdirSync(join(library, 'shape'), { recursive: true });
  for (const file of ['config.json', 'model.safetensors']) {
    symlinkSync(join(checkpoint, file), join(library, 'shape', file));
  }
  await framesOf('fireside', 100, turns, {});
  await framesOf('124M shape', 8, turns, {
    'decodingLab.library.folder': library,
    'decodingLab.defaultModel': 'shape',
  });
}

async function framesOf(name: string, tokens: number, turns: number, settings: Settings): Promise<void> {
  const workspace = await sampleWorkspace();
  const server = await startServer({ settings, lean: true });
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, file: workspace.file };
    const window = await Window.open(server, browser, opening);
    const { frame } = await exploreSample(window, workspace.file);
    const drawer = frame.locator(part('drawer'));
    if ((await drawer.isVisible()) && (await drawer.getAttribute('aria-expanded')) === 'false')
      await drawer.click();
    const fill = (field: string, value: number): Promise<void> =>
      frame.locator(`${part(field)} input`).fill(String(value));
    await fill('samples', 32);
    const rest: Frames[] = [];
    const seen: Frames[][] = COUNTS.map(() => []);
    for (let turn = 0; turn < turns; turn++) {
      rest.push(await watchFrames(frame, () => frame.waitForTimeout(2000)));
      for (const [i, threads] of COUNTS.entries()) {
        await server.set({ 'decodingLab.engine.threads': threads });
        // With another number of threads the model is loaded again.
        await fill('max-new-tokens', 1);
        await generate(frame);
        await fill('max-new-tokens', tokens);
        seen[i]!.push(await watchFrames(frame, () => generate(frame)));
      }
    }
    const line = (what: string, frames: readonly Frames[]): void => {
      const over = spread(
        frames.map(({ missed }) => 100 * missed),
        1,
      );
      const longest = spread(
        frames.map((one) => one.longest),
        0,
      );
      const took = spread(
        frames.map((one) => one.took / 1000),
        1,
      );
      console.log(
        `  ${`${name}, ${what}`.padEnd(36)} ${over} % of frames over ${MISSED} ms, longest ${longest} ms, in ${took} s`,
      );
    };
    line('nothing runs', rest);
    for (const [i, threads] of COUNTS.entries()) line(`32 samples, threads: ${threads}`, seen[i]!);
    await window.close();
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

async function generate(frame: Frame): Promise<void> {
  await frame.locator(part('generate')).click();
  await frame.locator(`${part('stop')}:not([disabled])`).waitFor();
  await runEnded(frame);
}

interface Frames {
  /** Share of the frames that came after more than `MISSED` milliseconds. */
  readonly missed: number;
  /** Milliseconds. */
  readonly longest: number;
  readonly took: number;
}

/** The page's frames while something goes on. */
async function watchFrames(frame: Frame, action: () => Promise<unknown>): Promise<Frames> {
  const watched = await frame.locator('body').evaluateHandle(() => {
    const watching = {
      intervals: [] as number[],
      over: false,
      last: performance.now(),
      look(): void {
        requestAnimationFrame(() => {
          const now = performance.now();
          watching.intervals.push(now - watching.last);
          watching.last = now;
          if (!watching.over) watching.look();
        });
      },
    };
    watching.look();
    return watching;
  });
  await action();
  const intervals = await watched.evaluate((watching) => {
    watching.over = true;
    return watching.intervals;
  });
  return {
    missed: intervals.filter((interval) => interval > MISSED).length / intervals.length,
    longest: Math.max(...intervals),
    took: intervals.reduce((total, interval) => total + interval, 0),
  };
}

function spread(values: readonly number[], digits: number): string {
  const [middle, least, most] = [median(values), quantile(values, 0), quantile(values, 1)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}
