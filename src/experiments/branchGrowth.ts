/** What a tree begins with, and what a person's edits add to it. */
import { beamSearch } from '../core/search/beam';
import { enumerate } from '../core/search/enumeration';
import { greedySearch } from '../core/search/greedy';
import type { LanguageModel, NextToken } from '../core/languageModel';
import type { ChainSpec } from '../core/samplers/chain';
import { BeamRecorder } from './beamRecorder';
import type {
  BranchEdit,
  BranchesEvent,
  BranchesParameters,
  BranchesResult,
  BranchStart,
} from './branchesTypes';
import type { BranchTree } from './branchTree';
import type { RunContext } from './experiment';
import { beginGrowing, growTogether, sequencesTogether, type Growing } from './grow';
import { TokenChooser } from './tokenChooser';

export interface BranchWork {
  readonly model: LanguageModel;
  readonly parameters: BranchesParameters;
  readonly promptIds: readonly number[];
  readonly tree: BranchTree;
  readonly context: RunContext<BranchesEvent>;
}

type Start<Kind extends BranchStart['kind']> = Extract<BranchStart, { kind: Kind }>;

/** What a start puts into the tree, and what it tells beside that. */
export interface Started {
  readonly paths: readonly (readonly number[])[];
  /** Beginnings after which the most probable tokens are shown. */
  readonly expanded: readonly (readonly number[])[];
  readonly exact: BranchesResult['exact'];
  readonly beam: BranchesResult['beam'];
}

export const NOTHING: Started = { paths: [], expanded: [], exact: null, beam: null };

/**
 * The last start of every model: while a person edits a tree, what it began with is the same again and again, and a
 * long search need not be repeated for every twig that is cut.
 */
const lastStarts = new WeakMap<LanguageModel, { readonly key: string; readonly started: Started }>();

/** Puts into the tree what it begins with. */
export async function growStart(work: BranchWork, first: NextToken): Promise<Started> {
  const { model, parameters, promptIds, tree, context } = work;
  const key = JSON.stringify([promptIds, parameters.start]);
  const last = lastStarts.get(model);
  const started = last?.key === key ? last.started : await findStart(work, first);
  if (!context.signal.aborted) lastStarts.set(model, { key, started });
  for (const path of started.paths) tree.add(path, 'start');
  for (const path of started.expanded) tree.expand(path);
  return started;
}

async function findStart(work: BranchWork, first: NextToken): Promise<Started> {
  const { start } = work.parameters;
  switch (start.kind) {
    case 'alternatives':
      return { ...NOTHING, expanded: [[]] };
    case 'greedy': {
      const [text] = await growTexts(work, [{ path: [], next: first, sample: 0 }], start.length, GREEDY);
      const path = text!;
      return { ...NOTHING, paths: [path], expanded: path.map((_, length) => path.slice(0, length)) };
    }
    case 'samples':
      return { ...NOTHING, paths: await growSamples(work, first, start) };
    case 'exact':
      return growExact(work, start);
    case 'beam':
      return growBeam(work, start);
  }
}

interface Choosing {
  readonly chain: ChainSpec;
  readonly greedy: boolean;
  readonly seed: number;
}

const GREEDY: Choosing = { chain: [], greedy: true, seed: 0 };

function growSamples(work: BranchWork, first: NextToken, start: Start<'samples'>): Promise<number[][]> {
  const { temperature, topK, seed, count, length } = start;
  const chain: ChainSpec = [
    { sampler: 'temperature', temperature },
    ...(topK === null ? [] : [{ sampler: 'top-k' as const, k: topK }]),
  ];
  const ends = Array.from({ length: count }, (_, sample) => ({ path: [], next: first, sample }));
  return growTexts(work, ends, length, { chain, greedy: false, seed });
}

/** A path, the model's answer to it, and the number of the random stream that goes on from it. */
interface End {
  readonly path: readonly number[];
  readonly next: NextToken;
  readonly sample: number;
}

/** Goes on from every end by up to `length` tokens. @returns the whole paths. */
async function growTexts(
  { model, promptIds, context }: BranchWork,
  ends: readonly End[],
  length: number,
  choosing: Choosing,
): Promise<number[][]> {
  const chooser = new TokenChooser(model, { ...choosing, alternatives: 0 });
  const growing = ends.map(({ path, next, sample }): Growing =>
    beginGrowing(chooser, chooser.begin(sample, [...promptIds, ...path]), next),
  );
  let done = 0;
  const together = sequencesTogether(length);
  for (let from = 0; from < growing.length && !context.signal.aborted; from += together) {
    await growTogether(model, growing.slice(from, from + together), length, context, (choices) => {
      done += choices.length;
      context.emit({ type: 'progress', done, total: ends.length * length, what: 'tokens' });
    });
  }
  return growing.map(({ sequence }) => sequence.tokens.slice(promptIds.length));
}

