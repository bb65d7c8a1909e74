import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TOY_DEFAULT } from '../../../src/core/toyModel';
import { EngineClient } from '../../../src/engine/client';
import type { Toy, ToPanel } from '../../../src/protocol/messages';
import { bundle, type Bundles } from '../../unit/engine/bundle';
import { record, scaled, SEED, settles } from './figures';

const clipboard: string[] = [];
const dialogs: string[] = [];
vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(args[Number(i)])),
  },
  env: { clipboard: { writeText: (text: string) => Promise.resolve(void clipboard.push(text)) } },
  window: {
    showSaveDialog: ({ title }: { title: string }) => Promise.resolve(void dialogs.push(title)),
    showOpenDialog: () => Promise.resolve(undefined),
    showQuickPick: () => Promise.resolve(undefined),
    showInputBox: () => Promise.resolve(undefined),
    activeTextEditor: undefined,
    visibleTextEditors: [],
  },
  workspace: { workspaceFolders: undefined, textDocuments: [] },
  Uri: { joinPath: () => undefined },
}));

let bundles: Bundles;
let client: EngineClient;
let folder: string;
beforeAll(async () => {
  bundles = await bundle('src/engine/main.ts', 'src/engine/pulseThread.ts');
  client = new EngineClient({ entry: bundles.path('main'), log: () => undefined });
  folder = mkdtempSync(join(tmpdir(), 'attack-panel-'));
});
afterAll(async () => {
  await client.dispose();
  bundles.remove();
  rmSync(folder, { recursive: true });
});

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  fc.constantFrom(
    '../../../../etc/passwd',
    '..',
    '/dev/zero',
    'C:\\Windows',
    '\0',
    '__proto__',
    'constructor',
    '[x](command:workbench.action.quit)',
    '\u202egnp.exe',
    '=cmd|calc',
    'toy',
    'grid',
    'explore',
    '1700000000000-00000000',
  ),
  fc.nat(1_000_001).map((length) => 'x'.repeat(length)),
);
const number = fc.oneof(
  fc.nat(40),
  fc.constantFrom(-1, 0.5, NaN, Infinity, 2 ** 53, 1e308, '1', null, undefined),
);
const toy = fc.oneof(
  fc.constant(TOY_DEFAULT),
  fc.record({ words: fc.array(nasty, { maxLength: 5 }), logits: fc.array(fc.double(), { maxLength: 5 }) }),
  fc.anything(),
);
const parameters = fc.oneof(
  fc.anything({ maxDepth: 3 }),
  fc.record({
    prompt: nasty,
    chain: fc.oneof(fc.constant([]), fc.anything()),
    greedy: fc.boolean(),
    seed: number,
    samples: number,
    maxNewTokens: fc.oneof(number, fc.constant(1_000_000)),
  }),
);
const entry = fc.record(
  {
    experiment: nasty,
    title: nasty,
    model: nasty,
    parameters,
    result: fc.anything(),
    conclusion: nasty,
    toy,
  },
  { requiredKeys: ['experiment', 'title', 'model', 'conclusion'] },
);
const experiment = fc.oneof(
  fc.constantFrom('explore', 'grid', 'branches', 'nucleus', 'training', 'none'),
  nasty,
);
const message = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.anything({ withBigInt: true, withTypedArray: true, withMap: true, withDate: true }),
  },
  fc.record(
    {
      type: fc.constant('run'),
      request: number,
      experiment,
      model: fc.oneof(fc.constant('toy'), nasty),
      toy,
      parameters,
      others: fc.anything(),
    },
    { requiredKeys: ['type', 'request', 'experiment', 'model', 'parameters'] },
  ),
  fc.record(
    { type: fc.constant('load'), request: number, model: fc.oneof(fc.constant('toy'), nasty), toy },
    { requiredKeys: ['type', 'request', 'model'] },
  ),
  fc.record({
    type: fc.constantFrom('cancel', 'history', 'ready', 'get-model', 'connect-server'),
    request: number,
  }),
  fc.record({
    type: fc.constant('tell'),
    request: number,
    message: fc.oneof(fc.constantFrom('pause', 'discard'), fc.anything()),
  }),
  fc.record({
    type: fc.constant('insert'),
    request: number,
    how: fc.constantFrom('after', 'replace', 'x'),
    text: nasty,
  }),
  fc.record({ type: fc.constant('copy'), request: number, text: nasty }),
  fc.record({
    type: fc.constant('open-text'),
    request: number,
    text: nasty,
    language: fc.constantFrom('python', 'jsonc', 'x'),
  }),
  fc.record({ type: fc.constant('export'), request: number, name: nasty, content: nasty }),
  fc.record({ type: fc.constant('save'), request: number, entry }),
  fc.record({ type: fc.constant('reopen'), request: number, id: nasty }),
  fc.record({
    type: fc.constant('text'),
    request: number,
    from: fc.constantFrom('document', 'file', 'folder', 'x', 7),
  }),
  fc.record({ type: nasty, request: number }),
);

