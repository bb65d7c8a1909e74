import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TOY_DEFAULT } from '../../../../../src/core/toyModel';
import { explore } from '../../../../../src/experiments/explore';
import type { ExploreResult } from '../../../../../src/experiments/explore/result';
import type { PromptSource, Saved } from '../../../../../src/protocol/messages';
import { createExplore } from '../../../../../webview/experiments/explore/page';
import { RunQueue } from '../../../../../webview/frame/queue';
import { Session } from '../../../../../webview/frame/session';
import type { Tab } from '../../../../../webview/frame/tab';
import { Host } from '../../../../../webview/host';
import { Drawn } from '../../../before/drawn';

const TOY = { words: [...TOY_DEFAULT.words], logits: [...TOY_DEFAULT.logits] };
const MODELS = [
  { id: 'small', name: 'small', kind: 'gpt2' as const, description: '' },
  { id: 'toy', name: 'toy', kind: 'toy' as const, description: '' },
];
/** Three tokens: a, b, and the end of text. */
const LOADED = {
  info: {
    ...{
      id: 'small',
      name: 'small',
      kind: 'gpt2',
      vocabularySize: 3,
      contextLength: 64,
      endOfText: [2],
      startOfText: 2,
    },
    ...{ fingerprint: 'f', precision: 'fp32', parameters: 1 },
  },
  vocabulary: { bytes: new TextEncoder().encode(' a b<end>'), offsets: Uint32Array.of(0, 2, 4, 9) },
};
const LOGITS = Float32Array.of(2, 1, 0);

const source = (text: string, kind: PromptSource['kind'] = 'selection'): PromptSource => ({
  ...{ text, document: 'x.md', place: 'Ln 1, Col 1' },
  kind,
  notes: [],
});

type Message = Record<string, unknown>;

/** The tab without a browser, read as text, and the extension's side of it in the test's hands. */
class Bench {
  readonly sent: Message[] = [];
  readonly said: string[] = [];
  /** Other tabs that were opened. */
  readonly opened: unknown[] = [];
  readonly host = new Host(
    { postMessage: (message) => void this.sent.push(message as Message) },
    () => undefined,
    () => undefined,
    () => undefined,
  );
  readonly session = new Session(this.host);
  readonly queue = new RunQueue();
  readonly tab: Tab;

  constructor() {
    const nothing = (): void => undefined;
    const target = { addEventListener: nothing };
    vi.stubGlobal('window', target);
    vi.stubGlobal('document', { querySelector: () => null });
    vi.stubGlobal('requestAnimationFrame', nothing);
    this.session.welcome(MODELS, 'small', TOY);
    this.tab = createExplore({
      host: this.host,
      session: this.session,
      queue: this.queue,
      ...{ editPrompt: nothing, changePrompt: nothing, hasTab: () => true },
      openTab: (id, parameters) => void this.opened.push({ id, parameters }),
      chooseModel: (id) => {
        this.session.model = id;
      },
      announce: (sentence) => void this.said.push(sentence),
      present: () => undefined,
    });
  }

  get page(): Drawn {
    return new Drawn(this.tab.body());
  }

  get message(): Drawn {
    return new Drawn(this.tab.message());
  }

  /** Probabilities after the chain. */
  get bars(): number[] {
    return this.page.all('bar-row', 'data-probability').map(Number);
  }

  /** Ids of the completions' tokens. */
  get tokens(): number[] {
    return this.page.all('token', 'data-token-id').map(Number);
  }

  type(name: string, value: string): void {
    this.page.fire(name, 'input', { value });
  }

  explore(prompt: PromptSource): void {
    this.session.source = prompt;
    this.session.sourceInDocument = prompt;
    this.tab.run();
  }

  last(type: string): Message {
    return this.sent.filter((message) => message['type'] === type).at(-1)!;
  }

  count(type: string): number {
    return this.sent.filter((message) => message['type'] === type).length;
  }

  answer(type: string, answer: Message): void {
    this.host.receive({ ...answer, request: this.last(type)['request'] });
  }

  answerLoad(): void {
    this.answer('load', { type: 'model', ...LOADED });
  }

  event(event: unknown): void {
    this.answer('run', { type: 'event', event });
  }

  start(): void {
    this.event({ type: 'prompt', prompt: { ids: Int32Array.of(0, 1), truncated: false, notes: ['note'] } });
    this.event({ type: 'next', logits: LOGITS });
  }

