/** Explore's own part of the page's memory: what is on screen, with everything needed to draw it, logits included. */
import * as v from 'valibot';
import { t } from '../../../src/l10n/language';
import type { ListedTokens } from '../../../src/core/languageModel';
import { MOST_TOKENS } from '../../../src/experiments/explore/distribution';
import { completionSchema } from '../../../src/experiments/kit/decodingLoop';
import { provenanceSchema } from '../../../src/experiments/kit/results';
import { failureSchema, promptSourceSchema, toySchema } from '../../../src/protocol/messages';
import { stepsSchema, stepsText } from '../../form/chainEditor';
import { packFloats, unpackFloats } from '../../frame/memory';
import type { ExploreResult } from '../../../src/experiments/explore/result';
import type { Outcome } from '../../frame/record';
import { orderIn } from './order';
import { ExploreRun, type Finished } from './run';
import type { LatestRun } from './screen';

/** VS Code writes the state with the window: of very long results, less is kept. */
const MOST_STEPS = 40_000;
const MOST_STEPS_WITH_ALTERNATIVES = 4_000;

/** Of the result, what the page shows beside the steps. */
const resultSchema = v.object({
  completions: v.array(completionSchema),
  stopped: v.boolean(),
  newTokens: v.number(),
  milliseconds: v.number(),
  provenance: v.pick(provenanceSchema, ['precision', 'server', 'drawnBy', 'notDrawnThere']),
});
type StoredResult = v.InferOutput<typeof resultSchema>;

const alternativeRow = v.tuple([v.number(), v.number(), v.nullable(v.number())]);
/** What is kept of a step that is held to a shape. */
const shapeSchema = v.object({ fitting: v.optional(v.number()), wanted: v.optional(v.number()) });
const stepRow = v.tuple([
  v.number(),
  v.number(),
  v.nullable(v.number()),
  v.number(),
  v.array(alternativeRow),
  v.optional(shapeSchema),
]);

const runSchema = v.object({
  order: v.object({
    model: v.string(),
    toy: v.optional(toySchema),
    source: promptSourceSchema,
    parameters: v.looseObject({ prompt: v.string() }),
  }),
  /** One id or none in what an earlier version has stored. */
  endOfText: v.union([v.nullable(v.number()), v.array(v.number())]),
  prompt: v.object({ ids: v.array(v.number()), truncated: v.boolean(), notes: v.array(v.string()) }),
  logits: v.string(),
  /** Where a server lists some tokens only: `logits` are theirs, then what each of the others has. */
  listed: v.optional(
    v.object({
      ids: v.array(v.number()),
      mass: v.number(),
      bound: v.number(),
      vocabularySize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_TOKENS)),
    }),
  ),
  /** null where the result that is kept beside it has them. */
  completions: v.nullable(
    v.array(
      v.object({ ...v.pick(completionSchema, ['end', 'stop', 'turns']).entries, steps: v.array(stepRow) }),
    ),
  ),
  result: v.optional(v.unknown()),
  failure: v.optional(failureSchema),
});

const ownSchema = v.object({
  /** Tokens in the distribution that have a row of their own. */
  rows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
  unit: v.picklist(['nats', 'bits']),
  run: v.nullable(runSchema),
});

/** What an earlier version has stored: its controls apart, and no result as such. */
const earlierSchema = v.object({
  settings: v.object({
    steps: stepsSchema,
    maxNewTokens: v.number(),
    samples: v.number(),
    seed: v.number(),
    greedy: v.boolean(),
  }),
  drawerOpen: v.boolean(),
});

export interface ExploreMemory {
  readonly rows: number;
  readonly unit: 'nats' | 'bits';
  readonly latest: LatestRun | null;
}

/** Explore's own part of its memory as plain JSON. A run that is not over is not kept. @param kept the result that is kept beside it */
export function packExplore(
  { rows, unit, latest }: ExploreMemory,
  kept: Outcome<ExploreResult> | null,
): v.InferOutput<typeof ownSchema> {
  return { rows, unit, run: latest && packRun(latest.run, kept?.order !== latest.order) };
}

/** The inverse of `packExplore`; null for anything it did not make. */
export function unpackExplore(value: unknown, kept: Outcome<ExploreResult> | null): ExploreMemory | null {
  const parsed = v.safeParse(ownSchema, value);
  if (!parsed.success) return null;
  const { rows, unit, run } = parsed.output;
  return { rows, unit, latest: run && unpackRun(run, kept) };
}

/** What every tab keeps, of what an earlier version has stored; anything else as it is. */
export function upgraded(value: unknown): unknown {
  const parsed = v.safeParse(earlierSchema, value);
  if (!parsed.success) return value;
  const { settings, drawerOpen } = parsed.output;
  const { steps, maxNewTokens, samples, seed, greedy } = settings;
  const numbers = { maxNewTokens: String(maxNewTokens), samples: String(samples), seed: String(seed) };
  return { values: { chain: stepsText(steps), greedy, ...numbers }, drawerOpen, outcome: null };
}

