import { describe, expect, it } from 'vitest';
import type { ShownResult } from '../../../../../webview/experiments/explore/events';
import { readExploreEvent } from '../../../../../webview/experiments/explore/events';
import { packExplore, unpackExplore } from '../../../../../webview/experiments/explore/memory';
import { ExploreRun, type ExploreOrder } from '../../../../../webview/experiments/explore/run';
import { packFloats, unpackFloats } from '../../../../../webview/frame/memory';
import { stepsOf } from '../../../../../webview/form/samplerSteps';
import { DEFAULT_SETTINGS } from '../../../../../webview/experiments/explore/settings';

const END = 4;

function order(samples: number, maxNewTokens: number): ExploreOrder {
  return {
    model: 'toy',
    toy: { words: ['a', 'b'], logits: [0, 1] },
    source: { text: 'a b', document: 'x.md', place: 'Ln 1, Col 1', kind: 'selection', notes: [] },
    parameters: {
      prompt: 'a b',
      chain: [{ sampler: 'top-k', k: 2 }],
      greedy: false,
      seed: 1,
      samples,
      maxNewTokens,
    },
  };
}

const step = (sample: number, id: number, raw = 0.5): Parameters<ExploreRun['receive']>[0] => ({
  type: 'steps',
  steps: [{ sample, id, raw, processed: 1, rank: 0, alternatives: [{ id, raw, processed: 1 }] }],
});

function result(stopped: boolean, completions: ShownResult['completions'] = []): ShownResult {
  return {
    completions,
    stopped,
    newTokens: 0,
    milliseconds: 5,
    provenance: { seed: 1, precision: 'fp32', fingerprint: 'f' },
  };
}

describe('a run', () => {
  it('knows how far it is and how long it will take', () => {
    const run = new ExploreRun(order(2, 10), 0);
    expect(run.progress(50)).toEqual({ done: 0, expected: 20, rate: null, left: null });
    run.receive(step(0, 1), 1000);
    run.receive(step(1, 1), 2000);
    // One token in the second since the first one came: 18 more take 18 seconds.
    expect(run.progress(2000)).toEqual({ done: 2, expected: 20, rate: 1, left: 18_000 });
  });

  it('expects less once a completion has ended early', () => {
    const run = new ExploreRun(order(2, 10), 0);
    run.endOfText = [END];
    run.receive(step(0, 1), 0);
    run.receive(step(0, END), 0);
    expect(run.completions[0]!.end).toBe('end of text');
    expect(run.progress(0).expected).toBe(12);
  });

  it('learns late which token ends a text', () => {
    const run = new ExploreRun(order(2, 10), 0);
    run.receive(step(0, END), 0);
    run.receive(step(1, 1), 0);
    run.endOfText = [END];
    expect(run.completions.map(({ end }) => end)).toEqual(['end of text', null]);
  });

  it('ends a completion at its last token', () => {
    const run = new ExploreRun(order(1, 2), 0);
    run.receive(step(0, 1), 0);
    expect(run.completions[0]!.end).toBeNull();
    run.receive(step(0, 1), 0);
    expect(run.completions[0]!.end).toBe('length');
  });

  it('takes no steps of samples that were not ordered', () => {
    const run = new ExploreRun(order(2, 10), 0);
    for (const sample of [-1, 2, 1e9, 0.5, Number.NaN]) run.receive(step(sample, 1), 0);
    expect(run.completions).toEqual([]);
  });

  it('is running, done, stopped or failed', () => {
    const runs = Array.from({ length: 4 }, () => new ExploreRun(order(1, 5), 0));
    for (const run of runs) run.receive(step(0, 1), 0);
    runs[1]!.finish(result(false));
    runs[2]!.finish(result(true));
    runs[3]!.fail({ code: 'engine', sentence: 'Gone.' });
    expect(runs.map(({ state }) => state)).toEqual(['running', 'done', 'stopped', 'failed']);
    expect(runs.map(({ completions }) => completions[0]!.end)).toEqual([
      null,
      'stopped',
      'stopped',
      'stopped',
    ]);
  });

  it('gives the mean log-probability of what has come, and of the result once it is there', () => {
    const run = new ExploreRun(order(1, 5), 0);
    expect(run.meanLogProbability(0)).toBeNull();
    run.receive(step(0, 1, Math.exp(-1)), 0);
    run.receive(step(0, 1, Math.exp(-3)), 0);
    expect(run.meanLogProbability(0)).toBeCloseTo(-2, 12);
    run.finish(result(false, [{ ids: [1, 1], text: '', end: 'length', logProbability: -5 }]));
    expect(run.meanLogProbability(0)).toBe(-2.5);
  });
});