  token(id: number): void {
    this.event({
      type: 'steps',
      steps: [{ sample: 0, id, raw: 0.5, processed: 0.5, rank: 0, alternatives: [] }],
    });
  }

  async result(ids: number[], text: string, stopped = false): Promise<void> {
    this.answer('run', { type: 'result', result: resultOf(ids, text, stopped, this.last('run')) });
    await settle();
  }

  async failure(code: string, sentence: string, of = 'run'): Promise<void> {
    this.answer(of, { type: 'failure', failure: { code, sentence } });
    await settle();
  }

  /** A whole run with one token. */
  async run(text: string): Promise<void> {
    this.explore(source(text));
    if (!this.session.loaded) this.answerLoad();
    this.start();
    this.token(0);
    await this.result([0], ' a');
  }
}

function resultOf(ids: number[], text: string, stopped: boolean, run: Message): ExploreResult {
  const steps = ids.map((id) => ({ id, raw: 0.5, processed: 0.5, rank: 0, alternatives: [] }));
  const [a, b, c] = [2, 1, 0].map((z) => Math.exp(z) / (Math.exp(2) + Math.exp(1) + 1));
  const row = (id: number, logit: number, raw: number) => ({
    ...{ id, logit, processedLogit: logit, raw, processed: raw },
    removedBy: null,
  });
  return {
    experiment: 'explore',
    tokens: [
      { id: 0, text: ' a' },
      { id: 1, text: ' b' },
      { id: 2, text: '<end>' },
    ],
    next: {
      rows: [row(0, 2, a!), row(1, 1, b!), row(2, 0, c!)],
      rest: { tokens: 0, kept: 0, raw: 0, processed: 0 },
      ...{ vocabularySize: 3, kept: 3, keptMass: 1, rawEntropy: 0.8, entropy: 0.8 },
      ...{ steps: [], warnings: [], logSumExp: 2.4 },
    },
    completions: [{ ids, text, end: stopped ? 'stopped' : 'length', logProbability: -1, steps }],
    ...{ stopped, newTokens: ids.length, milliseconds: 10 },
    provenance: {
      ...{ model: 'small', modelName: 'small', fingerprint: 'f', precision: 'fp32' },
      ...{ promptIds: [0, 1], promptTruncated: false, promptNotes: ['note'] },
      ...{ parameters: run['parameters'], seed: 42, software: 'Decoding Lab' },
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  return () => {
    vi.unstubAllGlobals();
  };
});

describe('the card of a token', () => {
  const card = (kind: string, ...rest: string[]): Drawn => new Drawn(bench.tab.card(kind, rest));

  it('bans it, allows it alone and favours it, and says how it stands', async () => {
    await bench.run('once');
    const [a] = [2, 1, 0].map((logit) => Math.exp(logit) / (Math.exp(2) + Math.exp(1) + 1));
    expect(bench.bars[0]).toBeCloseTo(a!, 6);
    card('bar', '0').fire('token-ban', 'click');
    expect(bench.said.at(-1)).toBe('“·a”: banned.');
    expect(bench.bars[0]).toBe(0);
    expect(card('bar', '0').all('token-ban', 'aria-pressed')).toEqual(['true']);
    card('bar', '0').fire('token-only', 'click');
    expect(bench.bars).toEqual([1, 0, 0]);
    card('bar', '0').fire('token-only', 'click');
    card('bar', '1').fire('token-favour', 'click');
    // Logits 2, 3, 0.
    expect(bench.bars[1]).toBeCloseTo(Math.exp(3) / (Math.exp(2) + Math.exp(3) + 1), 6);
    expect(card('bar', '1').text('token-bias')).toBe('bias +2, odds × 7.39');
    card('bar', '1').fire('token-less', 'click');
    expect(bench.bars[0]).toBeCloseTo(a!, 6);
    expect(bench.page.all('step', 'data-sampler')).toEqual(['temperature', 'top-k', 'top-p']);
  });

  it('does so from a completion too, and from what else could have come there', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    await settle();
    bench.start();
    const alternatives = [0, 1].map((id) => ({ id, raw: 0.5, processed: 0.5 }));
    bench.event({
      type: 'steps',
      steps: [{ sample: 0, id: 0, raw: 0.5, processed: 0.5, rank: 0, alternatives }],
    });
    card('step', '0', '0').fire('ban-alternative', 'click');
    expect(bench.said.at(-1)).toBe('“·b”: banned.');
    card('step', '0', '0').fire('token-favour', 'click');
    expect(bench.page.texts('bias-mark')).toEqual(['+2']);
    bench.session.model = 'toy';
    expect(card('step', '0', '0').all('token-ban', 'aria-pressed')).toEqual([]);
    await bench.result([0], ' a');
  });
});

