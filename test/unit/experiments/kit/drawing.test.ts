/** Texts of a model on a server: drawn there, drawn here from what it lists, and broken off. */
import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { chiSquareTest } from '../../../../src/core/statistics/chiSquare';
import { ToyModel } from '../../../../src/core/toyModel';
import { explore } from '../../../../src/experiments/explore';
import { exploreParameters } from '../../../../src/experiments/explore/parameters';
import { exploreReport } from '../../../../src/experiments/explore/report';
import {
  exploreResultSchema,
  type ExploreEvent,
  type ExploreResult,
} from '../../../../src/experiments/explore/result';
import { grid } from '../../../../src/experiments/grid';
import { methods } from '../../../../src/experiments/methods';
import * as v from 'valibot';
import { letters } from '../letterModel';
import { runExperiment, type Ran } from '../running';
import { DOWN, serve } from '../servedModel';

const LISTED = 5;
const K = 3;
const TOP_K: ChainSpec = [
  { sampler: 'temperature', temperature: 1.3 },
  { sampler: 'top-k', k: K },
];
const whole = (): LanguageModel => letters(3, 8, 7);

const ASKED = {
  prompt: 'abc',
  chain: TOP_K,
  greedy: false,
  seed: 7,
  samples: 6,
  maxNewTokens: 8,
  listed: 20,
};

const run = (
  model: LanguageModel,
  change: Partial<typeof ASKED> & Record<string, unknown> = {},
): Promise<Ran<ExploreEvent, ExploreResult>> => runExperiment(explore, model, { ...ASKED, ...change });

const texts = ({ completions }: ExploreResult): number[][] => completions.map(({ ids }) => ids);

describe('texts of a served model that are drawn here', () => {
  it('are those of this machine, token for token, where all tokens are listed', async () => {
    const { result } = await run(serve(whole()).model, { drawnBy: 'here' });
    const local = await run(whole());
    expect(texts(result)).toEqual(texts(local.result));
    expect(result.provenance).toMatchObject({ drawnBy: 'here' });
    expect(local.result.provenance.drawnBy).toBeUndefined();
    result.completions.forEach(({ steps, off }, i) => {
      expect(off).toBeUndefined();
      steps.forEach((step, at) => {
        expect(step.processed).toBeCloseTo(local.result.completions[i]!.steps[at]!.processed!, 9);
      });
    });
  });

  it('are the same too where the samplers keep no more than is listed', async () => {
    const { result } = await run(serve(whole(), { listed: LISTED }).model, { drawnBy: 'here' });
    const local = await run(whole());
    expect(texts(result)).toEqual(texts(local.result));
    expect(result.completions.every(({ off }) => off === undefined)).toBe(true);
    expect(result.next?.listed).toMatchObject({ tokens: LISTED, exact: true, within: true, off: 0 });
    expect(result.next?.rows).toHaveLength(LISTED);
    expect(v.parse(exploreResultSchema, result)).toEqual(result);
  });

  it('end where what is drawn is not listed, as often as that is probable', async () => {
    const toy = new ToyModel({ words: ['a', 'b', 'c', 'd', 'e'], logits: [2, 1.5, 0.5, 0.2, -0.1] });
    const chain: ChainSpec = [];
    const { result, events } = await run(serve(toy, { listed: 2 }).model, {
      prompt: 'a b',
      chain,
      samples: 64,
      maxNewTokens: 1,
      drawnBy: 'here',
    });
    const ended = result.completions.filter(({ end }) => end === 'unlisted');
    const weights = [2, 1.5, 0.5, 0.2, -0.1].map(Math.exp);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const rest = (weights[2]! + weights[3]! + weights[4]!) / total;
    expect(chiSquareTest([ended.length, 64 - ended.length], [rest, 1 - rest]).pValue).toBeGreaterThan(1e-4);
    expect(ended.every(({ ids }) => ids.length === 0)).toBe(true);
    expect(result.next?.listed?.mass).toBeCloseTo(1 - rest, 6);
    expect(
      events.some((event) => event.type === 'settled' && event.ended.some(({ end }) => end === 'unlisted')),
    ).toBe(true);
    expect(exploreReport.summary(result).join(' ')).toMatch(
      /lists 2 of 5 tokens with \d+\.?\d* ?% of the probability.*does not list/,
    );
  });

  it('say by how much their probabilities may be off', async () => {
    const chain: ChainSpec = [{ sampler: 'temperature', temperature: 1.5 }];
    const { result } = await run(serve(whole(), { listed: LISTED }).model, { chain, drawnBy: 'here' });
    const local = whole();
    for (const { ids, steps, off } of result.completions.filter((each) => each.steps.length > 0)) {
      expect(off).toBeGreaterThan(0);
      for (const [at, { id, processed, raw }] of steps.entries()) {
        const [next] = await local.next([{ tokens: [0, 1, 2, ...ids.slice(0, at)] }]);
        const weights = Array.from(next!.logits, (logit) => Math.exp(logit / 1.5));
        const exact = weights[id]! / weights.reduce((sum, weight) => sum + weight, 0);
        expect(Math.abs(processed! - exact)).toBeLessThanOrEqual(off! + 1e-6);
        expect(raw).toBeGreaterThan(0);
      }
    }
  });

  it('are refused before anything is read where a sampler needs every token', async () => {
    const served = serve(whole(), { listed: LISTED });
    const chain: ChainSpec = [{ sampler: 'typical', p: 0.9 }];
    await expect(run(served.model, { chain })).rejects.toThrow(
      /typical needs the probability of every token, but gpu1 lists only 5 of 8 tokens\. Put a top-k below 5 before it, or start the server with --max-logprobs -1/,
    );
    expect(served.answers).toBe(0);
    await expect(run(served.model, { chain: [...TOP_K, ...chain] })).resolves.toBeDefined();
  });
});

