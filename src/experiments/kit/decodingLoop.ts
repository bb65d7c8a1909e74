/** Grows sequences token by token, many side by side, all from the cache of one prompt. */
import * as v from 'valibot';
import { JobMemory, type LanguageModel, type NextToken } from '../../core/languageModel';
import { findStop } from '../../core/stopStrings';
import { breakOff, type RunContext } from './experiment';
import type { SelectedSequence, TokenSelection, TokenSelector } from './tokenSelection';
import { isGivenUp, turnBackSchema, type TurnBack } from './turnBack';

/**
 * Why a text ended: it is as long as was asked for, the model ended it, a stop string came, it has the whole shape that
 * it is held to, no token of the vocabulary can go on to that shape, all that could come at a place was taken back, what
 * was drawn is one of the tokens that a server does not list, or a user stopped it.
 */
export const endSchema = v.picklist([
  'length',
  'end of text',
  'stop string',
  'complete',
  'stuck',
  'banned',
  'unlisted',
  'stopped',
]);
export type End = v.InferOutput<typeof endSchema>;

/** What has become of a sequence. */
export const completionSchema = v.object({
  ids: v.array(v.number()),
  /** What comes after the text of the prompt, and before a stop string. */
  text: v.string(),
  /** Why it ended. */
  end: endSchema,
  /** The stop string that it ended at. */
  stop: v.optional(v.string()),
  /** True where its length ended it before it had the shape that it is held to. */
  unfinished: v.optional(v.boolean()),
  /** Sum over its tokens of the natural log of the raw probability. */
  logProbability: v.number(),
  /**
   * Where it is held to a shape: sum over its tokens of the natural log of the raw probability of all tokens that could
   * come there by the shape.
   */
  fitting: v.optional(v.number()),
  /**
   * Where its tokens were drawn from answers that list only some tokens, and the samplers' probabilities are not
   * exact: the most by which one of them may be off, at any of its places; null where that is not known.
   */
  off: v.optional(v.nullable(v.number())),
  /** Where it went back, in order; left out where it did not. */
  turns: v.optional(v.array(turnBackSchema)),
});
export type Completion = v.InferOutput<typeof completionSchema>;

/**
 * Sequences that grow side by side share one budget of new positions, which bounds the memory of their caches:
 * 8,192 positions are 600 MB for GPT-2 124M in float32. The others follow when these are done.
 */
const CACHED_POSITIONS = 8192;

/** How many sequences with so many new tokens may grow side by side; at least one. */
export function sequencesTogether(maxNewTokens: number): number {
  return Math.max(1, Math.floor(CACHED_POSITIONS / maxNewTokens));
}

/**
 * Bytes of logits that are kept together for texts that may have to go back, and the fewest and most places of each
 * that they are kept for: most phrases are short, and for a longer one the model is asked again.
 */
const KEPT_BYTES = 256 * 2 ** 20;
const FEWEST_KEPT = 4;
const MOST_KEPT = 32;

/** A sequence while it grows. */
export interface DecodingSequence {
  /** Chooses its tokens; sequences with the same settings share one. */
  readonly selector: TokenSelector;
  readonly sequence: SelectedSequence;
  /** `stopped` while it grows, so that this is true whenever it is left as it is. */
  end: Completion['end'];
  /** The stop string that it ended at. */
  stop?: string;
  /** The model's latest answer: logits for the token after the first `read`, and the cache of everything before that. */
  next: NextToken;
  read: number;
  /** What the model answered to the prompt, and what the latest tokens were chosen from, by their places. */
  readonly first: NextToken;
  readonly answers: Map<number, NextToken>;
}

/** A sequence that went back over some of its tokens. */
export interface TurnedBack {
  readonly growing: DecodingSequence;
  readonly turn: TurnBack;
}

/** What is told while sequences grow. */
export interface DecodingWatch {
  /** Texts that end a sequence as soon as one is in what it has written; none where left out. */
  readonly stop?: readonly string[] | undefined;
  /** Is told of the tokens chosen for `growing`, in the same order. */
  readonly onSelections?: (choices: readonly TokenSelection[], growing: readonly DecodingSequence[]) => void;
  /** Is told what became of these, where something did: which went back, and which have ended. */
  readonly onSettled?: (turned: readonly TurnedBack[], ended: readonly DecodingSequence[]) => void;
}

