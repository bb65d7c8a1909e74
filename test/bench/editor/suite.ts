/** Runs inside the extension host; `../editor.ts` bundles it, opens the window and prints the figures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../../src/extension/extension';
import { typeOn } from '../../integration/typing';
import { until } from '../../integration/until';
import { extension, openText, withSettings } from '../../integration/workspaceTools';
import { FIGURES_VARIABLE, type EditorFigures, type Soaked } from './figures';

const STORY =
  'Once upon a time there was a king who had a daughter, and she was so beautiful that the sun himself was amazed. ';
const TRIES = 15;
const KEYSTROKES = 2000;
/** A fast typist's pace, in milliseconds. */
const PACE = 50;
const REST = 10_000;

export async function run(): Promise<void> {
  const own = extension();
  const hostBefore = process.memoryUsage.rss();
  const begin = performance.now();
  const active = own.isActive;
  const api = await own.activate();
  const activation = active ? null : performance.now() - begin;
  const hostAfter = process.memoryUsage.rss();
  const processBefore = api.enginePid() !== undefined;

  const { warm, cold } = await withResult({ 'decodingLab.inlineSuggest.mode': 'manual' }, () =>
    latencies(api),
  );
  await sleep(1000);
  const [restBegin, idleBytes] = [processorTime(api.enginePid()!), residentBytes(api.enginePid()!)];
  await sleep(REST);
  const idleShare = (processorTime(api.enginePid()!) - restBegin) / REST;

  const soak = await withResult(
    { 'decodingLab.inlineSuggest.mode': 'automatic', 'decodingLab.inlineSuggest.delay': 0 },
    async () => {
      const editor = await openText(STORY);
      // What grows once, to its limit, is not a leak.
      await typeOn(editor, 200, PACE);
      const before = await soaked(api);
      await typeOn(editor, KEYSTROKES, PACE);
      return { before, after: await soaked(api) };
    },
  );
  const figures: EditorFigures = {
    ...{ activation, hostBefore, hostAfter, processBefore, warm, cold, idleBytes, idleShare },
    ...{ keystrokes: KEYSTROKES, ...soak },
  };
  writeFileSync(process.env[FIGURES_VARIABLE]!, JSON.stringify(figures));
}

async function withResult<T>(values: Record<string, unknown>, action: () => Promise<T>): Promise<T> {
  let result: T | undefined;
  await withSettings(values, async () => {
    result = await action();
  });
  return result!;
}

async function latencies(api: DecodingLabApi): Promise<Pick<EditorFigures, 'warm' | 'cold'>> {
  const editor = await openText(STORY.repeat(8));
  await timeSuggestion(api, editor, 'The ');
  const warm: number[] = [];
  const cold: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    warm.push(await timeSuggestion(api, editor, 'abcdefghijklmnop'[i]!));
  }
  for (let i = 0; i < TRIES; i++) {
    // Another first word, and nothing that was read before can be used again.
    await editor.edit((builder) => {
      builder.insert(new vscode.Position(0, 0), `${String.fromCharCode(65 + i)}nother `);
    });
    cold.push(await timeSuggestion(api, editor, 'q'));
  }
  return { warm, cold };
}

async function timeSuggestion(
  api: DecodingLabApi,
  editor: vscode.TextEditor,
  typed: string,
): Promise<number> {
  const { document } = editor;
  const end = (): vscode.Position => document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end(), end());
  await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  await vscode.commands.executeCommand('type', { text: typed });
  const begin = performance.now();
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await until('suggestions are offered', () => api.suggestions().length > 0, 20_000);
  return performance.now() - begin;
}

async function soaked(api: DecodingLabApi): Promise<Soaked> {
  await until('everything is answered', () => api.pendingEngineRequests() === 0);
  globalThis.gc?.();
  return {
    listeners: api.listeners(),
    pending: api.pendingEngineRequests(),
    engineBytes: residentBytes(api.enginePid()!),
    hostHeap: process.memoryUsage().heapUsed,
  };
}

/** As Linux tells it. */
function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

/** Milliseconds of processor time; a tick is 10 of them on Linux. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
