import { beforeEach, describe, expect, it } from 'vitest';
import { TOY_DEFAULT } from '../../../../../src/core/toyModel';
import type { PromptSource } from '../../../../../src/protocol/messages';
import { Host } from '../../../../../webview/host';
import { RunQueue } from '../../../../../webview/frame/queue';
import { ExploreState } from '../../../../../webview/experiments/explore/state';
import { Session } from '../../../../../webview/frame/session';
import { chainOf } from '../../../../../webview/experiments/explore/settings';

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

/** A page without drawing, and the extension's side of it in the test's hands. */
class Bench {
  readonly sent: Message[] = [];
  readonly said: string[] = [];
  readonly host = new Host(
    { postMessage: (message) => void this.sent.push(message as Message) },
    () => undefined,
    () => undefined,
  );
  readonly session = new Session(this.host);
  readonly state: ExploreState;
  now = 0;

  constructor() {
    const nothing = (): void => undefined;
    this.session.welcome(MODELS, 'small', TOY);
    this.state = new ExploreState(
      {
        host: this.host,
        session: this.session,
        queue: new RunQueue(),
        ...{
          editPrompt: nothing,
          chooseModel: nothing,
          changePrompt: nothing,
          openTab: nothing,
          hasTab: () => true,
        },
        announce: (sentence) => void this.said.push(sentence),
      },
      () => this.now,
    );
  }

  explore(prompt: PromptSource): void {
    this.session.source = prompt;
    this.session.sourceInDocument = prompt;
    this.state.generate();
  }

  last(type: string): Message {
    return this.sent.filter((message) => message['type'] === type).at(-1)!;
  }

  count(type: string): number {
    return this.sent.filter((message) => message['type'] === type).length;
  }

  answerLoad(): void {
    this.host.receive({ type: 'model', request: this.last('load')['request'], ...LOADED });
  }

  event(event: unknown): void {
    this.host.receive({ type: 'event', request: this.last('run')['request'], event });
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
    const completions = [{ ids, text, end: stopped ? 'stopped' : 'length', logProbability: -1 }];
    const provenance = { seed: 42, precision: 'fp32', fingerprint: 'f' };
    const value = { completions, stopped, newTokens: ids.length, milliseconds: 10, provenance };
    this.host.receive({ type: 'result', request: this.last('run')['request'], result: value });
    await settle();
  }

  async failure(code: string, sentence: string, of = 'run'): Promise<void> {
    this.host.receive({ type: 'failure', request: this.last(of)['request'], failure: { code, sentence } });
    await settle();
  }

  /** A whole run with one token. */
  async run(text: string): Promise<void> {
    this.explore(source(text));
    if (this.count('load') === 0 || !this.session.loaded) this.answerLoad();
    this.start();
    this.token(0);
    await this.result([0], ' a');
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
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

  it('shows the prompt’s tokens and the distribution as they come', () => {
    bench.explore(source('once'));
    bench.answerLoad();
    expect(bench.state.distribution()).toBeNull();
    bench.start();
    expect(bench.session.tokens).toMatchObject({ ids: Int32Array.of(0, 1), notes: ['note'] });
    expect(bench.state.shown).toBe(bench.state.running);
    expect(bench.state.distribution()).toMatchObject({ vocabularySize: 3 });
  });

  it('says how it ended', async () => {
    await bench.run('once');
    expect(bench.said.at(-1)?.replaceAll('\u00A0', ' ')).toBe('Done: 1 completion, 1 token in 10 ms.');
    expect(bench.state.trouble).toBeNull();
    expect(bench.state.queueState).toBe('idle');
  });

  it('does not start with a bad field, and leaves what is on screen', async () => {
    await bench.run('once');
    bench.state.type('top-k.k', '0');
    expect(bench.state.generate()).toMatchObject({ field: 'top-k.k' });
    expect(bench.count('run')).toBe(1);
    expect(bench.state.distribution()).toMatchObject({ kept: 3 });
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
    expect(bench.state.trouble).toBeNull();
  });

  it('that is stopped keeps what it has, marked', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.start();
    bench.token(1);
    expect(bench.state.stop()).toBe(true);
    await bench.result([1], ' b', true);
    expect(bench.state.trouble).toBe(bench.state.shown);
    expect(bench.state.shown).toMatchObject({ state: 'stopped', completions: [{ end: 'stopped' }] });
    expect(bench.state.stop()).toBe(false);
  });

  it('that fails before it has anything leaves the last good result', async () => {
    await bench.run('once');
    const good = bench.state.shown;
    bench.explore(source('again'));
    await bench.failure('engine', 'The model process ended.');
    expect(bench.state.shown).toBe(good);
    expect(bench.state.trouble?.failure?.sentence).toBe('The model process ended.');
    bench.state.generate();
    expect(bench.state.trouble).toBeNull();
  });

  it('fails when its vocabulary cannot be had, and asks for it again the next time', async () => {
    bench.explore(source('once'));
    bench.start();
    await bench.failure('model', 'The file is cut off.', 'load');
    await bench.result([], '');
    expect(bench.state.trouble?.failure?.sentence).toBe('The file is cut off.');
    bench.state.generate();
    expect(bench.count('load')).toBe(2);
  });