describe('a run of Explore', () => {
  it('asks for the vocabulary once and sends what the controls say', async () => {
    await bench.run('once');
    bench.explore(source('twice'));
    expect(bench.count('load')).toBe(1);
    expect(bench.last('run')).toMatchObject({
      experiment: 'explore',
      model: 'small',
      parameters: {
        prompt: 'twice',
        chain: [
          { sampler: 'temperature', temperature: 1 },
          { sampler: 'top-k', k: 40 },
        ],
        ...{ greedy: false, seed: 42, samples: 5, maxNewTokens: 40 },
      },
    });
  });

  it('shows the prompt’s tokens, the distribution and the completions as they come', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    await settle();
    expect(bench.bars).toEqual([]);
    bench.start();
    expect(bench.session.tokens).toMatchObject({ ids: Int32Array.of(0, 1), notes: ['note'] });
    expect(bench.bars).toHaveLength(3);
    bench.token(1);
    bench.token(0);
    expect(bench.tokens).toEqual([1, 0]);
  });

  it('says how it ended', async () => {
    await bench.run('once');
    expect(bench.said.at(-1)).toMatch(/^Done in 10.ms\. “·a” is the most probable next token/);
    expect(bench.message.html).toBe('');
    expect(bench.queue.stateOf('explore')).toBe('none');
    expect(new Drawn(bench.tab.footer()).html).toContain('seed 42');
  });

  it('does not wait for the long run of another tab', () => {
    const ended = new Promise<void>(() => undefined);
    const start = () => ({ ended, cancel: () => undefined });
    bench.queue.submit({ owner: 'grid', lane: 'long', label: 'Grid', start });
    bench.explore(source('once'));
    expect(bench.count('run')).toBe(1);
  });

  it('does not start with a bad field, and leaves what is on screen', async () => {
    await bench.run('once');
    bench.type('top-k', '0');
    bench.page.fire('generate', 'click');
    expect(bench.said.at(-1)).toMatch(/^top-k is 0; /);
    expect(bench.count('run')).toBe(1);
    expect(bench.bars).toHaveLength(3);
    bench.type('top-k', '2');
    bench.type('max-new-tokens', '64');
    bench.tab.run();
    expect(bench.said.at(-1)).toMatch(/^Max new tokens is 64; with this model it must be between 1 and 63/);
    expect(bench.count('run')).toBe(1);
  });

  it('is stopped for a new prompt, whose run starts when it has ended', async () => {
    bench.explore(source('first'));
    bench.answerLoad();
    bench.start();
    bench.explore(source('second'));
    expect(bench.count('cancel')).toBe(1);
    expect(bench.count('run')).toBe(1);
    await bench.result([], '', true);
    expect(bench.count('run')).toBe(2);
    expect(bench.last('run')).toMatchObject({ parameters: { prompt: 'second' } });
  });

  it('that is stopped keeps what it has, marked', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.start();
    bench.token(1);
    expect(bench.tab.stop()).toBe(true);
    await bench.result([1], ' b', true);
    expect(bench.message.text('stopped')).toContain('What had arrived stays');
    expect(bench.tokens).toEqual([1]);
    expect(bench.page.all('save', 'data-testid')).toEqual(['save']);
    expect(bench.tab.stop()).toBe(false);
  });

  it('that is stopped before it has anything leaves the last good result', async () => {
    await bench.run('once');
    bench.explore(source('again'));
    bench.tab.stop();
    const nothing = resultOf([], '', true, bench.last('run'));
    bench.answer('run', { type: 'result', result: { ...nothing, next: null, completions: [] } });
    await settle();
    expect(bench.message.text('stopped')).toContain('The last good result stays');
    expect(bench.tokens).toEqual([0]);
  });

  it('that fails before it has anything leaves the last good result', async () => {
    await bench.run('once');
    bench.explore(source('again'));
    await bench.failure('engine', 'The model process ended.');
    expect(bench.tokens).toEqual([0]);
    expect(bench.message.text('failure')).toBe(
      'The model process ended. The last good result stays on screen. Retry Dismiss',
    );
    bench.message.fire('retry', 'click');
    expect(bench.message.html).toBe('');
    expect(bench.last('run')).toMatchObject({ parameters: { prompt: 'again' } });
  });

  it('that fails later keeps what had come, which is no result to be saved', async () => {
    await bench.run('once');
    bench.explore(source('again'));
    bench.start();
    bench.token(1);
    await bench.failure('engine', 'Gone.');
    expect(bench.tokens).toEqual([1]);
    expect(bench.message.text('failure')).toContain('What had arrived stays');
    expect(bench.page.all('save', 'data-testid')).toEqual([]);
    expect(bench.page.all('history', 'data-testid')).toEqual(['history']);
  });

  it('says when its vocabulary cannot be had, and asks for it again the next time', async () => {
    bench.explore(source('once'));
    bench.start();
    await bench.failure('model', 'The file is cut off.', 'load');
    await bench.result([0], ' a');
    expect(bench.message.text('failure')).toContain('The file is cut off.');
    bench.tab.run();
    expect(bench.count('load')).toBe(2);
  });

  it('whose result has an unknown shape says so', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.answer('run', { type: 'result', result: { odd: true } });
    await settle();
    expect(bench.message.all('failure', 'data-code')).toEqual(['protocol']);
  });
});