describe('texts of a served model that the server draws', () => {
  const nothing = (): undefined => undefined;

  it('come in one request, with the steps that texts drawn here would have', async () => {
    const served = serve(whole(), { listed: LISTED, refuse: nothing });
    const { result, events } = await run(served.model);
    expect(served.drawings).toEqual([
      {
        prompt: [0, 1, 2],
        chain: TOP_K,
        greedy: false,
        seed: 7,
        first: 0,
        samples: 6,
        maxNewTokens: 8,
        stop: [],
      },
    ]);
    expect(result.provenance).toMatchObject({ drawnBy: 'server' });
    expect(result.stopped).toBe(false);
    const told = events.flatMap((event) => (event.type === 'steps' ? event.steps : []));
    const local = whole();
    for (const [sample, { ids, steps, logProbability }] of result.completions.entries()) {
      expect(told.filter((step) => step.sample === sample).map(({ id }) => id)).toEqual(ids);
      let sum = 0;
      for (const [at, { id, processed, raw, rank }] of steps.entries()) {
        const [next] = await local.next([{ tokens: [0, 1, 2, ...ids.slice(0, at)] }]);
        const best = Array.from(next!.logits).sort((a, b) => b - a);
        const weight = (logit: number): number => Math.exp(logit / 1.3);
        const kept = best.slice(0, K).reduce((total, logit) => total + weight(logit), 0);
        expect(processed).toBeCloseTo(weight(next!.logits[id]!) / kept, 5);
        expect(rank).toBe(best.indexOf(next!.logits[id]!));
        sum += Math.log(raw);
      }
      expect(logProbability).toBeCloseTo(sum, 9);
    }
  });

  it('may hold tokens beyond those that it lists, whose rank is not known', async () => {
    const { result } = await run(serve(whole(), { listed: 2, refuse: nothing }).model, { chain: [] });
    const steps = result.completions.flatMap((completion) => completion.steps);
    const beyond = steps.filter(({ rank }) => rank === -1);
    expect(beyond.length).toBeGreaterThan(5);
    expect(steps.filter(({ rank }) => rank >= 0).every(({ rank }) => rank < 2)).toBe(true);
    expect(beyond.every(({ raw, processed }) => raw > 0 && processed === raw)).toBe(true);
    expect(result.completions.every(({ end }) => end !== 'unlisted')).toBe(true);
  });

  it('have no probabilities after samplers that cannot be followed', async () => {
    const chain: ChainSpec = [{ sampler: 'typical', p: 0.9 }];
    const { result } = await run(serve(whole(), { listed: LISTED, refuse: nothing }).model, { chain });
    const steps = result.completions.flatMap((completion) => completion.steps);
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.every(({ processed, raw }) => processed === null && raw > 0)).toBe(true);
  });

  it('say that a penalty on logits is computed from log-probabilities here', async () => {
    const chain: ChainSpec = [{ sampler: 'repetition-penalty', penalty: 1.3 }];
    const { result } = await run(serve(whole(), { refuse: nothing }).model, { chain });
    expect(result.provenance.promptNotes.join(' ')).toMatch(/Repetition penalty acts on logits/);
    const steps = result.completions.flatMap((completion) => completion.steps);
    expect(steps.every(({ processed }) => processed === null)).toBe(true);
    const without = await run(serve(whole(), { refuse: nothing }).model);
    expect(without.result.provenance.promptNotes).toEqual([]);
  });

  it('end at a stop string and at the end of text', async () => {
    const served = serve(whole(), { refuse: nothing });
    const { result } = await run(served.model, { chain: [], samples: 40, maxNewTokens: 6, stop: ['a'] });
    const ends = result.completions.map(({ end }) => end);
    expect(new Set(ends)).toEqual(new Set(['stop string', 'end of text', 'length']));
    for (const { text, end } of result.completions)
      if (end === 'stop string') expect(text).not.toContain('a');
  });

  it('are asked about where the server says nothing of a place', async () => {
    const isSilent = (sample: number, place: number): boolean => (sample + place) % 3 === 0;
    const spoken = await run(serve(whole(), { refuse: nothing }).model);
    const silent = await run(serve(whole(), { refuse: nothing, isSilent }).model);
    const plain = ({ completions }: ExploreResult): unknown =>
      completions.map(({ ids, end, steps }) => ({ ids, end, steps }));
    expect(plain(silent.result)).toEqual(plain(spoken.result));
  });

  it('are drawn here, with the reason, where they cannot be said to it', async () => {
    const reason = 'vLLM has no mirostat.';
    const { result } = await run(serve(whole(), { refuse: () => reason }).model);
    expect(result.provenance).toMatchObject({ drawnBy: 'here', notDrawnThere: reason });
    const chain: ChainSpec = [{ sampler: 'banned-phrases', phrases: ['ab'] }];
    const turning = await run(serve(whole(), { refuse: nothing }).model, { chain });
    expect(turning.result.provenance.notDrawnThere).toMatch(/banned phrase/);
  });

  it('are one request for each cell of a grid, and for each method', async () => {
    const served = serve(whole(), { listed: LISTED, refuse: nothing });
    const { result } = await runExperiment(grid, served.model, {
      prompt: 'abc',
      rows: { sampler: 'temperature', parameter: 'temperature', values: [0.5, 1] },
      columns: { sampler: 'top-k', parameter: 'k', values: [2, LISTED - 1, LISTED] },
      samples: 3,
      maxNewTokens: 5,
      seed: 1,
    });
    expect(served.drawings.map(({ first, samples }) => [first, samples])).toEqual(Array(6).fill([0, 3]));
    expect(result.cells.map(({ exact }) => exact?.kept ?? null)).toEqual([2, 4, null, 2, 4, null]);
    expect(result.cells.every(({ texts: drawn }) => drawn.length === 3)).toBe(true);
    expect(result.provenance.drawnBy).toBe('server');
    expect(result.stopped).toBe(false);

    const other = serve(whole(), { listed: LISTED, refuse: nothing });
    const compared = await runExperiment(methods, other.model, {
      prompt: 'abc',
      form: 'continuations',
      methods: [
        { name: 'top-k', kind: 'sampling', chain: TOP_K },
        { name: 'beam', kind: 'beam', beams: 2, lengthPenalty: 1 },
        { name: 'wide', kind: 'beam', beams: 3, lengthPenalty: 1 },
      ],
      samples: 3,
      trials: 4,
      maxNewTokens: 5,
      seed: 1,
    });
    expect(other.drawings.map(({ samples }) => samples)).toEqual([12]);
    const [sampled, beam, wide] = compared.result.methods;
    expect(sampled!.measures.length).toBeGreaterThan(3);
    const local = await runExperiment(methods, whole(), {
      ...(compared.result.provenance.parameters as object),
    });
    expect(beam!.texts.map(({ ids }) => ids)).toEqual(local.result.methods[1]!.texts.map(({ ids }) => ids));
    expect(wide!.unavailable).toMatch(/6 most probable tokens .* gpu1 lists only 5 of 8 tokens/);
  });
});

