import { joinSuffixes, type Gpt2Cache, type SuffixView, type TokenShape } from './gpt2Cache';
import { KeyValueRows } from './keyValueRows';
import type { RowsView } from './stepRunner';

/** A context to work on, with the usable part of its cache. */
export interface Job {
  /** Its place among the contexts that were given. */
  readonly index: number;
  readonly tokens: readonly number[];
  readonly cache: Gpt2Cache | null;
}

/** A context of which only the last token is new. */
export type StepJob = Job & { readonly cache: Gpt2Cache };

/** Sequences that are continued in one run: same prefix, equally long suffixes. */
export interface Batch {
  readonly jobs: readonly StepJob[];
  readonly prefix: RowsView;
  /** Of `groups` sequences, of which those of the jobs are at `places`. */
  readonly suffix: RowsView;
  readonly groups: number;
  readonly places: readonly number[];
}

/** Most sequences in one run: more are no faster, and a cancel waits for the run's end. */
const MOST_SEQUENCES = 64;

/**
 * As sequences end, those that remain go on in the rows where they stand while at least this share of them is
 * left: computing for the ended ones costs less than copying the others.
 */
const LEAST_SHARE = 3 / 4;

/**
 * Puts contexts together that can be continued in one run.
 * @param longest tokens that the contexts may grow to: newly made rows need no room for more.
 */
export function planBatches(jobs: readonly StepJob[], shape: TokenShape, longest: number): Batch[] {
  const alike = groupBy(jobs, ({ cache }) => [
    cache.prefix.rows,
    cache.prefix.length,
    cache.suffix?.length ?? 0,
  ]);
  return alike.flatMap((group) => {
    const batches: Batch[] = [];
    const loose: StepJob[] = [];
    for (const same of groupBy(group, ({ cache }) => [cache.suffix?.rows ?? null])) {
      const standing = batchWhereTheyStand(same, group.length);
      if (standing) batches.push(standing);
      else loose.push(...same);
    }
    for (let start = 0; start < loose.length; start += MOST_SEQUENCES) {
      batches.push(newBatch(loose.slice(start, start + MOST_SEQUENCES), shape, longest));
    }
    return batches;
  });
}

/** A batch of sequences whose suffixes are in the same rows, without a copy; undefined where that would not do. */
function batchWhereTheyStand(jobs: readonly StepJob[], all: number): Batch | undefined {
  const { prefix, suffix } = jobs[0]!.cache;
  if (!suffix) return undefined;
  const places = jobs.map(({ cache }) => cache.suffix!.sequence);
  const crowded = new Set(places).size < places.length;
  const deserted = jobs.length < LEAST_SHARE * suffix.groups;
  // Several small batches are better joined.
  const small = jobs.length < Math.min(all, MOST_SEQUENCES) / 2;
  if (crowded || deserted || small) return undefined;
  return { jobs, prefix, suffix, groups: suffix.groups, places };
}

/**
 * Sequences that have just parted from one another are put together anew at nearly every token, up to about so many of
 * their own, and get little room: the less, the younger they are.
 */
const YOUNG = 6;

/** Tokens for which others get room at once, since making more moves the keys and values of all sequences. */
const ROOM = 48;

function newBatch(jobs: readonly StepJob[], shape: TokenShape, longest: number): Batch {
  const groups = jobs.length;
  const { suffix: own, length: known } = jobs[0]!.cache;
  const length = own?.length ?? 0;
  const room = Math.min(length < YOUNG ? length + 2 : ROOM, longest - known);
  const suffixes = jobs.map(({ cache }) => cache.suffix).filter((s): s is SuffixView => s !== null);
  const suffix =
    suffixes.length > 0
      ? joinSuffixes(suffixes, shape, room)
      : { rows: new KeyValueRows(shape.parts, shape.heads * groups * shape.headWidth, room), length: 0 };
  return { jobs, prefix: jobs[0]!.cache.prefix, suffix, groups, places: jobs.map((_, i) => i) };
}

/** Groups items whose keys are equal part by part, in the order of their first item. */
export function groupBy<T>(items: readonly T[], key: (item: T) => readonly unknown[]): T[][] {
  const root = new Map<unknown, unknown>();
  const groups: T[][] = [];
  for (const item of items) {
    const parts = key(item);
    let level = root;
    for (const part of parts.slice(0, -1)) {
      if (!level.has(part)) level.set(part, new Map());
      level = level.get(part) as Map<unknown, unknown>;
    }
    const last = parts.at(-1);
    let group = level.get(last) as T[] | undefined;
    if (!group) {
      group = [];
      level.set(last, group);
      groups.push(group);
    }
    group.push(item);
  }
  return groups;
}