describe('the distribution', () => {
  it('follows the controls without a message to the extension', async () => {
    await bench.run('once');
    const before = bench.sent.length;
    bench.type('temperature', '0.5');
    // softmax of (2, 1, 0) / 0.5
    const weights = [4, 2, 0].map(Math.exp);
    const sum = weights.reduce((a, b) => a + b);
    bench.bars.forEach((bar, i) => {
      expect(bar).toBeCloseTo(weights[i]! / sum, 9);
    });
    bench.type('top-k', '1');
    expect(bench.bars).toEqual([1, 0, 0]);
    expect(bench.sent).toHaveLength(before);
  });

  it('of the toy follows its table, and stays while the table makes no sense', () => {
    bench.session.model = 'toy';
    expect(bench.bars).toHaveLength(5);
    bench.session.toyDraft = [
      { word: 'soup', logit: '0' },
      { word: 'rice', logit: '0' },
    ];
    expect(bench.bars).toEqual([0.5, 0.5]);
    bench.session.toyDraft = [{ word: 'soup', logit: 'x' }];
    expect(bench.bars).toEqual([0.5, 0.5]);
    bench.tab.run();
    expect(bench.said.at(-1)).toMatch(/soup/);
    expect(bench.count('run')).toBe(0);
  });

  it('is a sentence when the logits are none', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    await settle();
    bench.event({ type: 'next', logits: Float32Array.of(Number.NaN, 0, 0) });
    expect(bench.page.html).toMatch(/NaN/);
  });

  it('stays as it was, with the reason, under a chain that does not fit the model', async () => {
    await bench.run('once');
    bench.page.fire('add-sampler', 'click');
    bench.page.fire('menu-min-length', 'click');
    const before = bench.bars;
    bench.type('min-length.endOfText', '3');
    expect(bench.bars).toEqual(before);
    expect(bench.page.text('field-error')).toMatch(/token ids go from 0 to 2/);
  });
});

