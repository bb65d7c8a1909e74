import { describe, expect, it } from 'vitest';
import { branches } from '../../../../../src/experiments/branches';
import type { BranchesParameters, BranchStart } from '../../../../../src/experiments/branches/parameters';
import type { BranchesResult } from '../../../../../src/experiments/branches/result';
import { ToyModel } from '../../../../../src/core/toyModel';
import type { ModelChoice, Toy } from '../../../../../src/protocol/messages';
import { Host } from '../../../../../webview/host';
import { BranchEditor } from '../../../../../webview/experiments/branches/editor';
import { RunQueue } from '../../../../../webview/frame/queue';
import { Session } from '../../../../../webview/frame/session';

const TOY: Toy = { words: ['red', 'green', 'blue'], logits: [2, 1, 0] };
const MODELS: readonly ModelChoice[] = [
  { id: 'toy', name: 'toy', kind: 'toy', description: '' },
  { id: 'other', name: 'other', kind: 'gpt2', description: '' },
];

/** An editor whose runs are done at once, and the extension's side of it in the test's hands. */
class Bench {
  readonly sent: Record<string, unknown>[] = [];
  readonly said: string[] = [];
  readonly failures: unknown[] = [];
  readonly host = new Host(
    { postMessage: (message) => void this.sent.push(message as Record<string, unknown>) },
    () => undefined,
    () => undefined,
    () => undefined,
  );
  readonly session = new Session(this.host);
  readonly queue = new RunQueue();
  readonly editor: BranchEditor;
  /** Parameters of the runs that were asked for. */
  readonly runs: BranchesParameters[] = [];

  constructor() {
    const nothing = (): void => undefined;
    this.session.welcome(MODELS, 'toy', TOY);
    this.session.typePrompt('red');
    const context = {
      host: this.host,
      session: this.session,
      queue: this.queue,
      editPrompt: nothing,
      chooseModel: nothing,
      changePrompt: nothing,
      openTab: nothing,
      hasTab: () => true,
      announce: (sentence: string) => void this.said.push(sentence),
      present: () => undefined,
    };
    this.editor = new BranchEditor('branches', context, {
      rerun: (parameters) => void this.runs.push(parameters),
      failed: (error) => void this.failures.push(error),
      hasFocus: () => false,
      focusSelected: nothing,
    });
  }

  async grow(parameters: BranchesParameters): Promise<BranchesResult> {
    return branches.run(new ToyModel(TOY), branches.parse(parameters), {
      emit: () => undefined,
      pause: () => Promise.resolve(),
      signal: new AbortController().signal,
    });
  }

  begin(start: BranchStart = { kind: 'greedy', length: 3 }): Promise<BranchesResult> {
    return this.grow({ prompt: 'red', start, alternatives: 3, edits: [] });
  }

  /** The result of the run that was asked for last. */
  next(): Promise<BranchesResult> {
    return this.grow(this.runs.at(-1)!);
  }
}

const VALUES = { ahead: '1' };

describe('an edited tree', () => {
  it('follows the way that was taken, and the undoing of it', async () => {
    const bench = new Bench();
    const { editor } = bench;
    const first = await bench.begin();
    expect(editor.layout(first).path(editor.selected(first))).toEqual([0]);
    editor.take(first, [0, 2], VALUES);
    const second = await bench.next();
    expect(editor.edits(second)).toEqual([{ edit: 'take', path: [0, 2], ahead: 1 }]);
    expect(editor.layout(second).path(editor.selected(second))).toEqual([0, 2]);
    editor.prune(second, [0, 0]);
    const third = await bench.next();
    expect(editor.layout(third).path(editor.selected(third))).toEqual([0]);
    editor.undo(third);
    expect((await bench.next()).nodes).toEqual(second.nodes);
    editor.clear(third);
    expect((await bench.next()).nodes).toEqual(first.nodes);
  });

  it('is looked at where the last edit led when it was opened from elsewhere', async () => {
    const bench = new Bench();
    const { editor } = bench;
    const edits = [
      { edit: 'take', path: [1, 1, 1], ahead: 0 },
      { edit: 'expand', path: [1] },
    ] as const;
    const start = { kind: 'alternatives' } as const;
    const result = await bench.grow({ prompt: 'red', start, alternatives: 3, edits });
    // Alternatives were asked for after the first token: what is looked at is the second.
    expect(editor.layout(result).path(editor.selected(result))).toEqual([1, 1]);
    editor.select(editor.layout(result), 0);
    expect(editor.selected(result)).toBe(0);
    editor.forget();
    expect(editor.layout(result).path(editor.selected(result))).toEqual([1, 1]);
  });

  it('is left alone where prompt or model are others, and says why', async () => {
    const bench = new Bench();
    const { editor, session } = bench;
    const result = await bench.begin();
    session.typePrompt('green');
    editor.pin(result, [0]);
    session.typePrompt('red');
    session.model = 'other';
    editor.pin(result, [0]);
    session.model = 'toy';
    bench.queue.submit({
      owner: 'branches',
      lane: 'long',
      label: '',
      start: () => ({ ended: new Promise(() => undefined), cancel: () => undefined }),
      dropped: () => undefined,
    });
    editor.pin(result, [0]);
    expect(bench.runs).toEqual([]);
    expect(bench.said).toEqual([
      'This tree belongs to another prompt. Run again to grow a new one.',
      'This tree belongs to another model. Run again to grow a new one.',
      'Wait until the tree is complete.',
    ]);
  });

  it('draws as many lines as have few tokens, and all up to the selected one', async () => {
    const bench = new Bench();
    const { editor } = bench;
    const edits = Array.from({ length: 27 }, (_, i) => ({
      edit: 'take' as const,
      path: [i % 3, Math.floor(i / 3) % 3, Math.floor(i / 9)],
      ahead: 60,
    }));
    const start = { kind: 'alternatives' } as const;
    const result = await bench.grow({ prompt: 'red', start, alternatives: 3, edits });
    const layout = editor.layout(result);
    const lines = editor.lines(layout, 0);
    const tokens = layout.branches.slice(0, lines).reduce((sum, { nodes }) => sum + nodes.length, 0);
    expect(tokens).toBeLessThanOrEqual(600);
    expect(lines).toBeLessThan(layout.branches.length);
    const last = layout.branches.at(-1)!.nodes[0]!;
    expect(editor.lines(layout, last)).toBe(layout.branches.length);
    for (let i = 0; i < 5; i++) editor.drawMore();
    expect(editor.lines(layout, 0)).toBe(layout.branches.length);
  });
});

describe('a path', () => {
  it('goes into the document only where the document has its prompt', async () => {
    const bench = new Bench();
    const { editor, session } = bench;
    const result = await bench.begin();
    expect(editor.insertBlocked(result)).toMatch(/was not taken from the document/);
    const source = { text: 'red', document: 'a.md', place: '', kind: 'selection', notes: [] } as const;
    session.sourceInDocument = { ...source, notes: [] };
    expect(editor.insertBlocked(result)).toBeNull();
    const inserting = editor.act(result, 2, 'insert');
    await Promise.resolve();
    await Promise.resolve();
    const asked = bench.sent.at(-1)!;
    const text = result.nodes
      .slice(1, 3)
      .map(({ token }) => token.text)
      .join('');
    expect(asked).toMatchObject({ type: 'insert', how: 'after', text });
    const failure = { code: 'insert', sentence: 'The document was closed.' };
    bench.host.receive({ type: 'failure', request: asked['request'], failure });
    await inserting;
    expect(bench.failures).toHaveLength(1);
    expect(editor.feedback).toBe('');
  });
});