describe('a server that fails in the middle', () => {
  it.each([
    ['of texts that it draws', { refuse: (): undefined => undefined, failAfter: { drawn: 13 } }],
    ['of texts that are drawn here', { failAfter: { answers: 3 } }],
    [
      'where it says nothing of a place, which it is asked about',
      {
        refuse: (): undefined => undefined,
        isSilent: (_: number, place: number) => place > 1,
        failAfter: { answers: 1 },
      },
    ],
  ])('%s leaves what has come, with its sentence', async (_, serving) => {
    const { result } = await run(serve(whole(), serving).model);
    expect(result).toMatchObject({ stopped: true, brokeOff: DOWN });
    const tokens = result.completions.flatMap(({ ids }) => ids).length;
    expect(tokens).toBeGreaterThanOrEqual(12);
    expect(result.completions.some(({ end }) => end === 'stopped')).toBe(true);
    expect(result.next).not.toBeNull();
  });

  it('leaves nothing where nothing has come', async () => {
    await expect(run(serve(whole(), { failAfter: { answers: 0 } }).model)).rejects.toThrow(DOWN);
  });

  it('closes what it is asked at a stop, which is no failure', async () => {
    const served = serve(whole());
    const waiting: LanguageModel = {
      ...served.model,
      next: (contexts, signal) =>
        served.answers++ === 0
          ? served.model.next(contexts)
          : new Promise((_, reject) => {
              signal!.addEventListener('abort', () => {
                reject(new Error('closed'));
              });
            }),
    };
    const controller = new AbortController();
    const running = explore.run(waiting, exploreParameters.parse({ ...ASKED }), {
      signal: controller.signal,
      pause: () => Promise.resolve(),
      emit: ({ type }) => {
        if (type === 'steps')
          setTimeout(() => {
            controller.abort();
          }, 5);
      },
    });
    const { stopped, brokeOff, completions } = await running;
    expect({ stopped, brokeOff }).toEqual({ stopped: true, brokeOff: undefined });
    expect(completions.map(({ ids }) => ids.length)).toEqual(Array(6).fill(1));
  });

  it('is no failure where a user has stopped it', async () => {
    const served = serve(whole(), { refuse: () => undefined });
    const { result } = await runExperiment(
      explore,
      served.model,
      exploreParameters.parse(ASKED),
      ({ type }) => type === 'steps',
    );
    expect(result.stopped).toBe(true);
    expect(result.brokeOff).toBeUndefined();
    expect(result.completions.flatMap(({ ids }) => ids).length).toBeGreaterThan(0);
  });
});
