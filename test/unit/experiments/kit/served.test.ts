/** What experiments say of a model on a server that lists some tokens: what is exact, and what is refused. */
import { describe, expect, it } from 'vitest';
import type { LanguageModel, TextScores } from '../../../../src/core/languageModel';
import { ab } from '../../../../src/experiments/ab';
import { branches } from '../../../../src/experiments/branches';
import { determinism } from '../../../../src/experiments/determinism';
import { determinismReport } from '../../../../src/experiments/determinism/report';
import { explore } from '../../../../src/experiments/explore';
import type { Experiment } from '../../../../src/experiments/kit/experiment';
import { loss } from '../../../../src/experiments/loss';
import { methods } from '../../../../src/experiments/methods';
import { models } from '../../../../src/experiments/models';
import { nucleus } from '../../../../src/experiments/nucleus';
import { temperature } from '../../../../src/experiments/temperature';
import { letters } from '../letterModel';
import { runExperiment } from '../running';
import { DOWN, serve, type Serving } from '../servedModel';

const whole = (): LanguageModel => letters(3, 8, 7);
const listing = (listed: number): LanguageModel => serve(whole(), { listed }).model;
const ALL =
  /needs the probability of every token, but gpu1 lists only 5 of 8 tokens\. Start the server with --max-logprobs -1/;
const CHAIN = [{ sampler: 'top-k', k: 3 }] as const;

describe('Nucleus of listed tokens', () => {
  const asked = { prompt: 'abc', temperatures: [1], ps: [0.2, 0.5] };

  it('is that of all tokens at temperature 1, up to what is listed', async () => {
    const { result } = await runExperiment(nucleus, listing(5), asked);
    const local = await runExperiment(nucleus, whole(), asked);
    for (const [i, cell] of result.cells.entries()) {
      const exact = local.result.cells[i]!;
      expect(cell.kept).toBe(exact.kept);
      expect(cell.keptMass).toBeCloseTo(exact.keptMass, 6);
      expect(cell.entropy).toBeCloseTo(exact.entropy, 6);
      expect(cell.nucleus.map(({ token }) => token.id)).toEqual(exact.nucleus.map(({ token }) => token.id));
    }
    expect(result.curves[0]!.tokens).toHaveLength(5);
  });

  it('is refused beyond the list, and at other temperatures', async () => {
    await expect(runExperiment(nucleus, listing(5), { ...asked, ps: [0.999] })).rejects.toThrow(
      /nucleus of p = 0\.999 reaches beyond the list: gpu1 lists only 5 of 8 tokens, with [\d.]+ % of the probability\./,
    );
    await expect(runExperiment(nucleus, listing(5), { ...asked, temperatures: [0.5] })).rejects.toThrow(ALL);
  });
});

describe('what compares whole distributions', () => {
  it('is refused, with the way out', async () => {
    const common = { prompt: 'abc', seed: 1, maxNewTokens: 4 };
    const chains = { chain: [...CHAIN], otherChain: [], samples: 1 };
    await expect(runExperiment(ab, listing(5), { ...common, ...chains })).rejects.toThrow(ALL);
    const start = { kind: 'exact', length: 2, count: 1, budget: 100 };
    const tree = { prompt: 'abc', alternatives: 3, start, edits: [] };
    await expect(runExperiment(branches, listing(5), tree)).rejects.toThrow(ALL);
    // All of it works where all tokens are listed.
    await expect(runExperiment(ab, listing(8), { ...common, ...chains })).resolves.toBeDefined();
    await expect(runExperiment(branches, listing(8), tree)).resolves.toBeDefined();
  });
});