describe('completions', () => {
  it('go into the document or on the clipboard, as the result gives them', async () => {
    await bench.run('once');
    bench.page.fire('replace', 'click');
    expect(bench.last('insert')).toMatchObject({ how: 'replace', text: ' a' });
    bench.answer('insert', { type: 'done' });
    await settle();
    expect(bench.said.at(-1)).toMatch(/^Replaced: completion 1\./);
  });

  it('show where they went back, what a stop string cut, and what the shape left', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.start();
    await settle();
    bench.token(1);
    bench.token(0);
    expect(bench.tokens).toEqual([1, 0]);
    const turn = { place: 0, ids: [1, 0], text: ' b a', phrase: 'b a', processed: 0.25, raw: 0.125 };
    bench.event({ type: 'settled', turned: [{ sample: 0, ...turn }], ended: [] });
    expect(bench.tokens).toEqual([]);
    const step = { sample: 0, id: 0, raw: 0.5, processed: 0.5, rank: 0, alternatives: [] };
    bench.event({ type: 'steps', steps: [{ ...step, fitting: 0.5 }] });
    bench.event({ type: 'steps', steps: [{ ...step, fitting: 0.25, wanted: 2 }] });
    bench.event({ type: 'settled', turned: [], ended: [{ sample: 0, end: 'stop string', stop: ' a' }] });
    expect(bench.page.text('end')).toBe('stopped at “ a”');
    expect(bench.page.text('turned-back')).toBe(`went back once; cost ${(-Math.log(0.75)).toFixed(3)} nats`);
    expect(bench.page.text('shape-left')).toBe(
      'the shape left 12.5 % of the probability; cost 2.08 nats over 2 tokens',
    );
    bench.page.fire('unit-bits', 'click');
    expect(bench.page.text('turned-back')).toBe(`went back once; cost ${(-Math.log2(0.75)).toFixed(3)} bits`);
    expect(bench.page.text('shape-left')).toBe(
      'the shape left 12.5 % of the probability; cost 3.00 bits over 2 tokens',
    );
    expect(bench.page.all('turn-mark', 'data-card')).toEqual(['turn:0:0']);
    const card = (kind: string, ...rest: string[]): string => new Drawn(bench.tab.card(kind, rest)!).html;
    expect(card('turn', '0', '0')).toMatch(/·b·a.*was taken back.*b·a.*25\.0\s%.*12\.5\s%/s);
    expect(card('step', '0', '1')).toMatch(/The shape left.*25\.0\s%.*The model wanted.*end/s);
    expect(bench.tab.card('turn', ['0', '1'])).toBeNull();
  });

  it('are shown in the document and taken back from it, and say why where that cannot be', async () => {
    await bench.run('once');
    bench.page.fire('insert-after', 'click');
    const { request } = bench.last('insert');
    bench.answer('insert', { type: 'done' });
    await settle();
    bench.page.fire('show-inserted', 'click');
    expect(bench.last('inserted')).toMatchObject({ insertion: request, act: 'show' });
    bench.answer('inserted', { type: 'done' });
    await settle();
    bench.page.fire('undo-inserted', 'click');
    expect(bench.last('inserted')).toMatchObject({ insertion: request, act: 'undo' });
    await bench.failure('insert', 'It was edited since.', 'inserted');
    expect(bench.message.text('failure')).toContain('It was edited since.');
    bench.page.fire('undo-inserted', 'click');
    bench.answer('inserted', { type: 'done' });
    await settle();
    expect(bench.page.html).toContain('Undone');
    expect(bench.page.html).not.toContain('undo-inserted');
  });

  it('say why they could not be inserted', async () => {
    await bench.run('once');
    bench.page.fire('insert-after', 'click');
    await bench.failure('insert', 'The document is gone.', 'insert');
    expect(bench.message.text('failure')).toContain('The document is gone.');
  });

  it('of a broken run are read from their tokens, without the end of text', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    await settle();
    bench.start();
    for (const id of [1, 0, 2]) bench.token(id);
    await bench.failure('engine', 'Gone.');
    bench.page.fire('copy', 'click');
    expect(bench.last('copy')).toMatchObject({ text: ' b a' });
  });

  it('cannot be inserted where there is no place for them', async () => {
    const titles = () => [...bench.page.all('insert-after', 'title'), ...bench.page.all('replace', 'title')];
    await bench.run('once');
    expect(titles().join()).not.toMatch(/has changed|Nothing was selected/);
    bench.session.sourceInDocument = source('another');
    expect(titles()).toEqual(Array(2).fill(expect.stringMatching(/document has changed/)));
    bench.explore(source('before', 'before cursor'));
    bench.start();
    bench.token(0);
    await bench.result([0], ' a');
    expect(titles()).toEqual([
      'Insert after the prompt in the document',
      expect.stringMatching(/Nothing was selected/),
    ]);
    bench.session.typePrompt('typed');
    bench.tab.run();
    bench.start();
    bench.token(0);
    expect(titles()[0]).toMatch(/typed in the panel/);
  });

  it('can be gone on from in the tree of Branches', async () => {
    await bench.run('once');
    bench.page.fire('branch', 'click');
    expect(bench.opened).toEqual([
      { id: 'branches', parameters: { way: { prompt: 'once', ids: [0], index: 0, id: 0 } } },
    ]);
  });

  it('are marked when the controls or the prompt have changed since', async () => {
    await bench.run('once');
    expect(bench.page.text('stale')).toBe('');
    bench.type('seed', '7');
    expect(bench.page.text('stale')).toMatch(/other settings/);
    bench.type('seed', '42');
    expect(bench.page.text('stale')).toBe('');
    expect(bench.page.all('distribution', '?data-other')).toEqual(['false']);
    bench.session.typePrompt('other');
    // Above the bars and above the completions.
    const mark = 'From an earlier prompt: “once”. Generate again with the prompt above';
    expect(bench.page.texts('stale')).toEqual([mark, mark]);
    expect(bench.page.all('distribution', '?data-other')).toEqual(['true']);
    expect(bench.page.all('completions', '?data-other')).toEqual(['true']);
  });

  it('are marked until the run for another prompt has something to show', async () => {
    await bench.run('once');
    bench.session.source = source('twice');
    bench.page.fire('run-again', 'click');
    expect(bench.last('run')['parameters']).toMatchObject({ prompt: 'twice' });
    expect(bench.page.texts('run-again')).toEqual([]);
    expect(bench.page.text('stale')).toBe('From an earlier prompt: “once”.');
    bench.start();
    expect(bench.page.text('stale')).toBe('');
    expect(bench.page.all('distribution', '?data-other')).toEqual(['false']);
  });

  it('are marked with their model, and a long prompt by its end', async () => {
    await bench.run(`${'word '.repeat(20)}and the end`);
    bench.session.model = 'toy';
    expect(bench.page.text('stale')).toBe('From another model, small. Generate again with the model above');
    // The toy's own bars depend on no prompt.
    expect(bench.page.all('distribution', '?data-other')).toEqual(['false']);
    bench.session.typePrompt('other');
    expect(bench.page.text('stale')).toContain(
      'prompt with small: “…ord word word word word word and the end”',
    );
  });

  it('of a run that failed are marked by what that run was asked, not the last result', async () => {
    await bench.run('once');
    bench.explore(source('again'));
    bench.start();
    bench.token(1);
    await bench.failure('engine', 'Gone.');
    expect(bench.page.text('stale')).toBe('');
    bench.session.source = source('once');
    expect(bench.page.text('stale')).toMatch(/earlier prompt/);
  });
});