type StoredRun = v.InferOutput<typeof runSchema>;

function packRun(run: ExploreRun, whole: boolean): StoredRun | null {
  const { prompt, logits, listed, source } = run;
  if (!prompt || !logits || !source || run.state === 'running') return null;
  const total = run.completions.reduce((sum, { steps }) => sum + steps.length, 0);
  let room = MOST_STEPS;
  const kept = run.completions.filter(({ steps }) => (room -= steps.length) >= 0);
  const packed = kept.map(({ end, stop, turns, steps }) => ({
    end: end ?? 'stopped',
    ...(stop !== undefined && { stop }),
    ...(turns.length > 0 && { turns: [...turns] }),
    steps: steps.map(
      ({ id, raw, processed, rank, alternatives, ...shape }): v.InferOutput<typeof stepRow> => [
        id,
        raw,
        processed,
        rank,
        total > MOST_STEPS_WITH_ALTERNATIVES ? [] : alternatives.map((a) => [a.id, a.raw, a.processed]),
        shape,
      ],
    ),
  }));
  const { model, toy, parameters } = run.order;
  const { finished, failure } = run;
  return {
    order: { model, ...(toy && { toy }), source, parameters },
    endOfText: [...run.endOfText],
    prompt: { ...prompt, ids: [...prompt.ids], notes: [...prompt.notes] },
    ...packLogits(logits, listed),
    completions: whole ? packed : null,
    result: whole && finished ? packFinished(finished, kept.length) : undefined,
    ...(failure && { failure }),
  };
}

/** Of 150,000 tokens of which 20 are listed, these are kept, and after them what each of the others has. */
function packLogits(
  logits: Float32Array,
  listed: ListedTokens | undefined,
): Pick<StoredRun, 'logits' | 'listed'> {
  if (!listed) return { logits: packFloats(logits) };
  const { ids, mass, bound } = listed;
  const other = logits.findIndex((_, id) => !ids.includes(id));
  return {
    logits: packFloats(Float32Array.from([...ids, other], (id) => logits[id] ?? -Infinity)),
    listed: { ids: [...ids], mass, bound, vocabularySize: logits.length },
  };
}

/** The inverse; null for what it did not make. */
function unpackLogits({
  logits: packed,
  listed,
}: StoredRun): { readonly logits: Float32Array; readonly listed?: ListedTokens } | null {
  const logits = unpackFloats(packed);
  if (!logits || !listed) return logits && { logits };
  const { ids, mass, bound, vocabularySize } = listed;
  if (logits.length !== ids.length + 1 || !ids.every((id) => id >= 0 && id < vocabularySize)) return null;
  const all = new Float32Array(vocabularySize).fill(logits[ids.length]!);
  for (const [i, id] of ids.entries()) all[id] = logits[i]!;
  return { logits: all, listed: { ids: Int32Array.from(ids), mass, bound } };
}

function packFinished({ provenance, completions, ...finished }: Finished, kept: number): StoredResult {
  const { precision, server, drawnBy, notDrawnThere } = provenance;
  return {
    ...finished,
    completions: completions.slice(0, kept),
    provenance: { precision, server, drawnBy, notDrawnThere },
  };
}

function unpackRun(stored: StoredRun, kept: Outcome<ExploreResult> | null): LatestRun | null {
  const { source, toy, ...asked } = stored.order;
  const order = stored.completions === null && kept ? kept.order : { ...asked, toy };
  const next = unpackLogits(stored);
  const own = orderIn(order);
  if (!next || !own) return null;
  const run = new ExploreRun(own, source);
  run.receive({ type: 'prompt', prompt: { ...stored.prompt, ids: Int32Array.from(stored.prompt.ids) } }, 0);
  run.receive({ type: 'next', ...next }, 0);
  run.endOfText = [stored.endOfText ?? []].flat();
  if (order === kept?.order) {
    run.fill(kept.result.completions);
    run.finish(kept.result);
    return { order, run };
  }
  run.fill(
    (stored.completions ?? []).map(({ steps, ...completion }) => ({
      ...completion,
      steps: steps.map(([id, raw, processed, rank, alternatives, shape]) => ({
        ...{ id, raw, processed, rank, ...shape },
        alternatives: alternatives.map(([a, before, after]) => ({ id: a, raw: before, processed: after })),
      })),
    })),
  );
  const result = v.safeParse(resultSchema, stored.result);
  if (result.success) run.close(result.output);
  else run.fail(stored.failure ?? { code: 'stopped', sentence: t('The run was interrupted.') });
  return { order, run };
}
