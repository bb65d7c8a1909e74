/** What a tree begins with, and what a user's edits add to it. */
import { beamSearch } from '../../core/search/beam';
import { enumerate } from '../../core/search/enumeration';
import { greedySearch } from '../../core/search/greedy';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import type { ChainSpec } from '../../core/samplers/chain';
import { sum } from '../../core/sums';
import { t } from '../../l10n/language';
import { BeamRecorder } from './beamRecorder';
import type { BranchesEvent } from './result';
import { readingOf, type BranchMemory, type Started } from './memory';
import type { BranchEdit, BranchesParameters, BranchStart } from './parameters';
import type { BranchTree } from './tree';
import { breakOff, type RunContext } from '../kit/experiment';
import { lacksTokens, needWhole } from '../kit/listing';
import { beginDecoding, decodeTogether, sequencesTogether, type DecodingSequence } from '../kit/decodingLoop';
import { TokenSelector } from '../kit/tokenSelection';

export interface BranchWork {
  readonly model: LanguageModel;
  readonly parameters: BranchesParameters;
  readonly promptIds: readonly number[];
  readonly tree: BranchTree;
  readonly memory: BranchMemory;
  readonly context: RunContext<BranchesEvent>;
}

type Start<Kind extends BranchStart['kind']> = Extract<BranchStart, { kind: Kind }>;

export const NOTHING: Started = { paths: [], expanded: [], exact: null, beam: null };

/** Puts into the tree what it begins with. */
export async function growStart(work: BranchWork, first: NextToken): Promise<Started> {
  const { parameters, tree, memory, context } = work;
  const key = JSON.stringify([parameters.start, parameters.stop ?? []]);
  const started = memory.start?.key === key ? memory.start.started : await findStart(work, first);
  if (!context.signal.aborted) memory.start = { key, started };
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
      const [text] = await growTexts(work, [{ path: [], next: first, sample: 0 }], start.length, {
        ...GREEDY,
        remember: true,
      });
      const { path } = text!;
      return { ...NOTHING, paths: [path], expanded: path.map((_, length) => path.slice(0, length)) };
    }
    case 'samples':
      return growSamples(work, first, start);
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

async function growSamples(work: BranchWork, first: NextToken, start: Start<'samples'>): Promise<Started> {
  const { temperature, topK, seed, count, length } = start;
  const chain: ChainSpec = [
    { sampler: 'temperature', temperature },
    ...(topK === null ? [] : [{ sampler: 'top-k' as const, k: topK }]),
  ];
  const ends = Array.from({ length: count }, (_, sample) => ({ path: [], next: first, sample }));
  const texts = await growTexts(work, ends, length, { chain, greedy: false, seed, remember: true });
  const unlisted = texts.filter((text) => text.unlisted).length;
  const offs = texts.map(({ off }) => off);
  const off = offs.includes(null) ? null : Math.max(...offs.map((each) => each ?? 0));
  return {
    ...NOTHING,
    paths: texts.map(({ path }) => path),
    ...((unlisted > 0 || off !== 0) && { sampled: { unlisted, off } }),
  };
}

/** A path, the model's answer to it, and the number of the random stream that goes on from it. */
interface End {
  readonly path: readonly number[];
  readonly next: NextToken;
  readonly sample: number;
}

/**
 * Goes on from every end by up to `length` tokens.
 * @param remember keeps what the model answers: only where all of it was read token by token from the prompt on.
 * @returns the whole paths; of each whether it ended because what was drawn is not listed, and the most by which a
 * probability that it was drawn with may be off, null where that is not known.
 */
async function growTexts(
  { model, promptIds, parameters, memory, context }: BranchWork,
  ends: readonly End[],
  length: number,
  { remember, ...choosing }: Choosing & { readonly remember: boolean },
): Promise<{ readonly path: number[]; readonly unlisted: boolean; readonly off: number | null }[]> {
  const selector = new TokenSelector(model, { ...choosing, alternatives: 0 });
  const growing = ends.map(({ path, next, sample }): DecodingSequence =>
    beginDecoding(selector, selector.begin(sample, [...promptIds, ...path]), next),
  );
  let done = 0;
  const together = sequencesTogether(length);
  for (let from = 0; from < growing.length && !context.signal.aborted; from += together) {
    const group = growing.slice(from, from + together);
    await decodeTogether(model, group, length, context, {
      stop: parameters.stop,
      onSelections: (choices, live) => {
        done += choices.length;
        context.emit({ type: 'progress', done, total: ends.length * length, what: t('tokens') });
        if (remember) rememberAnswers(live, promptIds.length, parameters.alternatives, memory);
      },
    });
  }
  return growing.map(({ sequence, end }) => ({
    path: sequence.tokens.slice(promptIds.length),
    unlisted: end === 'unlisted',
    off: sequence.off,
  }));
}