describe('a result of Explore', () => {
  const saved = (): Saved => ({ id: 'one', entry: bench.last('save')['entry'] as Saved['entry'] });

  it('is saved, and opens again with its controls and as it was', async () => {
    await bench.run('once');
    bench.page.fire('save', 'click');
    bench.answer('save', { type: 'saved', id: 'one' });
    await settle();
    expect(bench.page.text('save')).toBe('Saved');
    const entry = saved();
    const before = bench.bars;

    bench = new Bench();
    void bench.session.load('small');
    bench.answerLoad();
    await settle();
    bench.type('temperature', '0.3');
    bench.tab.open!({ entry });
    expect(bench.session.source?.text).toBe('once');
    expect(bench.page.field('temperature')).toBe('1');
    expect(bench.bars).toEqual(before.map((bar) => expect.closeTo(bar, 12) as number));
    expect(bench.tokens).toEqual([0]);
    expect(bench.page.text('save')).toBe('Saved');
    // The logits are not saved: it says that it does not follow the controls.
    expect(bench.page.text('as-saved')).toMatch(/as saved/i);
    bench.type('temperature', '0.3');
    expect(bench.bars).toEqual(before.map((bar) => expect.closeTo(bar, 12) as number));
    expect(bench.page.text('stale')).toMatch(/other settings/);
  });

  it('opens without its model, which may be gone', async () => {
    await bench.run('once');
    bench.page.fire('save', 'click');
    const entry = saved();
    const before = bench.bars;
    bench = new Bench();
    bench.tab.open!({ entry });
    await bench.failure('model', 'It is gone.', 'load');
    expect(bench.bars).toEqual(before.map((bar) => expect.closeTo(bar, 12) as number));
    expect(bench.page.text('bar-row')).toContain('a');
    expect(bench.tokens).toEqual([0]);
    expect(bench.page.text('token')).toBe(' a'.trim());
  });

  it('is replayed without leaving the screen, and says whether it is the same', async () => {
    await bench.run('once');
    bench.page.fire('replay', 'click');
    bench.start();
    bench.token(1);
    expect(bench.tokens).toEqual([0]);
    await bench.result([0], ' a');
    expect(bench.message.text('verdict')).toMatch(
      /^Replayed: all \d+ values of the result are the same again/,
    );
    bench.page.fire('replay', 'click');
    await bench.result([1], ' b');
    expect(bench.message.text('verdict')).toMatch(
      /different result: completions\[0\]\.ids\[0\] was 0 and is now 1/,
    );
    expect(bench.tokens).toEqual([0]);
  });

  it('is not called saved while the next one comes', async () => {
    await bench.run('once');
    bench.page.fire('save', 'click');
    bench.answer('save', { type: 'saved', id: 'one' });
    await settle();
    expect(bench.page.text('save')).toBe('Saved');
    bench.tab.run();
    bench.start();
    bench.token(1);
    expect(bench.page.text('save')).toBe('Save');
  });

  it('is compared with the next one', async () => {
    await bench.run('once');
    bench.page.fire('keep', 'click');
    bench.type('seed', '7');
    bench.tab.run();
    bench.start();
    bench.token(1);
    await bench.result([1], ' b');
    const comparison = bench.page.text('comparison');
    expect(comparison).toMatch(/Compared with an earlier result/);
    expect(comparison).toMatch(/text.* b .* a/);
  });

  it('has its own schema, which its tables and its exports are made from', async () => {
    await bench.run('once');
    const result = resultOf([0], ' a', false, bench.last('run'));
    const tables = explore.report!.tables(result);
    expect(tables.map(({ id }) => id)).toEqual(['next', 'chain', 'completions', 'tokens']);
    for (const { columns, rows } of tables) for (const row of rows) expect(row).toHaveLength(columns.length);
    // A file of the history may hold anything for parameters; the page has to be drawn all the same.
    for (const parameters of [null, 'none', { chain: 7 }, { chain: [null] }]) {
      const kept = { ...result, provenance: { ...result.provenance, parameters } };
      expect(explore.report!.tables(kept)).toHaveLength(4);
    }
    bench.page.fire('export-csv-tokens', 'click');
    expect(bench.last('export')).toMatchObject({ name: 'explore-tokens.csv' });
    expect(bench.last('export')['content']).toMatch(/^1,1,"? a"?,0,0.5,0.5,1$/m);
    bench.page.fire('export-json', 'click');
    expect(JSON.parse(String(bench.last('export')['content']))).toMatchObject({
      experiment: 'explore',
      model: 'small',
      result: { experiment: 'explore', completions: [{ ids: [0], text: ' a' }] },
    });
  });
});

