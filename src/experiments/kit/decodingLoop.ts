/** Grows sequences token by token, many side by side, all from the cache of one prompt. */
import * as v from 'valibot';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import type { RunContext } from './experiment';
import type { SelectedSequence, TokenSelection, TokenSelector } from './tokenSelection';

/** What has become of a sequence. */
export const completionSchema = v.object({
  ids: v.array(v.number()),
  /** What comes after the text of the prompt. */
  text: v.string(),
  /** Why it ended. */
  end: v.picklist(['length', 'end of text', 'stopped']),
  /** Sum over its tokens of the natural log of the raw probability. */
  logProbability: v.number(),
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

/** A sequence while it grows. */
export interface DecodingSequence {
  /** Chooses its tokens; sequences with the same settings share one. */
  readonly selector: TokenSelector;
  readonly sequence: SelectedSequence;
  /** `stopped` while it grows, so that this is true whenever it is left as it is. */
  end: Completion['end'];
  /** Logits for its next token, and the cache of everything before that. */
  next: NextToken;
}

/** A sequence that has nothing but its prompt yet. */
export function beginDecoding(
  selector: TokenSelector,
  sequence: SelectedSequence,
  next: NextToken,
): DecodingSequence {
  return { selector, sequence, end: 'stopped', next };
}

/**
 * Grows sequences by one token each, at least once, until all have ended or a user stops them. Sequences that
 * have chosen the same tokens so far are read once for all of them.
 * @param onSelections is told of the tokens chosen for `growing`, in the same order.
 */
export async function decodeTogether(
  model: LanguageModel,
  group: readonly DecodingSequence[],
  maxNewTokens: number,
  context: Pick<RunContext<never>, 'pause' | 'signal'>,
  onSelections: (choices: readonly TokenSelection[], growing: readonly DecodingSequence[]) => void,
): Promise<void> {
  let live = group;
  for (;;) {
    const choices = live.map(({ selector, sequence, next }) => selector.select(sequence, next));
    onSelections(choices, live);
    for (const growing of live) {
      const { tokens, promptLength } = growing.sequence;
      if (model.info.endOfText.includes(tokens.at(-1)!)) growing.end = 'end of text';
      else if (tokens.length - promptLength === maxNewTokens) growing.end = 'length';
    }
    live = live.filter(({ end }) => end === 'stopped');
    await context.pause();
    if (live.length === 0 || context.signal.aborted) return;
    const same = withSameTokens(live);
    const answers = await model.next(
      // A copy: the model may keep what it is given.
      same.map(([{ sequence, next }]) => ({ tokens: [...sequence.tokens], cache: next.cache })),
    );
    same.forEach((sharing, i) => {
      for (const growing of sharing) growing.next = answers[i]!;
    });
  }
}

/**
 * Sequences by their tokens, in the order of the first of each kind: those that come from the same answer and
 * have chosen the same token from it.
 */
function withSameTokens(live: readonly DecodingSequence[]): [DecodingSequence, ...DecodingSequence[]][] {
  const groups: [DecodingSequence, ...DecodingSequence[]][] = [];
  const known = new Map<NextToken, Map<number, DecodingSequence[]>>();
  for (const growing of live) {
    const { next, sequence } = growing;
    const id = sequence.tokens.at(-1)!;
    const byToken = known.get(next) ?? new Map<number, DecodingSequence[]>();
    known.set(next, byToken);
    const group = byToken.get(id);
    if (group) group.push(growing);
    else {
      const first: [DecodingSequence] = [growing];
      byToken.set(id, first);
      groups.push(first);
    }
  }
  return groups;
}

/** What has become of a sequence. */
export function completionOf(model: LanguageModel, { sequence, end }: DecodingSequence): Completion {
  const ids = sequence.tokens.slice(sequence.promptLength);
  const text = model.decode(end === 'end of text' ? ids.slice(0, -1) : ids);
  return { ids, text, end, logProbability: sequence.logProbability };
}