describe('events', () => {
  it.each([
    null,
    { type: 'other' },
    { type: 'next', logits: [1, 2] },
    { type: 'prompt', prompt: { ids: [1], truncated: false, notes: [] } },
    { type: 'steps', steps: [{ sample: 0 }] },
  ])('of an unknown shape are refused: %j', (event) => {
    expect(readExploreEvent(event)).toBeNull();
  });
});

describe('memory', () => {
  const settings = { ...DEFAULT_SETTINGS, steps: stepsOf([{ sampler: 'min-p', p: 0.1 }]), greedy: true };
  const views = { rows: 30, unit: 'bits', drawerOpen: true } as const;

  function ended(): ExploreRun {
    const run = new ExploreRun(order(1, 5), 0);
    run.endOfText = [END];
    const prompt = { ids: Int32Array.of(0, 1), truncated: true, notes: ['cut'] };
    run.receive({ type: 'prompt', prompt }, 0);
    run.receive({ type: 'next', logits: Float32Array.of(0.1, -1e9, 3) }, 0);
    run.receive(step(0, 1), 0);
    run.finish(result(true, [{ ids: [1], text: ' b', end: 'stopped', logProbability: -0.5 }]));
    return run;
  }

  it('gives back what was stored, through JSON', () => {
    const run = ended();
    const stored: unknown = JSON.parse(JSON.stringify(packExplore({ settings, ...views, run })));
    const memory = unpackExplore(stored)!;
    expect(memory).toMatchObject({ settings, ...views });
    expect(memory.run).toMatchObject({
      order: run.order,
      prompt: run.prompt,
      logits: run.logits,
      completions: run.completions,
      result: run.result,
      endOfText: [END],
      state: 'stopped',
    });
  });

  it('keeps no run that is not over', () => {
    const run = new ExploreRun(order(1, 5), 0);
    run.receive({ type: 'next', logits: Float32Array.of(1) }, 0);
    expect(packExplore({ settings, ...views, run })).toMatchObject({ run: null });
  });

  it('keeps less of a very long result', () => {
    const run = new ExploreRun(order(64, 1000), 0);
    run.receive({ type: 'prompt', prompt: { ids: Int32Array.of(0), truncated: false, notes: [] } }, 0);
    run.receive({ type: 'next', logits: Float32Array.of(1, 2) }, 0);
    const alternatives = Array.from({ length: 8 }, (_, id) => ({ id, raw: 0.1, processed: 0.1 }));
    for (let sample = 0; sample < 64; sample++) {
      const steps = Array.from({ length: 1000 }, () => ({
        ...{ sample, id: 1, raw: 0.123456789, processed: 0.5, rank: 3 },
        alternatives,
      }));
      run.receive({ type: 'steps', steps }, 0);
    }
    run.finish(result(false));
    const text = JSON.stringify(packExplore({ settings, ...views, run }));
    expect(text.length).toBeLessThan(4_000_000);
    expect(unpackExplore(JSON.parse(text))!.run!.completions).toHaveLength(40);
  });

  it('forgets what it does not know, and a run whose chain it does not know', () => {
    expect(unpackExplore({ settings: 1 })).toBeNull();
    expect(unpackExplore(null)).toBeNull();
    const stored = packExplore({ settings, ...views, run: ended() }) as {
      run: { order: { parameters: { chain: unknown } } };
    };
    stored.run.order.parameters.chain = [{ sampler: 'of the future' }];
    expect(unpackExplore(stored)).toMatchObject({ settings, run: null });
  });

  it('keeps float32 numbers to the bit', () => {
    const values = Float32Array.of(0, -0, 1e-45, -3.4e38, Math.PI, -Infinity);
    expect(unpackFloats(packFloats(values))).toEqual(values);
    expect(unpackFloats('no base64!')).toBeNull();
    expect(unpackFloats('AAA=')).toBeNull();
  });
});