describe('memory', () => {
  it('brings back controls, prompt tokens and result after a reload, and its logits', async () => {
    await bench.run('once');
    bench.type('top-k', '2');
    const stored: unknown = JSON.parse(JSON.stringify(bench.tab.save()()));
    bench = new Bench();
    bench.session.source = source('once');
    bench.session.sourceInDocument = source('once');
    bench.tab.restore(stored);
    void bench.session.load('small');
    bench.answerLoad();
    await settle();
    expect(bench.page.field('top-k')).toBe('2');
    expect(Array.from(bench.session.tokens!.ids)).toEqual([0, 1]);
    expect(bench.bars.filter((bar) => bar > 0)).toHaveLength(2);
    bench.type('top-k', '1');
    expect(bench.bars).toEqual([1, 0, 0]);
    expect(bench.tokens).toEqual([0]);
    expect(bench.page.text('save')).toBe('Save');
    expect(bench.page.all('insert-after', 'title')).toEqual(['Insert after the prompt in the document']);
  });

  it('keeps the last good result when a run without any fails', async () => {
    await bench.run('once');
    const before = JSON.stringify(bench.tab.save()());
    bench.explore(source('again'));
    await bench.failure('engine', 'Gone.');
    expect(JSON.stringify(bench.tab.save()())).toBe(before);
  });

  it('keeps the last run with its logits while another goes on', async () => {
    await bench.run('once');
    const before = JSON.stringify(bench.tab.save()());
    bench.explore(source('again'));
    bench.start();
    bench.token(1);
    expect(JSON.stringify(bench.tab.save()())).toBe(before);
  });
});