describe('Determinism of listed tokens', () => {
  it('has every answer computed anew: a remembered one would always be the same', async () => {
    const { model } = serve(whole());
    const asked: unknown[] = [];
    const watched: LanguageModel = {
      ...model,
      next: (contexts, signal) => {
        asked.push(...contexts.map(({ anew }) => anew));
        return model.next(contexts, signal);
      },
    };
    const parameters = { prompt: 'abc', configurations: ['greedy'], repeats: 2, maxNewTokens: 3, seed: 1 };
    await runExperiment(determinism, watched, parameters);
    expect(asked).toEqual(Array(9).fill(true));
  });

  it('runs what stays within the list, and says why the rest cannot be run', async () => {
    const asked = { prompt: 'abc', repeats: 2, maxNewTokens: 3, seed: 1 };
    const within = ['greedy', 'temperature-0', 'top-k-1', 'min-p-1'];
    const { result } = await runExperiment(determinism, listing(5), { ...asked, configurations: within });
    expect(result.verdicts.map(({ distinct }) => distinct)).toEqual([1, 1, 1, 1]);
    expect(result.unavailable).toBeUndefined();
    const beyond = ['greedy', 'temperature-1', 'top-k-1'];
    const { result: mixed, events } = await runExperiment(determinism, listing(5), {
      ...asked,
      configurations: beyond,
    });
    expect(mixed.verdicts.map(({ id }) => id)).toEqual(['greedy', 'top-k-1']);
    expect(mixed.stopped).toBe(false);
    expect(mixed.unavailable).toEqual([
      {
        ...{ id: 'temperature-1', label: 'temperature 1' },
        reason: expect.stringMatching(
          /^“temperature 1” keeps tokens beyond the list: gpu1 lists only 5 of 8 tokens/,
        ) as string,
      },
    ]);
    expect(determinismReport.summary(mixed).at(-1)).toBe(mixed.unavailable![0]!.reason);
    const told = events.flatMap((event) => (event.type === 'progress' ? [event.done] : []));
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const { result: none } = await runExperiment(determinism, listing(5), {
      ...asked,
      configurations: ['temperature-1'],
    });
    expect(determinismReport.summary(none)).toEqual([none.unavailable![0]!.reason]);
  });
});

describe('Branches of listed tokens', () => {
  it('show them as those of all tokens, without an entropy', async () => {
    const asked = {
      prompt: 'abc',
      alternatives: 3,
      start: { kind: 'beam', length: 3, beams: 2, lengthPenalty: 1 },
      edits: [{ edit: 'expand', path: [] }],
    };
    const { result } = await runExperiment(branches, listing(5), asked);
    const local = await runExperiment(branches, whole(), asked);
    expect(result.nodes.map(({ token }) => token)).toEqual(local.result.nodes.map(({ token }) => token));
    result.nodes.forEach(({ logProbability, entropy }, i) => {
      expect(logProbability).toBeCloseTo(local.result.nodes[i]!.logProbability, 5);
      expect(entropy).toBeNull();
    });
    expect(result.beam?.results.map(({ ids }) => ids)).toEqual(
      local.result.beam?.results.map(({ ids }) => ids),
    );
    await expect(runExperiment(branches, listing(3), asked)).rejects.toThrow(
      /4 most probable tokens at every place, but gpu1 lists only 3/,
    );
  });
});

describe('Methods in next tokens', () => {
  it('measure what stays within the list, and say why not the rest', async () => {
    const asked = {
      prompt: 'abc',
      form: 'tokens',
      methods: [
        { name: 'top-k', kind: 'sampling', chain: CHAIN },
        { name: 'pure', kind: 'sampling', chain: [] },
      ],
      samples: 10,
      trials: 5,
      maxNewTokens: 1,
      seed: 1,
    };
    const { result } = await runExperiment(methods, listing(5), asked);
    const local = await runExperiment(methods, whole(), asked);
    const [topK, pure] = result.methods;
    expect(topK!.measures.map(({ id, values }) => ({ id, values: values.map((x) => x.toFixed(6)) }))).toEqual(
      local.result.methods[0]!.measures.map(({ id, values }) => ({
        id,
        values: values.map((x) => x.toFixed(6)),
      })),
    );
    expect(pure!).toMatchObject({ next: null, measures: [] });
    expect(pure!.unavailable).toContain('gpu1 lists only 5 of 8 tokens');
    expect(result.rawEntropy).toBeNull();
    expect(result.stopped).toBe(false);
  });
});

