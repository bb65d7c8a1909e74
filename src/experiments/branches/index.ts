/** Branches: the tree of continuations, by token ids. */
import { t } from '../../l10n/language';
import { branchesReport } from './report';
import type { LanguageModel } from '../../core/languageModel';
import { memoryOf } from './memory';
import { BranchTree } from './tree';
import { growEdits, growStart, NOTHING } from './growth';
import { branchesResultSchema, type BranchesEvent, type BranchesResult } from './result';
import { onModel, type RunContext } from '../kit/experiment';
import { branchesParameters, type BranchEdit, type BranchesParameters } from './parameters';
import { takePrompt } from '../kit/prompt';
import { readPrompt } from '../kit/readPrompt';
import { progressEventSchema, provenanceOf } from '../kit/results';

/** Room for new tokens is made in steps of so many. */
const ROOM_STEP = 64;
/** Tokens of the prompt that the root shows. */
const PROMPT_END = 8;

/**
 * Branches as an experiment. The tree is a function of the start and the edits, so that undoing is running without
 * the last one, and a saved tree can be replayed. Nothing is ever read from text again: a path is the ids it has.
 *
 * A stop is honoured before every token; the result then has the part of the tree that was read.
 */
export const branches = onModel<BranchesParameters, BranchesEvent, BranchesResult>({
  parse: branchesParameters.parse,
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
  const prompt = await takePrompt(model, parameters.prompt, roomFor(model, parameters), parameters);
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
    ...(grown.sampled && { sampled: grown.sampled }),
    stopped: context.signal.aborted,
    milliseconds: performance.now() - begin,
    provenance: provenanceOf(
      model,
      prompt,
      parameters,
      start.kind === 'samples' ? start.seed : null,
      start.kind === 'samples' && model.info.server ? { drawnBy: 'here' } : {},
    ),
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
    t(
      'The tree has token id {0}, but the ids of {1} are 0 to {2}. It belongs to another model; start again.',
      String(wrong),
      info.name,
      String(info.vocabularySize - 1),
    ),
  );
}
