/** Tokens that a served model expects before every text, such as Llama's `<s>`. */

/** How many ids of `added` stand before `plain`; 0 where that one is not in it. */
export function leading(added: readonly number[], plain: readonly number[]): number {
  for (let from = 0; from + plain.length <= added.length; from++) {
    if (plain.every((id, i) => added[from + i] === id)) return from;
  }
  return 0;
}

/**
 * A context as the server is given it. A server that is given ids adds nothing to them, but models that were trained
 * with a token before every text predict badly without it.
 */
export function started(before: readonly number[], tokens: readonly number[]): readonly number[] {
  return before.length === 0 || tokens[0] === before[0] ? tokens : [...before, ...tokens];
}