it('hostile messages of a panel are refused or answered, and change nothing else', async () => {
  const { readFromPanel } = await import('../../../src/protocol/messages');
  const { Requests } = await import('../../../src/extension/panel/requests');
  const { History } = await import('../../../src/extension/history/history');
  const { UnknownModelError } = await import('../../../src/extension/models/library');
  writeFileSync(join(folder, 'secret.json'), 'outside of the history');
  const history = new History(join(folder, 'history'));
  const posted: ToPanel[] = [];
  const requests = new Requests({
    engine: client,
    history,
    library: {
      source: (id: string, given: Toy | undefined) => {
        if (id !== 'toy') return Promise.reject(new UnknownModelError(id, ['toy']));
        return Promise.resolve({ kind: 'toy' as const, ...(given ?? TOY_DEFAULT) });
      },
      trainingFolder: () => Promise.resolve(join(folder, 'training')),
    },
    log: { warn: () => undefined },
    anchor: () => undefined,
    post: (answer: ToPanel) => posted.push(answer),
    modelsChanged: () => undefined,
  } as never);
  const witness = async (): Promise<unknown> => {
    const run = { prompt: 'pizza', chain: [], greedy: false, seed: 3, samples: 2, maxNewTokens: 6 };
    const result = await client.run('explore', { kind: 'toy', ...TOY_DEFAULT }, run, {
      onEvent: () => undefined,
    });
    return { ...(result as object), milliseconds: 0 };
  };
  const before = await witness();
  const prototype = Object.getOwnPropertyNames(Object.prototype).sort();
  const figures = { messages: scaled(10_000), refused: 0, handled: 0, 'failures told': 0 };
  for (const value of fc.sample(message, { numRuns: figures.messages, seed: SEED })) {
    const read = readFromPanel(value);
    if (!read) {
      figures.refused++;
      continue;
    }
    figures.handled++;
    if (!('request' in read)) continue;
    posted.length = 0;
    const answered = requests.handle(read);
    // Whatever runs on is stopped, as its own cancel does.
    const cancel = setTimeout(() => void requests.handle({ type: 'cancel', request: read.request }), 200);
    await settles(`the answer to ${read.type}`, answered, 60_000);
    clearTimeout(cancel);
    const answers = posted.filter((answer) => answer.type !== 'event');
    expect(answers).toHaveLength(read.type === 'cancel' || read.type === 'tell' ? 0 : 1);
    for (const answer of answers) {
      expect(answer).toMatchObject({ request: read.request });
      if (answer.type !== 'failure') continue;
      expect(answer.failure).toMatchObject({ sentence: expect.stringMatching(/\.$/) as string });
      expect(answer.failure.code, `${read.type}: ${answer.failure.sentence}`).not.toBe('internal');
      figures['failures told']++;
    }
  }
  expect(requests.pending).toBe(0);
  expect(client.pending).toBe(0);
  expect(await witness()).toEqual(before);
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototype);
  expect(readdirSync(folder).filter((name) => name !== 'history')).toEqual(['secret.json']);
  expect(readdirSync(join(folder, 'history')).every((name) => /^\d{13}-[0-9a-f]{8}\.json$/.test(name))).toBe(
    true,
  );
  record('panel messages', figures);
});