describe('Temperature on a server that lists all', () => {
  it('lets the server draw once for each temperature, and compares with exact figures', async () => {
    const served = serve(whole(), { refuse: () => undefined });
    const asked = {
      prompt: 'abc',
      target: 'ab',
      leadingSpace: false,
      temperatures: [0.5, 2],
      draws: 400,
      seed: 3,
    };
    const { result } = await runExperiment(temperature, served.model, asked);
    expect(served.drawings.map(({ samples, maxNewTokens, chain }) => [samples, maxNewTokens, chain])).toEqual(
      [0.5, 2].map((t) => [400, 2, [{ sampler: 'temperature', temperature: t }]]),
    );
    expect(result.provenance.drawnBy).toBe('server');
    for (const { fit, count, draws, expectedLow, expectedHigh, tokens } of result.rows) {
      expect(draws).toBe(400);
      expect(tokens.reduce((sum, row) => sum + row.count, 0)).toBe(400);
      expect(fit).toBeGreaterThan(1e-4);
      expect(count).toBeGreaterThanOrEqual(expectedLow - 15);
      expect(count).toBeLessThanOrEqual(expectedHigh + 15);
    }
    const local = await runExperiment(temperature, whole(), asked);
    result.rows.forEach(({ probability }, i) => {
      expect(probability).toBeCloseTo(local.result.rows[i]!.probability, 6);
    });
  });

  it('keeps the temperatures that were whole when the server fails', async () => {
    const served = serve(whole(), { refuse: () => undefined, failAfter: { drawn: 150 } });
    const asked = {
      prompt: 'abc',
      target: 'a',
      leadingSpace: false,
      temperatures: [0.5, 2],
      draws: 100,
      seed: 3,
    };
    const { result } = await runExperiment(temperature, served.model, asked);
    expect(result).toMatchObject({ stopped: true, brokeOff: DOWN });
    expect(result.rows.map((row) => row.temperature)).toEqual([0.5]);
  });
});

/** Scores of any text: each token has probability 1/2. */
function scoring(model: LanguageModel, failAfter = Infinity): LanguageModel {
  let texts = 0;
  const score = async (tokens: readonly number[]): Promise<TextScores> => {
    if (texts++ === failAfter) throw new Error(DOWN);
    const halves = Float64Array.from(tokens, (_, i) => (i === 0 ? NaN : -Math.LN2));
    return {
      logProbabilities: halves,
      ranks: new Int32Array(tokens.length).fill(-1),
      entropies: new Float64Array(tokens.length).fill(NaN),
      alternatives: { count: 0, ids: new Int32Array(), logProbabilities: new Float64Array() },
    };
  };
  return { ...model, score };
}

describe('Loss on a server', () => {
  it('keeps the batches that were whole when the server fails', async () => {
    const asked = {
      text: 'abcdefgabcdefgabcdefg',
      context: 3,
      stride: 3,
      batchSize: 1,
      trainRatio: 1,
      shuffle: false,
      seed: 1,
    };
    const { result } = await runExperiment(loss, scoring(serve(whole()).model, 3), asked);
    expect(result).toMatchObject({ stopped: true, brokeOff: DOWN });
    expect(result.training.batchLosses).toHaveLength(3);
    expect(result.training.loss).toBeCloseTo(Math.LN2, 12);
  });
});