/** Keeps the answers that the last token of each sequence was chosen from; sequences may share one. */
function rememberAnswers(
  live: readonly DecodingSequence[],
  promptLength: number,
  alternatives: number,
  memory: BranchMemory,
): void {
  const chosen = new Map<NextToken, { readonly path: readonly number[]; readonly ids: Set<number> }>();
  for (const { next, sequence } of live) {
    const known = chosen.get(next) ?? { path: sequence.tokens.slice(promptLength, -1), ids: new Set() };
    known.ids.add(sequence.tokens.at(-1)!);
    chosen.set(next, known);
  }
  for (const [next, { path, ids }] of chosen) memory.keep(path, readingOf(next, alternatives, ids));
}

async function growExact(
  { model, promptIds, context }: BranchWork,
  { length, count, budget }: Start<'exact'>,
): Promise<Started> {
  const { signal } = context;
  needWhole(model, t('The proof that nothing is more probable'));
  const found = await enumerate(model, promptIds, {
    length,
    count,
    budget,
    endOfText: model.info.endOfText,
    signal,
    onStep: async ({ read }) => {
      context.emit({ type: 'progress', done: read, total: budget, what: t('beginnings') });
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
      length,
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
        logProbability: sum(greedy.logProbabilities),
      },
    },
  };
}

function withoutEnd({ info }: LanguageModel, tokens: readonly number[]): readonly number[] {
  const last = tokens.at(-1);
  return last !== undefined && info.endOfText.includes(last) ? tokens.slice(0, -1) : tokens;
}

async function growBeam(
  { model, promptIds, parameters, context }: BranchWork,
  { length, beams, lengthPenalty }: Start<'beam'>,
): Promise<Started> {
  const { stop = [] } = parameters;
  const lacking = lacksTokens(model, t('Beam search'), 2 * beams);
  if (lacking !== undefined) throw new RangeError(lacking);
  const recorder = new BeamRecorder(model, promptIds, { beams, length, stop });
  const results = await beamSearch(recorder, promptIds, {
    maxNewTokens: length,
    beams,
    returned: beams,
    lengthPenalty,
    stopStrings: stop,
    signal: context.signal,
    onStep: async ({ step, sequences }) => {
      recorder.keep(sequences);
      context.emit({ type: 'progress', done: step, total: length, what: t('steps') });
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
        logProbability: sum(logProbabilities),
        score,
        end,
      })),
    },
  };
}

type Taken = Extract<BranchEdit, { edit: 'take' }>;

/** Makes a user's edits. */
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
  const { model, parameters, promptIds, memory, context } = work;
  const keyOf = ({ path, ahead }: Taken): string =>
    `${path.join()}+${ahead}+${JSON.stringify(parameters.stop ?? [])}`;
  const taken = parameters.edits.filter(
    (edit): edit is Taken =>
      edit.edit === 'take' && edit.ahead > 0 && !model.info.endOfText.includes(edit.path.at(-1)!),
  );
  const growing = taken.filter((edit) => !memory.grown.has(keyOf(edit)));
  for (const ahead of new Set(growing.map((edit) => edit.ahead))) {
    const alike = growing.filter((edit) => edit.ahead === ahead);
    const ends: End[] = [];
    for (const { path } of alike) {
      await context.pause();
      if (context.signal.aborted) break;
      const contexts = [{ tokens: [...promptIds, ...path], cache: first.cache }];
      try {
        const [next] = await model.next(contexts, model.info.server && context.signal);
        ends.push({ path, next: next!, sample: 0 });
      } catch (error) {
        breakOff(context, error);
        break;
      }
    }
    const texts = await growTexts(work, ends, ahead, { ...GREEDY, remember: false });
    if (context.signal.aborted) break;
    alike.forEach((edit, i) => memory.grown.set(keyOf(edit), texts[i]!.path));
  }
  return new Map(taken.map((edit) => [edit, memory.grown.get(keyOf(edit)) ?? edit.path]));
}