  it('whose result has an unknown shape says so', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.host.receive({ type: 'result', request: bench.last('run')['request'], result: { odd: true } });
    await settle();
    expect(bench.state.trouble?.failure?.code).toBe('protocol');
  });
});

describe('the distribution', () => {
  it('follows the controls without a message to the extension', async () => {
    await bench.run('once');
    const before = bench.sent.length;
    bench.state.set('temperature.temperature', 0.5);
    const summary = bench.state.distribution();
    // softmax of (2, 1, 0) / 0.5
    const weights = [4, 2, 0].map(Math.exp);
    const sum = weights.reduce((a, b) => a + b);
    expect(summary).toMatchObject({
      rows: weights.map((w) => ({ processed: expect.closeTo(w / sum, 9) as number })),
    });
    expect(bench.sent).toHaveLength(before);
  });

  it('of the toy follows its table, and stays while the table makes no sense', () => {
    bench.session.model = 'toy';
    expect(bench.state.distribution()).toMatchObject({ vocabularySize: 5 });
    bench.session.toyDraft = [
      { word: 'soup', logit: '0' },
      { word: 'rice', logit: '0' },
    ];
    expect(bench.state.distribution()).toMatchObject({ rows: [{ processed: 0.5 }, { processed: 0.5 }] });
    bench.session.toyDraft = [{ word: 'soup', logit: 'x' }];
    expect(bench.state.distribution()).toMatchObject({ vocabularySize: 2 });
    expect(bench.state.generate()).toMatchObject({ field: 'toy' });
    expect(bench.count('run')).toBe(0);
  });

  it('is a sentence when the logits are none', () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.event({ type: 'next', logits: Float32Array.of(Number.NaN, 0, 0) });
    expect(bench.state.distribution()).toMatch(/NaN/);
  });
});

describe('completions', () => {
  it('go into the document or on the clipboard, as the result gives them', async () => {
    await bench.run('once');
    const acting = bench.state.act(0, 'replace');
    expect(bench.last('insert')).toMatchObject({ how: 'replace', text: ' a' });
    bench.host.receive({ type: 'done', request: bench.last('insert')['request'] });
    await acting;
    expect(bench.state.feedback).toEqual({ sample: 0, sentence: 'Replaced' });
  });

  it('say why they could not be inserted', async () => {
    await bench.run('once');
    const acting = bench.state.act(0, 'after');
    await bench.failure('insert', 'The document is gone.', 'insert');
    await acting;
    expect(bench.state.notice?.sentence).toBe('The document is gone.');
  });

  it('of a broken run are read from their tokens, without the end of text', async () => {
    bench.explore(source('once'));
    bench.answerLoad();
    bench.start();
    for (const id of [1, 0, 2]) bench.token(id);
    await bench.failure('engine', 'Gone.');
    void bench.state.act(0, 'copy');
    expect(bench.last('copy')).toMatchObject({ text: ' b a' });
  });

  it('cannot be inserted where there is no place for them', async () => {
    await bench.run('once');
    expect(bench.state.blocked()).toEqual({});
    bench.session.sourceInDocument = source('another');
    expect(Object.keys(bench.state.blocked())).toEqual(['after', 'replace']);

    const before = source('before', 'before cursor');
    bench.explore(before);
    bench.start();
    expect(Object.keys(bench.state.blocked())).toEqual(['replace']);
    await bench.result([], '');

    bench.session.typePrompt('typed');
    bench.state.generate();
    bench.start();
    expect(bench.state.blocked().after).toMatch(/typed in the panel/);
  });

  it('are marked when the controls or the prompt have changed since', async () => {
    await bench.run('once');
    expect(bench.state.stale()).toBeNull();
    bench.state.set('seed', 7);
    expect(bench.state.stale()).toMatch(/other settings/);
    bench.state.set('seed', 42);
    expect(bench.state.stale()).toBeNull();
    bench.session.typePrompt('other');
    expect(bench.state.stale()).toMatch(/another prompt/);
  });
});

describe('memory', () => {
  it('brings back controls, prompt tokens and result after a reload', async () => {
    await bench.run('once');
    bench.state.set('top-k.k', 2);
    const stored: unknown = JSON.parse(JSON.stringify(bench.state.save()()));
    const after = new Bench();
    after.session.source = source('once');
    after.state.restore(stored);
    void after.session.load('small');
    after.answerLoad();
    await settle();
    expect(chainOf(after.state.form.settings)).toContainEqual({ sampler: 'top-k', k: 2 });
    expect(after.session.tokens?.ids).toEqual(Int32Array.of(0, 1));
    expect(after.state.distribution()).toMatchObject({ kept: 2 });
    expect(after.state.shown).toMatchObject({ state: 'done', completions: [{ steps: [{ id: 0 }] }] });
  });

  it('keeps the last good result when a run without any fails', async () => {
    await bench.run('once');
    const before = JSON.stringify(bench.state.save()());
    bench.explore(source('again'));
    await bench.failure('engine', 'Gone.');
    expect(JSON.stringify(bench.state.save()())).toBe(before);
  });
});
