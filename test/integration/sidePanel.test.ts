import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';
import { extension, openText, select, selectAndTell, withSettings } from './workspaceTools';

/** The bundled model's reference: ids of the five best tokens after this text, by an independent implementation. */
const PROMPT = 'Once upon a time there was a king who';
const BEST = [550, 373, 547, 5615, 561];

describe('Decoding Lab in the side panel', () => {
  let api: DecodingLabApi;

  before(async () => {
    api = await extension().activate();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('shows the distribution for the text before the cursor, and follows it', async () => {
    await vscode.commands.executeCommand('decodingLab.cursor.focus');
    const editor = await openText(`${PROMPT} was`);
    select(editor, PROMPT.length, PROMPT.length);
    await until('the distribution is shown', () => BEST.every((id, i) => api.atCursor()[i] === id));
    select(editor, 4, 4);
    await until('it follows the cursor', () => api.atCursor()[0] !== BEST[0]);
  });

  it('inserts the token that is clicked', async () => {
    await vscode.commands.executeCommand('decodingLab.cursor.focus');
    const editor = await openText(PROMPT);
    select(editor, PROMPT.length, PROMPT.length);
    await until('the distribution is shown', () => BEST.every((id, i) => api.atCursor()[i] === id));
    await vscode.commands.executeCommand('decodingLab.insertToken', BEST[0]);
    assert.equal(editor.document.getText(), `${PROMPT} had`);
  });

  it('shows the figures of a token that is clicked, and inserts it when it is clicked twice', async () => {
    await vscode.commands.executeCommand('decodingLab.cursor.focus');
    const editor = await openText(PROMPT);
    select(editor, PROMPT.length, PROMPT.length);
    await until('the distribution is shown', () => BEST.every((id, i) => api.atCursor()[i] === id));
    await vscode.commands.executeCommand('decodingLab.clickToken', BEST[1]);
    await vscode.commands.executeCommand('decodingLab.clickToken', BEST[0]);
    assert.equal(editor.document.getText(), PROMPT);
    // Together, so that the second comes soon enough however busy the machine is.
    const twice = [1, 2].map(() => vscode.commands.executeCommand('decodingLab.clickToken', BEST[0]));
    await Promise.all(twice);
    assert.equal(editor.document.getText(), `${PROMPT} had`);
  });

  it('goes on with the text while the log has the focus, which is an editor too', async () => {
    await vscode.commands.executeCommand('decodingLab.cursor.focus');
    const editor = await openText(PROMPT);
    select(editor, PROMPT.length, PROMPT.length);
    await until('the distribution is shown', () => BEST.every((id, i) => api.atCursor()[i] === id));
    await vscode.commands.executeCommand('decodingLab.showLog');
    await vscode.commands.executeCommand('workbench.panel.output.focus');
    await until('the log is the active editor', () => {
      return vscode.window.activeTextEditor?.document.uri.scheme === 'output';
    });
    try {
      await until('the view is at rest', () => !api.cursorPending());
      assert.deepEqual(api.atCursor().slice(0, BEST.length), BEST);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closePanel');
    }
  });

  it('stays as it is while it is paused', async () => {
    await vscode.commands.executeCommand('decodingLab.cursor.focus');
    const editor = await openText(PROMPT);
    select(editor, PROMPT.length, PROMPT.length);
    await until('the distribution is shown', () => BEST.every((id, i) => api.atCursor()[i] === id));
    await until('the view is at rest', () => !api.cursorPending());
    await vscode.commands.executeCommand('decodingLab.pauseCursor');
    try {
      await selectAndTell(editor, 4, 4);
      assert.ok(!api.cursorPending());
      assert.deepEqual(api.atCursor().slice(0, BEST.length), BEST);
    } finally {
      await vscode.commands.executeCommand('decodingLab.resumeCursor');
    }
  });

  it('names the default model in the status bar, and the one that is chosen later', async () => {
    await withSettings({ 'decodingLab.defaultModel': 'toy' }, () =>
      until('the chosen one is named', () => / toy\b/.test(api.statusText())),
    );
    await until('the default one is named again', () => / fireside\b/.test(api.statusText()));
  });

  it('explores with a preset that is clicked, which leaves the suggestions as they are', async () => {
    await withSettings({ 'decodingLab.inlineSuggest.preset': 'precise' }, async () => {
      await vscode.commands.executeCommand('decodingLab.explorePreset', 'creative');
      assert.ok(api.isPanelOpen());
      const preset = vscode.workspace.getConfiguration('decodingLab').get('inlineSuggest.preset');
      assert.equal(preset, 'precise');
    });
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('takes a chosen preset for suggestions', async () => {
    await withSettings({ 'decodingLab.inlineSuggest.preset': 'precise' }, async () => {
      await vscode.commands.executeCommand('decodingLab.usePreset', 'greedy');
      const preset = vscode.workspace.getConfiguration('decodingLab').get('inlineSuggest.preset');
      assert.equal(preset, 'greedy');
    });
  });
});

describe('Decoding Lab as a tool of chat agents', () => {
  const invoke = async (name: string, input: object): Promise<string> => {
    const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    return result.content
      .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
      .join('');
  };

  it('tells the next-token distribution', async () => {
    const text = await invoke('decoding_lab_next_token', { text: PROMPT, count: 3 });
    const ids = [...text.matchAll(/\(id (\d+)\)/g)].map((match) => Number(match[1]));
    assert.deepEqual(ids, BEST.slice(0, 3));
  });

  it('tells the probability of a phrase, of which its own token is a part', async () => {
    const next = await invoke('decoding_lab_next_token', { text: PROMPT, count: 3 });
    const [, shown] = /\(id 550\): ([\d.]+)/.exec(next)!;
    const text = await invoke('decoding_lab_phrase_probability', { text: PROMPT, phrase: ' had' });
    const [, whole] = /temperature 1: ([\d.]+)/.exec(text)!;
    const [, single] = /^" had": ([\d.]+)$/m.exec(text)!;
    assert.equal((Number(single) * 100).toPrecision(3), Number(shown).toPrecision(3));
    assert.ok(Number(whole) >= Number(single) && Number(whole) < 1.2 * Number(single), text);
    assert.match(await invoke('decoding_lab_phrase_probability', { text: PROMPT, phrase: ' ' }), /empty/);
  });

  it('tells the surprisal of a text', async () => {
    const text = await invoke('decoding_lab_surprisal', { text: PROMPT });
    assert.match(text, /"perplexity":\d/);
    assert.match(text, /"·king": [\d.]+ bits, rank \d+/);
  });

  it('tells it after samplers and banned words too', async () => {
    const samplers = [{ sampler: 'top-k', k: 1 }];
    const text = await invoke('decoding_lab_next_token', {
      text: PROMPT,
      count: 2,
      samplers,
      banned: [' had'],
    });
    assert.match(text, /\(id 550\): [\d.]+ %, removed by banned-phrases/);
    assert.match(text, /\(id \d+\): [\d.]+ %, 100 % after/);
    assert.match(text, /The samplers keep 1 token with/);
    const greedy = await invoke('decoding_lab_next_token', { text: PROMPT, count: 2, preset: 'greedy' });
    assert.match(greedy, /\(id 550\): [\d.]+ %, 100 % after/);
  });

  it('continues a text by an expression, and by the same seed in the same way', async () => {
    const asked = { text: PROMPT, expression: ' (had|was) [a-z ]{3,12}\\.', seed: 7 };
    const text = await invoke('decoding_lab_complete', asked);
    const [, written] = /seed 7: (".*")$/m.exec(text)!;
    assert.match(JSON.parse(written!) as string, /^ ?(had|was) [a-z ]{3,12}\.$/);
    assert.match(text, /^End: complete/m);
    assert.match(text, /What the shape cost: .* of the probability/);
    assert.equal(await invoke('decoding_lab_complete', asked), text);
  });

  it('continues it by a JSON schema, and stops at a text', async () => {
    const schema = { type: 'object', properties: { old: { type: 'boolean' } }, required: ['old'] };
    const json = await invoke('decoding_lab_complete', { text: PROMPT, schema });
    const [, written] = /seed \d+: (".*")$/m.exec(json)!;
    assert.equal(typeof (JSON.parse(JSON.parse(written!) as string) as { old: unknown }).old, 'boolean');
    const stopped = await invoke('decoding_lab_complete', { text: PROMPT, preset: 'greedy', stop: ['a'] });
    assert.match(stopped, /^End: stopped at “a”/m);
  });

  it('says what is wrong with its input', async () => {
    assert.match(await invoke('decoding_lab_next_token', { text: PROMPT, count: 0 }), /not usable/);
    const complete = (input: object): Promise<string> =>
      invoke('decoding_lab_complete', { text: PROMPT, ...input });
    assert.match(await complete({ preset: 'nobody' }), /no preset "nobody"; the presets are start,/);
    assert.match(await complete({ samplers: [{ sampler: 'top-k', k: 0 }] }), /top-k: k is 0; it must be/);
    assert.match(await complete({ expression: '(' }), /expression is .*syntax/);
    assert.match(await complete({ schema: { type: 'strin' } }), /type at # is "strin"/);
    assert.match(await complete({ expression: 'a', schema: {} }), /both an expression and a schema/);
    assert.match(await complete({ banned: [''] }), /A text is empty/);
  });
});
