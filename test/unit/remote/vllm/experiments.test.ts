/** Experiments on a served model, against the same model on this machine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { explore } from '../../../../src/experiments/explore';
import type { ExploreParameters } from '../../../../src/experiments/explore/parameters';
import type { ExploreEvent, ExploreResult } from '../../../../src/experiments/explore/result';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { runExperiment } from '../../experiments/running';
import { hasReference } from '../referenceServer';
import { serve, type Served } from './served';

const PARAMETERS = {
  ...{
    prompt: 'Once upon a time there was a',
    greedy: false,
    seed: 3,
    samples: 3,
    maxNewTokens: 4,
    stop: [],
  },
  chain: [
    { sampler: 'temperature', temperature: 0.9 },
    { sampler: 'top-k', k: 40 },
    { sampler: 'top-p', p: 0.95 },
  ],
};

describe.skipIf(!hasReference)('Explore on a model that vLLM serves', () => {
  let local: LanguageModel;
  let all: Served;
  let best: Served;
  beforeAll(async () => {
    [local, all, best] = await Promise.all([
      loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' }),
      serve('models/fireside', 'all'),
      serve('models/fireside', 20),
    ]);
  });
  afterAll(async () => {
    await Promise.all([local.dispose(), all.server.stop(), best.server.stop()]);
  });

  it('writes the greedy texts of this machine', async () => {
    const parameters = { ...PARAMETERS, prompt: 'The king', greedy: true, samples: 1, maxNewTokens: 5 };
    const here = await runExperiment(explore, local, parameters);
    for (const { model } of [all, best]) {
      const there = await runExperiment(explore, model, parameters);
      expect(there.result.completions[0]!.ids).toEqual(here.result.completions[0]!.ids);
      const [mine, theirs] = [here, there].map(({ result }) => result.completions[0]!.logProbability);
      expect(theirs).toBeCloseTo(mine!, 3);
    }
  });

  it('draws the seeded texts of this machine where the server lists all tokens and the lab draws', async () => {
    const here = await runExperiment(explore, local, PARAMETERS);
    all.asked();
    const there = await runExperiment(explore, all.model, { ...PARAMETERS, drawnBy: 'here' });
    expect(there.result.completions.map(({ ids }) => ids)).toEqual(
      here.result.completions.map(({ ids }) => ids),
    );
    expect(new Set(here.result.completions.map(({ text }) => text)).size).toBe(3);
    // All that is asked in a step is one request: the prompt, and three steps of texts of four tokens.
    expect(all.asked()).toHaveLength(4);
    here.result.completions.forEach(({ steps }, i) => {
      steps.forEach(({ raw, processed, rank }, at) => {
        const step = there.result.completions[i]!.steps[at]!;
        expect(step.raw).toBeCloseTo(raw, 4);
        expect(step.processed).toBeCloseTo(processed!, 4);
        expect(step.rank).toBe(rank);
      });
    });
  });

  it('shows the server’s own texts as they come, the same again with their seed', async () => {
    best.asked();
    const run = (): ReturnType<typeof runExperiment<ExploreParameters, ExploreEvent, ExploreResult>> =>
      runExperiment(explore, best.model, { ...PARAMETERS, chain: PARAMETERS.chain.slice(0, 2), samples: 3 });
    const [one, two] = [await run(), await run()];
    // The prompt once, and each run's texts.
    expect(best.asked()).toHaveLength(3);
    expect(two.result.completions).toEqual(one.result.completions);
    expect(one.result.completions.map(({ ids }) => ids.length)).toEqual([4, 4, 4]);
    expect(one.result.provenance).toMatchObject({ drawnBy: 'server', server: { kind: 'vllm', listed: 20 } });
    const told = one.events.filter(({ type }) => type === 'steps');
    expect(told.length).toBeGreaterThan(6);
  });
});