/** A sequence that has nothing but its prompt yet. */
export function beginDecoding(
  selector: TokenSelector,
  sequence: SelectedSequence,
  next: NextToken,
): DecodingSequence {
  const read = sequence.tokens.length;
  return { selector, sequence, end: 'stopped', next, read, first: next, answers: new Map() };
}

/**
 * Grows sequences by one token each, at least once, until all have ended or a user stops them. Sequences that
 * have chosen the same tokens so far are read once for all of them. One that has to go back over its tokens does so,
 * while the others go on.
 * @throws RangeError where a shape that texts are held to takes more tokens
 */
export async function decodeTogether(
  model: LanguageModel,
  group: readonly DecodingSequence[],
  maxNewTokens: number,
  context: Pick<RunContext<never>, 'pause' | 'signal' | 'breakOff'>,
  watch: DecodingWatch = {},
): Promise<void> {
  const { stop = [], onSelections, onSettled } = watch;
  const rules: Rules = { model, maxNewTokens, stop };
  const bytes = model.info.vocabularySize * Float32Array.BYTES_PER_ELEMENT * group.length;
  const kept = Math.max(FEWEST_KEPT, Math.min(MOST_KEPT, Math.floor(KEPT_BYTES / bytes)));
  // What a text may go back to has to stay as it is.
  const longest = Math.max(...group.map(({ sequence }) => sequence.promptLength + maxNewTokens));
  const memory = group.some(({ selector }) => selector.mayTurnBack) ? undefined : new JobMemory(longest);
  begin(group, maxNewTokens, watch);
  let live = group.filter(isGrowing);
  while (live.length > 0) {
    const choices: TokenSelection[] = [];
    const chosen: DecodingSequence[] = [];
    for (const growing of live) {
      const choice = growing.selector.select(growing.sequence, growing.next);
      if (typeof choice === 'string') {
        growing.end = choice;
        continue;
      }
      choices.push(choice);
      chosen.push(growing);
      keepAnswer(growing, kept);
    }
    if (chosen.length > 0) onSelections?.(choices, chosen);
    const turned = chosen.flatMap((growing) => settle(growing, rules) ?? []);
    const ended = live.filter((growing) => !isGrowing(growing));
    if (turned.length + ended.length > 0) onSettled?.(turned, ended);
    live = live.filter(isGrowing);
    await context.pause();
    if (live.length === 0 || context.signal.aborted) return;
    try {
      await ask(model, live, model.info.server ? context.signal : undefined, memory);
    } catch (error) {
      breakOff(context, error);
      return;
    }
  }
}

/**
 * Ends those of a group that are complete as they are.
 * @throws RangeError where a shape that texts are held to takes more tokens
 */
export function begin(
  group: readonly DecodingSequence[],
  maxNewTokens: number,
  { onSettled }: DecodingWatch,
): void {
  // Where the first token goes across the prompt's end, it may bring more of the shape.
  for (const { selector, sequence } of group) if (sequence.owed === '') selector.checkLength(maxNewTokens);
  for (const growing of group) growing.end = endByShape(growing);
  const ended = group.filter((growing) => !isGrowing(growing));
  if (ended.length > 0) onSettled?.([], ended);
}

export function isGrowing({ end }: DecodingSequence): boolean {
  return end === 'stopped';
}

/** What ends a sequence, for all of a group. */
export interface Rules {
  readonly model: LanguageModel;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
}

/** Lets a sequence that has a new token go back, end, or neither. @returns what was taken back */
export function settle(
  growing: DecodingSequence,
  { model, maxNewTokens, stop }: Rules,
): TurnedBack | undefined {
  const { selector, sequence, answers } = growing;
  const { tokens, chosen, promptLength, turns } = sequence;
  const turn = selector.turnBack(sequence);
  if (turn) {
    if (isGivenUp(turns)) growing.end = 'banned';
    const known = answers.get(turn.place);
    growing.next = known ?? growing.first;
    growing.read = promptLength + (known ? turn.place : 0);
    return { growing, turn };
  }
  if (model.info.endOfText.includes(tokens.at(-1)!)) {
    growing.end = 'end of text';
    return undefined;
  }
  const found = stop.length > 0 ? stopBehind(model, sequence, stop) : undefined;
  if (found !== undefined) {
    growing.end = 'stop string';
    growing.stop = found;
    return undefined;
  }
  growing.end = endByShape(growing);
  if (growing.end === 'stopped' && chosen.length === maxNewTokens) growing.end = 'length';
  return undefined;
}

