import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { exploreEventSchema } from '../../../../../src/experiments/explore/result';
import type { PromptSource } from '../../../../../src/protocol/messages';
import { packExplore, unpackExplore } from '../../../../../webview/experiments/explore/memory';
import { ExploreRun, type ExploreOrder, type Finished } from '../../../../../webview/experiments/explore/run';
import { packFloats, unpackFloats } from '../../../../../webview/frame/memory';

const END = 4;
const SOURCE: PromptSource = {
  ...{ text: 'a b', document: 'x.md', place: 'Ln 1, Col 1' },
  kind: 'selection',
  notes: [],
};

function order(samples: number, maxNewTokens: number): ExploreOrder {
  return {
    model: 'toy',
    toy: { words: ['a', 'b'], logits: [0, 1] },
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

function finished(stopped: boolean, completions: Finished['completions'] = []): Finished {
  return { completions, stopped, newTokens: 0, milliseconds: 5, provenance: { precision: 'fp32' } };
}

describe('a run', () => {
  it('knows how far it is and how long it will take', () => {
    const run = new ExploreRun(order(2, 10), SOURCE);
    expect(run.progress(50)).toEqual({ done: 0, expected: 20, rate: null, left: null });
    run.receive(step(0, 1), 1000);
    run.receive(step(1, 1), 2000);
    // One token in the second since the first one came: 18 more take 18 seconds.
    expect(run.progress(2000)).toEqual({ done: 2, expected: 20, rate: 1, left: 18_000 });
  });

  it('expects less once a completion has ended early', () => {
    const run = new ExploreRun(order(2, 10), SOURCE);
    run.endOfText = [END];
    run.receive(step(0, 1), 0);
    run.receive(step(0, END), 0);
    expect(run.completions[0]!.end).toBe('end of text');
    expect(run.progress(0).expected).toBe(12);
  });

  it('learns late which token ends a text', () => {
    const run = new ExploreRun(order(2, 10), SOURCE);
    run.receive(step(0, END), 0);
    run.receive(step(1, 1), 0);
    run.endOfText = [END];
    expect(run.completions.map(({ end }) => end)).toEqual(['end of text', null]);
  });

  it('ends a completion at its last token', () => {
    const run = new ExploreRun(order(1, 2), SOURCE);
    run.receive(step(0, 1), 0);
    expect(run.completions[0]!.end).toBeNull();
    run.receive(step(0, 1), 0);
    expect(run.completions[0]!.end).toBe('length');
  });

  it('takes no steps of samples that were not ordered', () => {
    const run = new ExploreRun(order(2, 10), SOURCE);
    for (const sample of [-1, 2, 1e9, 0.5, Number.NaN]) run.receive(step(sample, 1), 0);
    expect(run.completions).toEqual([]);
  });

  it('is running, done, stopped or failed', () => {
    const runs = Array.from({ length: 4 }, () => new ExploreRun(order(1, 5), SOURCE));
    for (const run of runs) run.receive(step(0, 1), 0);
    runs[1]!.close(finished(false));
    runs[2]!.close(finished(true));
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
    const run = new ExploreRun(order(1, 5), SOURCE);
    expect(run.meanLogProbability(0)).toBeNull();
    run.receive(step(0, 1, Math.exp(-1)), 0);
    run.receive(step(0, 1, Math.exp(-3)), 0);
    expect(run.meanLogProbability(0)).toBeCloseTo(-2, 12);
    run.close(finished(false, [{ ids: [1, 1], text: '', end: 'length', logProbability: -5 }]));
    expect(run.meanLogProbability(0)).toBe(-2.5);
  });
});

describe('a completion that goes back', () => {
  const turn = { place: 1, ids: [2, 3], text: ' c d', phrase: 'c d', processed: 0.5, raw: 0.25 };
  const turned = (sample: number): Parameters<ExploreRun['receive']>[0] => ({
    type: 'settled',
    turned: [{ sample, ...turn }],
    ended: [],
  });

  it('loses what was taken back, grows on, and is counted as it is then', () => {
    const run = new ExploreRun(order(2, 3), SOURCE);
    for (const id of [1, 2, 3]) run.receive(step(0, id), 0);
    expect(run.completions[0]!.end).toBe('length');
    run.receive(turned(0), 0);
    expect(run.completions[0]).toMatchObject({ end: null, turns: [turn] });
    expect(run.completions[0]!.steps.map(({ id }) => id)).toEqual([1]);
    expect(run.progress(0)).toMatchObject({ done: 1, expected: 6 });
    run.receive(step(0, 0), 0);
    run.receive({ type: 'settled', turned: [], ended: [{ sample: 0, end: 'stop string', stop: 'x' }] }, 0);
    expect(run.completions[0]!.steps.map(({ id }) => id)).toEqual([1, 0]);
    expect(run.completions[0]).toMatchObject({ end: 'stop string', stop: 'x' });
    expect(run.progress(0)).toMatchObject({ done: 2, expected: 5 });
    // Of a completion that was never begun nothing is known.
    run.receive(turned(1), 0);
    expect(run.completions).toHaveLength(1);
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
    expect(v.safeParse(exploreEventSchema, event).success).toBe(false);
  });
});

describe('memory', () => {
  const views = { rows: 30, unit: 'bits' } as const;
  const latestOf = (run: ExploreRun) => ({ order: run.order, run });

  const shaped = {
    ...{ sample: 0, id: 1, raw: 0.5, processed: 1, rank: 0, fitting: 0.25, wanted: 2 },
    alternatives: [{ id: 1, raw: 0.5, processed: 1 }],
  };

  function ended(): ExploreRun {
    const run = new ExploreRun(order(1, 5), SOURCE);
    run.endOfText = [END];
    const prompt = { ids: Int32Array.of(0, 1), truncated: true, notes: ['cut'] };
    run.receive({ type: 'prompt', prompt }, 0);
    run.receive({ type: 'next', logits: Float32Array.of(0.1, -1e9, 3) }, 0);
    run.receive({ type: 'steps', steps: [shaped] }, 0);
    const turn = { place: 1, ids: [2], text: ' c', phrase: 'c', processed: 0.5, raw: 0.25 };
    run.receive({ type: 'settled', turned: [{ sample: 0, ...turn }], ended: [] }, 0);
    run.close(finished(true, [{ ids: [1], text: ' b', end: 'stopped', logProbability: -0.5 }]));
    return run;
  }

  it('gives back what was stored, through JSON', () => {
    const run = ended();
    const packed = packExplore({ ...views, latest: latestOf(run) }, null);
    const memory = unpackExplore(JSON.parse(JSON.stringify(packed)), null)!;
    expect(memory).toMatchObject(views);
    const { order: asked, source, prompt, logits, completions, finished: closed } = memory.latest!.run;
    expect({ asked, source, prompt, logits, completions, closed }).toEqual({
      asked: run.order,
      source: SOURCE,
      prompt: run.prompt,
      logits: run.logits,
      completions: run.completions,
      closed: run.finished,
    });
    expect(memory.latest!.run.endOfText).toEqual([END]);
    expect(memory.latest!.run.state).toBe('stopped');
  });

  it('keeps no run that is not over', () => {
    const run = new ExploreRun(order(1, 5), SOURCE);
    run.receive({ type: 'next', logits: Float32Array.of(1) }, 0);
    expect(packExplore({ ...views, latest: latestOf(run) }, null)).toMatchObject({ run: null });
  });

  it('keeps less of a very long result', () => {
    const run = new ExploreRun(order(64, 1000), SOURCE);
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
    run.close(finished(false));
    const text = JSON.stringify(packExplore({ ...views, latest: latestOf(run) }, null));
    expect(text.length).toBeLessThan(4_000_000);
    expect(unpackExplore(JSON.parse(text), null)!.latest!.run.completions).toHaveLength(40);
  });

  it('forgets what it does not know, and a run whose chain it does not know', () => {
    expect(unpackExplore({ rows: 'many' }, null)).toBeNull();
    expect(unpackExplore(null, null)).toBeNull();
    const stored = packExplore({ ...views, latest: latestOf(ended()) }, null);
    stored.run!.order.parameters['chain'] = [{ sampler: 'of the future' }];
    expect(unpackExplore(stored, null)).toMatchObject({ ...views, latest: null });
  });

  it('keeps float32 numbers to the bit', () => {
    const values = Float32Array.of(0, -0, 1e-45, -3.4e38, Math.PI, -Infinity);
    expect(unpackFloats(packFloats(values))).toEqual(values);
    expect(unpackFloats('no base64!')).toBeNull();
    expect(unpackFloats('AAA=')).toBeNull();
  });
});
