/** Reads a prompt in pieces, so that a stop during a long one does not wait for its end. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { breakOff, type RunContext } from './experiment';

/** Tokens of the prompt that are read at a time: a stop during a long prompt waits for no more than these. */
const PIECE = 64;

/** The tokens that are read first: what the pieces of `piece` tokens leave over. An empty prompt is one empty piece. */
function firstPiece(ids: readonly number[], piece = PIECE): number[] {
  return ids.slice(0, ids.length % piece || Math.min(piece, ids.length));
}

/** The logits after the prompt; undefined when a user stopped it before they were there. */
export async function readPrompt(
  model: LanguageModel,
  ids: readonly number[],
  context: Pick<RunContext<never>, 'pause' | 'signal'>,
): Promise<NextToken | undefined> {
  const there = model.info.server !== undefined;
  // A server reads all of it in one request, which a stop closes.
  const piece = there ? Infinity : PIECE;
  let answer: NextToken | undefined;
  let end = firstPiece(ids, piece).length;
  for (;;) {
    await context.pause();
    if (context.signal.aborted) return undefined;
    try {
      const contexts = [{ tokens: ids.slice(0, end), cache: answer?.cache }];
      [answer] = await model.next(contexts, there ? context.signal : undefined);
    } catch (error) {
      // Where nothing has come yet, a failure has nothing to leave.
      breakOff({ signal: context.signal }, error);
      return undefined;
    }
    if (end === ids.length) return answer;
    end += piece;
  }
}

/** The logits in the best precision that the backend has. */
export function logitsOf(next: NextToken): ArrayLike<number> {
  return next.exact ?? next.logits;
}