function endByShape({ selector, sequence }: DecodingSequence): End {
  const standing = selector.standing(sequence);
  return standing === 'open' ? 'stopped' : standing;
}

/** The stop string that the last token has brought. */
function stopBehind(
  model: LanguageModel,
  sequence: SelectedSequence,
  stop: readonly string[],
): string | undefined {
  // A character is at most three bytes per UTF-16 unit, and nearly all tokens are at least a byte. Only where these
  // tokens hold a stop string is the whole text looked at.
  const reach = 3 * Math.max(...stop.map(({ length }) => length)) + 8;
  const { tokens, promptLength } = sequence;
  const from = Math.max(promptLength, tokens.length - reach);
  if (from > promptLength && !findStop(model.decode(tokens.slice(from)), stop)) return undefined;
  return findStop(textOf(model, sequence, tokens.length), stop)?.stop;
}

/** The text behind the prompt's, up to a token. */
function textOf(model: LanguageModel, { tokens, promptLength, owed }: SelectedSequence, end: number): string {
  return model.decode(tokens.slice(promptLength, end)).slice(owed.length);
}

function keepAnswer({ selector, sequence, answers, next }: DecodingSequence, kept: number): void {
  if (!selector.mayTurnBack) return;
  const place = sequence.chosen.length - 1;
  answers.set(place, next);
  answers.delete(place - kept);
}

/** Asks the model for what comes next, where it has not said so. @param signal closes a request to a server */
async function ask(
  model: LanguageModel,
  live: readonly DecodingSequence[],
  signal: AbortSignal | undefined,
  memory: JobMemory | undefined,
): Promise<void> {
  const same = withSameTokens(live.filter(({ read, sequence }) => read < sequence.tokens.length));
  if (same.length === 0) return;
  const answers = await model.next(
    // A copy: the model may keep what it is given.
    same.map(([{ sequence, next }]) => ({ tokens: [...sequence.tokens], cache: next.cache })),
    signal,
    memory,
  );
  same.forEach((sharing, i) => {
    for (const growing of sharing) {
      growing.next = answers[i]!;
      growing.read = growing.sequence.tokens.length;
    }
  });
}

/**
 * Sequences by their tokens, in the order of the first of each kind: those that come from the same answer and
 * have chosen the same tokens from it on.
 */
function withSameTokens(live: readonly DecodingSequence[]): [DecodingSequence, ...DecodingSequence[]][] {
  const groups: [DecodingSequence, ...DecodingSequence[]][] = [];
  const known = new Map<NextToken, Map<string, DecodingSequence[]>>();
  for (const growing of live) {
    const { next, sequence, read } = growing;
    const chosen = sequence.tokens.slice(read).join();
    const byTokens = known.get(next) ?? new Map<string, DecodingSequence[]>();
    known.set(next, byTokens);
    const group = byTokens.get(chosen);
    if (group) group.push(growing);
    else {
      const first: [DecodingSequence] = [growing];
      byTokens.set(chosen, first);
      groups.push(first);
    }
  }
  return groups;
}

/** What has become of a sequence. */
export function completionOf(
  model: LanguageModel,
  { selector, sequence, end, stop }: DecodingSequence,
): Completion {
  const { tokens, promptLength, chosen, logProbability, off, turns } = sequence;
  const text = textOf(model, sequence, tokens.length - (end === 'end of text' ? 1 : 0));
  const shaped = chosen.some(({ step }) => step.fitting !== undefined);
  return {
    ids: tokens.slice(promptLength),
    text: stop === undefined ? text : text.slice(0, text.indexOf(stop)),
    end,
    ...(stop !== undefined && { stop }),
    ...(end === 'length' && !selector.isWhole(sequence) && { unfinished: true }),
    logProbability,
    ...(shaped && { fitting: chosen.reduce((sum, { step }) => sum + logOf(step.fitting ?? 1), 0) }),
    ...(off !== 0 && { off }),
    ...(turns.length > 0 && { turns: [...turns] }),
  };
}

/** The natural log; finite even of what has underflowed, because results are JSON. */
function logOf(probability: number): number {
  return Math.log(Math.max(probability, Number.MIN_VALUE));
}