describe('other programs', () => {
  const code = (): string => bench.page.text('copy-code');

  it('have the chain, the rest of the run and the prompt, as they are typed', async () => {
    await bench.run('once upon');
    bench.page.fire('copy-as', 'click');
    expect(code()).toMatch(/do_sample=True/);
    bench.page.fire('copy-target', 'change', { value: 'llama-server' });
    bench.type('temperature', '0.5');
    bench.type('seed', '7');
    bench.type('stop-texts', 'The end\\n');
    expect(JSON.parse(code())).toMatchObject({
      ...{ temperature: 0.5, top_k: 40, top_p: 1, min_p: 0, samplers: ['temperature', 'top_k'] },
      ...{ n_predict: 40, seed: 7, stop: ['The end\n'], prompt: 'once upon' },
    });
    expect(bench.page.text('copy-notes')).toContain('call it again with other seeds');
    bench.page.fire('copy-text', 'click');
    expect(JSON.parse(String(bench.last('copy')['text']))).toEqual(JSON.parse(code()));
    bench.page.fire('copy-open', 'click');
    expect(bench.last('open-text')['language']).toBe('jsonc');
    expect(bench.last('open-text')['text']).toMatch(/^\/\/ The model here: small\.\n[^]*"top_k": 40/);
    bench.answer('open-text', { type: 'done' });
    await settle();
    expect(bench.page.text('exchange-said')).toBe('Opened as llama-server /completion (JSON)');
    bench.page.fire('exchange-close', 'click');
    expect(bench.page.all('copy-code', 'tabindex')).toEqual([]);
  });

  it('give a chain and the rest of a run, with what they leave to themselves', async () => {
    await bench.run('once');
    bench.page.fire('paste', 'click');
    bench.page.fire('paste-text', 'input', {
      value: 'llama-cli --temp 0.7 --min-p 0 -n 12 --seed 9 -r "a b" --frobnicate 3',
    });
    expect(bench.page.text('paste-understood')).toMatch(/top-k 40, top-p 0.95, T 0.7/);
    expect(bench.page.text('paste-assumed')).toMatch(/top_k is not stated: llama.cpp takes 40/);
    expect(bench.page.text('paste-not-understood')).toContain('--frobnicate');
    bench.page.fire('paste-use', 'click');
    const typed = (name: string): string | undefined => bench.page.all(name, '.value')[0];
    expect(['temperature', 'max-new-tokens', 'seed', 'stop-texts'].map(typed)).toEqual([
      '0.7',
      '12',
      '9',
      'a b',
    ]);
    expect(bench.said.at(-1)).toBe('The chain has 3 samplers now.');
    bench.tab.run();
    expect(bench.last('run')['parameters']).toMatchObject({
      chain: [
        { sampler: 'top-k', k: 40, ties: 'exact' },
        { sampler: 'top-p', p: 0.95 },
        { sampler: 'temperature', temperature: 0.7 },
      ],
      ...{ maxNewTokens: 12, seed: 9, stop: ['a b'], greedy: false },
    });
  });

  it('are read as a user says, and refused in a sentence', async () => {
    await bench.run('once');
    bench.page.fire('paste', 'click');
    bench.page.fire('paste-text', 'input', { value: '{"temperature": 0.5}' });
    expect(bench.page.all('paste-assumed', 'data-testid')).toEqual([]);
    bench.page.fire('paste-source', 'change', { value: 'ollama' });
    expect(bench.page.text('paste-assumed')).toContain('repeat_penalty is not stated: Ollama takes 1.1');
    bench.page.fire('paste-source', 'change', { value: ' ' });
    bench.page.fire('paste-text', 'input', { value: 'Once upon a time' });
    expect(bench.page.text('paste-read')).toContain('none of the kinds of text');
    expect(bench.page.all('paste-use', '?disabled')).toEqual(['true']);
  });

  it('have a result’s run from its menu of exports', async () => {
    await bench.run('once');
    bench.type('temperature', '0.25');
    bench.page.fire('export-code-vllm-server', 'click', { closest: () => null });
    expect(bench.last('open-text')['text']).toMatch(/"temperature": 1,[^]*"prompt": "once"/);
  });

  it('have no text of a chain with a mistake', async () => {
    await bench.run('once');
    bench.page.fire('copy-as', 'click');
    bench.type('temperature', 'hot');
    expect(bench.page.all('copy-code', 'tabindex')).toEqual([]);
    expect(bench.page.all('copy-as', '?disabled')).toEqual(['true']);
  });
});