describe('a stop while a server is silent', () => {
  /** Answers so many times, and then waits until the request is closed. */
  const silent = (answers: number, onSilence: () => void): LanguageModel => {
    const { model } = serve(whole());
    let left = answers;
    return {
      ...model,
      next: (contexts, signal) =>
        left-- > 0
          ? model.next(contexts)
          : new Promise((_, reject) => {
              signal!.addEventListener('abort', () => {
                reject(signal!.reason as Error);
              });
              onSilence();
            }),
    };
  };
  const stopIn = async <Parameters, Event, Result>(
    experiment: Experiment<Parameters, Event, Result>,
    answers: number,
    parameters: object,
  ): Promise<Result> => {
    const stop = new AbortController();
    const model = silent(answers, () => {
      stop.abort(new Error('closed'));
    });
    const context = { signal: stop.signal, pause: () => Promise.resolve(), emit: () => undefined };
    return experiment.run(model, experiment.parse({ prompt: 'abc', seed: 1, ...parameters }), context);
  };

  it('closes what Determinism asks, and leaves the configurations that are done', async () => {
    const asked = { configurations: ['greedy', 'top-k-1'], repeats: 2, maxNewTokens: 3 };
    const result = await stopIn(determinism, 11, asked);
    expect(result.stopped).toBe(true);
    expect(result.verdicts.map(({ id }) => id)).toEqual(['greedy']);
  });

  it('closes what a tree asks, and leaves what of it is known', async () => {
    const start = { kind: 'beam', length: 2, beams: 2, lengthPenalty: 1 };
    const asked = { alternatives: 3, start, edits: [{ edit: 'expand', path: [0] }] };
    const result = await stopIn(branches, 3, asked);
    expect(result.stopped).toBe(true);
    expect(result.nodes.length).toBeGreaterThan(3);
  });

  it.each([
    { name: 'beam', kind: 'beam', beams: 2, lengthPenalty: 1 },
    { name: 'diverse', kind: 'diverse-beam', beams: 2, groups: 2, diversity: 0.5, lengthPenalty: 1 },
  ])('closes what $kind search asks, and leaves what it has', async (method) => {
    const asked = { form: 'continuations', methods: [method], samples: 1, trials: 1, maxNewTokens: 5 };
    const result = await stopIn(methods, 3, asked);
    expect(result.stopped).toBe(true);
  });
});

describe('Models on servers', () => {
  it('say nothing of distances where one lists only some tokens', async () => {
    const refuse = (): undefined => undefined;
    const all: readonly [Serving, Serving] = [{ refuse }, { listed: 5, refuse }];
    const served = all.map((serving) => serve(whole(), serving));
    const used = served.map(({ model }) => scoring(model));
    const access = {
      count: 2,
      use: <T>(index: number, action: (model: LanguageModel) => Promise<T>): Promise<T> =>
        action(used[index]!),
    };
    const parameters = models.parse({
      prompt: 'abc',
      chain: CHAIN,
      trials: 2,
      samples: 2,
      maxNewTokens: 4,
      seed: 1,
      reference: '',
    });
    const result = await models.compare(access, parameters, {
      emit: () => undefined,
      pause: () => Promise.resolve(),
      signal: new AbortController().signal,
    });
    expect(result.models.map(({ entropy, drawnBy }) => [entropy === null, drawnBy])).toEqual([
      [false, 'server'],
      [true, 'server'],
    ]);
    // A server draws sample i with its seed plus i: no trial may have a text of another.
    const seeds = served[0]!.drawings
      .filter(({ greedy }) => !greedy)
      .flatMap(({ seed, first, samples }) => Array.from({ length: samples }, (_, i) => seed + first + i));
    expect(seeds).toHaveLength(4);
    expect(new Set(seeds).size).toBe(4);
    expect(result.models[0]!.trials.map(({ seed }) => seed)).toEqual([1, 3]);
    expect(result.pairs[0]).toMatchObject({ divergence: null, reverse: null, jensenShannon: null });
    expect(result.next.every(({ probabilities: [a] }) => a !== null)).toBe(true);
    expect(result.next.filter(({ probabilities: [, b] }) => b === null)).toHaveLength(3);
  });
});

describe('a prompt as a chat message', () => {
  const asked = {
    prompt: 'bc',
    chain: [...CHAIN],
    greedy: true,
    seed: 1,
    samples: 1,
    maxNewTokens: 3,
    chat: true,
  };

  it('is what the model’s template makes of it', async () => {
    const model = {
      ...serve(whole()).model,
      chat: async (text: string) => [0, ...(await whole().encode(text)), 0],
    };
    const { result } = await runExperiment(explore, model, asked);
    expect(result.provenance.promptIds).toEqual([0, 1, 2, 0]);
    expect(result.provenance.promptNotes.join(' ')).toMatch(/chat message: .* it is 4 tokens/);
    await expect(runExperiment(explore, model, { ...asked, prompt: 'b'.repeat(70) })).rejects.toThrow(
      /As a chat message the prompt has 72 tokens, but the context of 64 leaves room for 61/,
    );
  });

  it('is refused where there is no template', async () => {
    await expect(runExperiment(explore, serve(whole()).model, asked)).rejects.toThrow(
      /Function has no chat template/,
    );
  });
});
