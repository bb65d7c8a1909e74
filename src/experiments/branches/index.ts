/** Branches: the tree of continuations, by token ids. */
import { branchesReport } from './report';
import type { LanguageModel } from '../../core/languageModel';
import { memoryOf } from './memory';
import { BranchTree } from './tree';
import { growEdits, growStart, NOTHING } from './growth';
import {
  branchesResultSchema,
  type BranchEdit,
  type BranchesEvent,
  type BranchesParameters,
  type BranchesResult,
  type BranchStart,
} from './result';
import { onModel, type RunContext } from '../kit/experiment';
import { parameterObject, realNumber, show, textValue, wholeNumber } from '../kit/checks';
import { takePrompt } from '../kit/prompt';
import { readPrompt } from '../kit/readPrompt';
import { progressEventSchema, provenanceOf } from '../kit/results';

/** Longest path, in tokens. */
const MOST_TOKENS = 1024;
const MOST_EDITS = 500;
/** Room for new tokens is made in steps of so many. */
const ROOM_STEP = 64;
/** Tokens of the prompt that the root shows. */
const PROMPT_END = 8;

/**
 * Reads the parameters of Branches.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseBranches(value: unknown): BranchesParameters {
  const given = parameterObject('Branches', value);
  const edits = given['edits'];
  if (!Array.isArray(edits)) throw new RangeError(`The edits are ${show(edits)}; they must be a list.`);
  if (edits.length > MOST_EDITS) {
    throw new RangeError(
      `The tree has ${edits.length} edits; it may have at most ${MOST_EDITS}. Start again.`,
    );
  }
  return {
    prompt: textValue('The prompt', given['prompt']),
    start: parseStart(given['start']),
    alternatives: parseAlternatives(given['alternatives']),
    edits: Array.from(edits, parseEdit),
  };
}

/** @throws RangeError for what is no number of tokens that a taken path may go on by. */
export function parseAhead(value: unknown): number {
  return wholeNumber('Tokens ahead', value, 0, 100);
}

/** @throws RangeError for what is no number of alternatives. */
export function parseAlternatives(value: unknown): number {
  return wholeNumber('The number of alternatives', value, 1, 50);
}

/** @throws RangeError for what is no start, naming the value that is wrong and its limits. */
export function parseStart(value: unknown): BranchStart {
  const given = parameterObject('the start', value);
  const { kind } = given;
  const length = (): number => wholeNumber('The length', given['length'], 1, 100);
  switch (kind) {
    case 'alternatives':
      return { kind };
    case 'greedy':
      return { kind, length: length() };
    case 'samples':
      return {
        kind,
        length: length(),
        count: wholeNumber('The number of texts', given['count'], 1, 64),
        temperature: realNumber('The temperature', given['temperature'], { least: 0, most: 1000 }),
        topK: given['topK'] === null ? null : wholeNumber('Top-k', given['topK'], 1, Number.MAX_SAFE_INTEGER),
        seed: wholeNumber('The seed', given['seed'], 0, 0xffff_ffff),
      };
    case 'exact':
      return {
        kind,
        length: length(),
        count: wholeNumber('The number of texts', given['count'], 1, 50),
        budget: wholeNumber('The budget', given['budget'], 1, 100_000),
      };
    case 'beam':
      return {
        kind,
        length: length(),
        beams: wholeNumber('The number of beams', given['beams'], 1, 32),
        lengthPenalty: realNumber('The length penalty', given['lengthPenalty'], { least: -10, most: 10 }),
      };
    default:
      throw new RangeError(
        `The start is ${show(kind)}; it must be alternatives, greedy, samples, exact or beam.`,
      );
  }
}

function parseEdit(value: unknown, index: number): BranchEdit {
  const what = `edit ${index + 1}`;
  const given = parameterObject(what, value);
  const { edit, path } = given;
  if (edit !== 'expand' && edit !== 'take' && edit !== 'prune' && edit !== 'pin') {
    throw new RangeError(`Edit ${index + 1} is ${show(edit)}; it must be expand, take, prune or pin.`);
  }
  if (!Array.isArray(path)) throw new RangeError(`The path of ${what} is ${show(path)}; it must be a list.`);
  if (path.length > MOST_TOKENS) {
    throw new RangeError(
      `The path of ${what} has ${path.length} tokens; it may have at most ${MOST_TOKENS}.`,
    );
  }
  if (path.length === 0 && edit !== 'expand') {
    throw new RangeError(`The path of ${what} is empty; only expand can be asked of the prompt's end.`);
  }
  const ids = Array.from(path, (id: unknown) =>
    wholeNumber(`A token id of ${what}`, id, 0, Number.MAX_SAFE_INTEGER),
  );
  return edit === 'take' ? { edit, path: ids, ahead: parseAhead(given['ahead']) } : { edit, path: ids };
}

/**
 * Branches as an experiment. The tree is a function of the start and the edits, so that undoing is running without
 * the last one, and a saved tree can be replayed. Nothing is ever read from text again: a path is the ids it has.
 *
 * A stop is honoured before every token; the result then has the part of the tree that was read.
 */
export const branches = onModel<BranchesParameters, BranchesEvent, BranchesResult>({
  title: 'Branches',
  parse: parseBranches,
  events: progressEventSchema,
  result: branchesResultSchema,
  report: branchesReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: BranchesParameters,
  context: RunContext<BranchesEvent>,
): Promise<BranchesResult> {
  const begin = performance.now();
  const { start, edits } = parameters;
  checkIds(model, edits);
  const prompt = takePrompt(model, parameters.prompt, roomFor(model, parameters));
  const promptIds = Array.from(prompt.ids);
  const first = await readPrompt(model, promptIds, context);
  const tree = new BranchTree(model, promptIds);
  const memory = memoryOf(model, promptIds);
  const work = { model, parameters, promptIds, tree, memory, context };
  const grown = first ? await growStart(work, first) : NOTHING;
  if (first) {
    await growEdits(work, first);
    await tree.read(first, parameters, memory, context);
  }
  return {
    experiment: 'branches',
    promptEnd: `${promptIds.length > PROMPT_END ? '…' : ''}${model.decode(promptIds.slice(-PROMPT_END))}`,
    nodes: tree.nodes(),
    exact: grown.exact,
    beam: grown.beam,
    stopped: context.signal.aborted,
    milliseconds: performance.now() - begin,
    provenance: provenanceOf(model, prompt, parameters, start.kind === 'samples' ? start.seed : null),
  };
}

/**
 * Tokens that the prompt must leave room for. A tree that grows must not push its own prompt out of the context with
 * every edit: room is made in large steps.
 */
function roomFor({ info }: LanguageModel, { start, edits }: BranchesParameters): number {
  const lengths = edits.map((edit) => edit.path.length + (edit.edit === 'take' ? edit.ahead : 0));
  const longest = Math.max(1, 'length' in start ? start.length : 1, ...lengths);
  const roomy = Math.ceil(longest / ROOM_STEP) * ROOM_STEP;
  return Math.max(longest, Math.min(roomy, Math.floor(info.contextLength / 2)));
}

function checkIds({ info }: LanguageModel, edits: readonly BranchEdit[]): void {
  const wrong = edits.flatMap(({ path }) => path).find((id) => id >= info.vocabularySize);
  if (wrong === undefined) return;
  throw new RangeError(
    `The tree has token id ${wrong}, but the ids of ${info.name} are 0 to ${info.vocabularySize - 1}. It belongs to another model; start again.`,
  );
}
