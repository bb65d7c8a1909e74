/** Explore's part of the page's memory: its controls, and the last result with everything needed to draw it. */
import * as v from 'valibot';
import { parseChain } from '../../../src/core/samplers/chain';
import type { TokenStep } from '../../../src/experiments/kit/nextTokens';
import { failureSchema, promptSourceSchema, toySchema } from '../../../src/protocol/messages';
import { endSchema, readExploreResult } from './events';
import { ExploreRun, type ExploreOrder } from './run';
import { packFloats, unpackFloats } from '../../frame/memory';
import { chainOfSteps, MENU, type SamplerStep } from '../../form/samplerSteps';
import type { Settings } from './settings';

/** VS Code writes the state with the window: of very long results, less is kept. */
const MOST_STEPS = 40_000;
const MOST_STEPS_WITH_ALTERNATIVES = 4_000;

const alternativeRow = v.tuple([v.number(), v.number(), v.number()]);
const stepRow = v.tuple([v.number(), v.number(), v.number(), v.number(), v.array(alternativeRow)]);

const runSchema = v.object({
  order: v.object({
    model: v.string(),
    toy: v.optional(toySchema),
    source: promptSourceSchema,
    parameters: v.object({
      prompt: v.string(),
      chain: v.unknown(),
      greedy: v.boolean(),
      seed: v.number(),
      samples: v.number(),
      maxNewTokens: v.number(),
    }),
  }),
  /** One id or none in what an earlier version has stored. */
  endOfText: v.union([v.nullable(v.number()), v.array(v.number())]),
  prompt: v.object({ ids: v.array(v.number()), truncated: v.boolean(), notes: v.array(v.string()) }),
  logits: v.string(),
  completions: v.array(v.object({ end: endSchema, steps: v.array(stepRow) })),
  result: v.unknown(),
  failure: v.optional(failureSchema),
});

const stepSchema = v.pipe(
  v.object({
    key: v.string(),
    sampler: v.picklist(MENU),
    values: v.record(v.string(), v.nullable(v.union([v.number(), v.string()]))),
  }),
  // A value that the sampler refuses, for example another version's.
  v.check((step) => isGood(step)),
);

const memorySchema = v.object({
  settings: v.object({
    steps: v.array(stepSchema),
    maxNewTokens: v.number(),
    samples: v.number(),
    seed: v.number(),
    greedy: v.boolean(),
  }),
  rows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
  unit: v.picklist(['nats', 'bits']),
  drawerOpen: v.boolean(),
  run: v.nullable(runSchema),
});
type StoredMemory = v.InferOutput<typeof memorySchema>;

export interface ExploreMemory {
  readonly settings: Settings;
  /** Tokens in the distribution that have a row of their own. */
  readonly rows: number;
  readonly unit: 'nats' | 'bits';
  readonly drawerOpen: boolean;
  readonly run: ExploreRun | null;
}

function isGood(step: SamplerStep): boolean {
  try {
    chainOfSteps([step]);
    return true;
  } catch {
    return false;
  }
}

/** The memory as plain JSON. A run that is not over is not kept. */
export function packExplore(memory: ExploreMemory): unknown {
  const steps = memory.settings.steps.map(({ values, ...step }) => ({ ...step, values: { ...values } }));
  return {
    ...memory,
    settings: { ...memory.settings, steps },
    run: memory.run && packRun(memory.run),
  } satisfies StoredMemory;
}

/** The inverse of `packExplore`; null for anything it did not make. */
export function unpackExplore(value: unknown): ExploreMemory | null {
  const parsed = v.safeParse(memorySchema, value);
  if (!parsed.success) return null;
  return { ...parsed.output, run: parsed.output.run && unpackRun(parsed.output.run) };
}

type StoredRun = v.InferOutput<typeof runSchema>;

function packRun(run: ExploreRun): StoredRun | null {
  if (!run.prompt || !run.logits || run.state === 'running') return null;
  const total = run.completions.reduce((sum, { steps }) => sum + steps.length, 0);
  let room = MOST_STEPS;
  const kept = run.completions.filter(({ steps }) => (room -= steps.length) >= 0);
  const { model, toy, source, parameters } = run.order;
  return {
    order: { model, ...(toy && { toy }), source, parameters },
    endOfText: [...run.endOfText],
    prompt: { ...run.prompt, ids: [...run.prompt.ids], notes: [...run.prompt.notes] },
    logits: packFloats(run.logits),
    completions: kept.map(({ end, steps }) => ({
      end: end ?? 'stopped',
      steps: steps.map(({ id, raw, processed, rank, alternatives }) => [
        id,
        raw,
        processed,
        rank,
        total > MOST_STEPS_WITH_ALTERNATIVES ? [] : alternatives.map((a) => [a.id, a.raw, a.processed]),
      ]),
    })),
    result: run.result && { ...run.result, completions: run.result.completions.slice(0, kept.length) },
    ...(run.failure && { failure: run.failure }),
  };
}

function unpackRun(stored: StoredRun): ExploreRun | null {
  const logits = unpackFloats(stored.logits);
  const order = unpackOrder(stored.order);
  if (!logits || !order) return null;
  const run = new ExploreRun(order, 0);
  run.endOfText = [stored.endOfText ?? []].flat();
  run.receive({ type: 'prompt', prompt: { ...stored.prompt, ids: Int32Array.from(stored.prompt.ids) } }, 0);
  run.receive({ type: 'next', logits }, 0);
  stored.completions.forEach(({ steps }, sample) => {
    const restored = steps.map(([id, raw, processed, rank, alternatives]): TokenStep => ({
      ...{ sample, id, raw, processed, rank },
      alternatives: alternatives.map(([a, before, after]) => ({ id: a, raw: before, processed: after })),
    }));
    run.receive({ type: 'steps', steps: restored }, 0);
  });
  const result = readExploreResult(stored.result);
  if (result) run.finish(result);
  else run.fail(stored.failure ?? { code: 'stopped', sentence: 'The run was interrupted.' });
  return run;
}

function unpackOrder({ parameters, toy, ...order }: StoredRun['order']): ExploreOrder | null {
  try {
    return { ...order, toy, parameters: { ...parameters, chain: parseChain(parameters.chain) } };
  } catch {
    // Another version's chain: the result cannot be shown truthfully.
    return null;
  }
}