async function growExact(
  { model, promptIds, context }: BranchWork,
  { length, count, budget }: Start<'exact'>,
): Promise<Started> {
  const { signal } = context;
  const found = await enumerate(model, promptIds, {
    length,
    count,
    budget,
    endOfText: model.info.endOfText,
    signal,
    onStep: async ({ read }) => {
      context.emit({ type: 'progress', done: read, total: budget, what: 'beginnings' });
      await context.pause();
    },
  });
  const greedy = await greedySearch(model, promptIds, {
    maxNewTokens: length,
    signal,
    onStep: context.pause,
  });
  const paths = found.continuations.map(({ tokens }) => tokens);
  const textOf = (tokens: readonly number[]): string => model.decode(withoutEnd(model, tokens));
  return {
    ...NOTHING,
    paths: signal.aborted ? paths : [...paths, greedy.tokens],
    exact: {
      continuations: found.continuations.map(({ tokens, logProbability, proven }) => ({
        ids: [...tokens],
        text: textOf(tokens),
        logProbability,
        proven,
      })),
      bound: found.bound === -Infinity ? null : found.bound,
      read: found.read,
      greedy: {
        ids: [...greedy.tokens],
        text: greedy.text,
        logProbability: total(greedy.logProbabilities),
      },
    },
  };
}

function withoutEnd({ info }: LanguageModel, tokens: readonly number[]): readonly number[] {
  return tokens.at(-1) === info.endOfText ? tokens.slice(0, -1) : tokens;
}

function total(logProbabilities: readonly number[]): number {
  return logProbabilities.reduce((sum, logProbability) => sum + logProbability, 0);
}

async function growBeam(
  { model, promptIds, context }: BranchWork,
  { length, beams, lengthPenalty }: Start<'beam'>,
): Promise<Started> {
  const recorder = new BeamRecorder(model, promptIds, { beams, length });
  const results = await beamSearch(recorder, promptIds, {
    maxNewTokens: length,
    beams,
    returned: beams,
    lengthPenalty,
    signal: context.signal,
    onStep: async ({ step, sequences }) => {
      recorder.keep(sequences);
      context.emit({ type: 'progress', done: step, total: length, what: 'steps' });
      await context.pause();
    },
  });
  return {
    ...NOTHING,
    paths: results.map(({ tokens }) => tokens),
    beam: {
      steps: recorder.steps(),
      results: results.map(({ tokens, text, logProbabilities, score, end }) => ({
        ids: [...tokens],
        text,
        logProbability: total(logProbabilities),
        score,
        end,
      })),
    },
  };
}

type Taken = Extract<BranchEdit, { edit: 'take' }>;

/** Makes a person's edits. */
export async function growEdits(work: BranchWork, first: NextToken): Promise<void> {
  const { parameters, tree } = work;
  const { edits } = parameters;
  const whole = await growTaken(work, first);
  for (const edit of edits) {
    switch (edit.edit) {
      case 'take':
        tree.add(whole.get(edit) ?? edit.path, 'taken');
        break;
      case 'expand':
        tree.expand(edit.path);
        break;
      case 'prune':
        tree.prune(edit.path);
        break;
      case 'pin':
        tree.pin(edit.path);
        break;
    }
  }
}

/** Where the taken paths lead, greedily; those that go on equally far go on side by side. */
async function growTaken(work: BranchWork, first: NextToken): Promise<ReadonlyMap<Taken, readonly number[]>> {
  const { model, parameters, promptIds, context } = work;
  const growing = parameters.edits.filter(
    (edit): edit is Taken =>
      edit.edit === 'take' && edit.ahead > 0 && edit.path.at(-1) !== model.info.endOfText,
  );
  const whole = new Map<Taken, readonly number[]>();
  for (const ahead of new Set(growing.map((edit) => edit.ahead))) {
    const alike = growing.filter((edit) => edit.ahead === ahead);
    const ends: End[] = [];
    for (const { path } of alike) {
      await context.pause();
      if (context.signal.aborted) return whole;
      const [next] = await model.next([{ tokens: [...promptIds, ...path], cache: first.cache }]);
      ends.push({ path, next: next!, sample: 0 });
    }
    const paths = await growTexts(work, ends, ahead, GREEDY);
    alike.forEach((edit, i) => whole.set(edit, paths[i]!));
  }
  return whole;
}
