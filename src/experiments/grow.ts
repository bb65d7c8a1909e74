/** Grows sequences token by token, many side by side, all from the cache of one prompt. */
import type { LanguageModel, NextToken } from '../core/languageModel';
import type { RunContext } from './experiment';
import type { Completion, TokenStep } from './exploreTypes';
import type { ChosenSequence, TokenChooser } from './tokenChooser';

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
export interface Growing {
  /** Chooses its tokens; sequences with the same settings share one. */
  readonly chooser: TokenChooser;
  readonly sequence: ChosenSequence;
  /** `stopped` while it grows, so that this is true whenever it is left as it is. */
  end: Completion['end'];
  /** Logits for its next token, and the cache of everything before that. */
  next: NextToken;
}

/** A sequence that has nothing but its prompt yet. */
export function beginGrowing(chooser: TokenChooser, sequence: ChosenSequence, next: NextToken): Growing {
  return { chooser, sequence, end: 'stopped', next };
}

/**
 * Grows sequences by one token each, at least once, until all have ended or a person stops them.
 * @param onSteps is told of the tokens chosen for `growing`, in the same order.
 */
export async function growTogether(
  model: LanguageModel,
  group: readonly Growing[],
  maxNewTokens: number,
  context: Pick<RunContext<never>, 'pause' | 'signal'>,
  onSteps: (steps: readonly TokenStep[], growing: readonly Growing[]) => void,
): Promise<void> {
  let live = group;
  for (;;) {
    const steps = live.map(({ chooser, sequence, next }) => chooser.choose(sequence, next.logits));
    onSteps(steps, live);
    for (const growing of live) {
      const { tokens, promptLength } = growing.sequence;
      if (tokens.at(-1) === model.info.endOfText) growing.end = 'end of text';
      else if (tokens.length - promptLength === maxNewTokens) growing.end = 'length';
    }
    live = live.filter(({ end }) => end === 'stopped');
    await context.pause();
    if (live.length === 0 || context.signal.aborted) return;
    const answers = await model.next(
      // A copy: the model may keep what it is given.
      live.map(({ sequence, next }) => ({ tokens: [...sequence.tokens], cache: next.cache })),
    );
    live.forEach((growing, i) => {
      growing.next = answers[i]!;
    });
  }
}

/** What has become of a sequence. */
export function completionOf(model: LanguageModel, { sequence, end }: Growing): Completion {
  const ids = sequence.tokens.slice(sequence.promptLength);
  const text = model.decode(end === 'end of text' ? ids.slice(0, -1) : ids);
  return { ids, text, end, logProbability: sequence.logProbability };
}
