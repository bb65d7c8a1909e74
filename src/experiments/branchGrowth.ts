/** What a tree begins with, and what a person's edits add to it. */
import { beamSearch } from '../core/search/beam';
import { enumerate } from '../core/search/enumeration';
import { greedySearch } from '../core/search/greedy';
import type { LanguageModel, NextToken } from '../core/languageModel';
import type { ChainSpec } from '../core/samplers/chain';
import { BeamRecorder } from './beamRecorder';
import type { BranchesEvent, BranchesParameters, BranchesResult, BranchStart } from './branchesTypes';
import type { BranchTree } from './branchTree';
import type { RunContext } from './experiment';
import { beginGrowing, growTogether, type Growing } from './grow';
import { TokenChooser } from './tokenChooser';

export interface BranchWork {
  readonly model: LanguageModel;
  readonly parameters: BranchesParameters;
  readonly promptIds: readonly number[];
  readonly tree: BranchTree;
  readonly context: RunContext<BranchesEvent>;
}

type Start<Kind extends BranchStart['kind']> = Extract<BranchStart, { kind: Kind }>;

/** What a start tells beside the tree. */
export type StartRecord = Pick<BranchesResult, 'exact' | 'beam'>;

/** Puts into the tree what it begins with. */
export async function growStart(work: BranchWork, first: NextToken): Promise<StartRecord> {
  const { parameters, tree } = work;
  const { start } = parameters;
  switch (start.kind) {
    case 'alternatives':
      tree.expand([]);
      return { exact: null, beam: null };
    case 'greedy': {
      const [text] = await growTexts(work, [{ path: [], next: first, sample: 0 }], start.length, GREEDY);
      tree.add(text!, 'start');
      for (let length = 0; length < text!.length; length++) tree.expand(text!.slice(0, length));
      return { exact: null, beam: null };
    }
    case 'samples':
      await growSamples(work, first, start);
      return { exact: null, beam: null };
    case 'exact':
      return { exact: await growExact(work, start), beam: null };
    case 'beam':
      return { exact: null, beam: await growBeam(work, start) };
  }
}

interface Choosing {
  readonly chain: ChainSpec;
  readonly greedy: boolean;
  readonly seed: number;
}

const GREEDY: Choosing = { chain: [], greedy: true, seed: 0 };

async function growSamples(work: BranchWork, first: NextToken, start: Start<'samples'>): Promise<void> {
  const { temperature, topK, seed, count, length } = start;
  const chain: ChainSpec = [
    { sampler: 'temperature', temperature },
    ...(topK === null ? [] : [{ sampler: 'top-k' as const, k: topK }]),
  ];
  const ends = Array.from({ length: count }, (_, sample) => ({ path: [], next: first, sample }));
  for (const text of await growTexts(work, ends, length, { chain, greedy: false, seed })) {
    work.tree.add(text, 'start');
  }
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
  const group = ends.map(({ path, next, sample }): Growing =>
    beginGrowing(chooser, chooser.begin(sample, [...promptIds, ...path]), next),
  );
  let done = 0;
  const tell = (choices: readonly unknown[]): void => {
    done += choices.length;
    context.emit({ type: 'progress', done, total: ends.length * length, what: 'tokens' });
  };
  if (length > 0 && group.length > 0) await growTogether(model, group, length, context, tell);
  return group.map(({ sequence }) => sequence.tokens.slice(promptIds.length));
}

async function growExact(work: BranchWork, start: Start<'exact'>): Promise<BranchesResult['exact']> {
  const { model, promptIds, tree, context } = work;
  const { length, count, budget } = start;
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
  for (const { tokens } of found.continuations) tree.add(tokens, 'start');
  const greedy = await greedySearch(model, promptIds, {
    maxNewTokens: length,
    signal,
    onStep: context.pause,
  });
  if (!signal.aborted) tree.add(greedy.tokens, 'start');
  const textOf = (tokens: readonly number[]): string => model.decode(withoutEnd(model, tokens));
  return {
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
      logProbability: greedy.logProbabilities.reduce((sum, logProbability) => sum + logProbability, 0),
    },
  };
}

function withoutEnd({ info }: LanguageModel, tokens: readonly number[]): readonly number[] {
  return tokens.at(-1) === info.endOfText ? tokens.slice(0, -1) : tokens;
}

async function growBeam(work: BranchWork, start: Start<'beam'>): Promise<BranchesResult['beam']> {
  const { model, promptIds, tree, context } = work;
  const { length, beams, lengthPenalty } = start;
  const recorder = new BeamRecorder(model, promptIds, beams);
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
  for (const { tokens } of results) tree.add(tokens, 'start');
  return {
    steps: recorder.steps(results.map(({ tokens }) => tokens)),
    results: results.map(({ tokens, text, logProbabilities, score, end }) => ({
      ids: [...tokens],
      text,
      logProbability: logProbabilities.reduce((sum, logProbability) => sum + logProbability, 0),
      score,
      end,
    })),
  };
}

/** Makes a person's edits. Paths that are taken go on greedily, all of them side by side. */
export async function growEdits(work: BranchWork, first: NextToken): Promise<void> {
  const { model, parameters, promptIds, tree, context } = work;
  const { edits, ahead } = parameters;
  const taken = edits.filter(({ edit, path }) => edit === 'take' && path.at(-1) !== model.info.endOfText);
  const ends: End[] = [];
  if (ahead > 0) {
    for (const { path } of taken) {
      await context.pause();
      if (context.signal.aborted) return;
      const [next] = await model.next([{ tokens: [...promptIds, ...path], cache: first.cache }]);
      ends.push({ path, next: next!, sample: 0 });
    }
  }
  const grown = await growTexts(work, ends, ahead, GREEDY);
  const whole = new Map(taken.map((edit, i) => [edit, grown[i] ?? edit.path]));
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
