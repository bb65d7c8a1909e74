/** Texts that go back: a token completed what must not come, and the first token of that is not drawn there again. */
import * as v from 'valibot';
import { entropy } from '../../core/logits';

/** Where a text went back to, and what was taken back. */
export const turnBackSchema = v.object({
  /** How many new tokens stand before it. */
  place: v.number(),
  /** What was taken back; its first token is not drawn there again. */
  ids: v.array(v.number()),
  text: v.string(),
  /** What must not come, and was completed. */
  phrase: v.string(),
  /** Probability of the first of these tokens when it was drawn: after the chain, among those not banned there yet. */
  processed: v.number(),
  /** Probability of all of them before the chain: the product. */
  raw: v.number(),
});
export type TurnBack = v.InferOutput<typeof turnBackSchema>;

/** Times that a text goes back to one place, and at all, before it is given up. */
const MOST_AT_A_PLACE = 64;
const MOST_TURNS = 1000;

/** Whether a text goes back so often that it is to end. */
export function isGivenUp(turns: readonly TurnBack[]): boolean {
  const { place } = turns.at(-1) ?? {};
  return turns.length >= MOST_TURNS || turns.filter((turn) => turn.place === place).length >= MOST_AT_A_PLACE;
}

/** The turns whose place is still in the text: a text that later goes back further loses those behind. */
export function standingTurns(turns: readonly TurnBack[]): TurnBack[] {
  return turns.filter(({ place }, i) => turns.slice(i + 1).every((later) => later.place >= place));
}

/**
 * What a text's going back has cost: at every place where tokens are not drawn again, the others have together
 * probability 1 - p, and drawing among them alone makes each 1 / (1 - p) times as probable. In nats, summed over the
 * places that the text still has.
 * @returns null where nothing else could be drawn: then the samplers had to choose anew.
 */
export function costOf(turns: readonly TurnBack[]): number | null {
  const cost = standingTurns(turns).reduce((sum, { processed }) => sum - Math.log1p(-processed), 0);
  return Number.isFinite(cost) ? cost : null;
}

/** A distribution of which some tokens must not be drawn. */
export interface Renormalised {
  readonly processed: Float64Array;
  /** In nats. */
  readonly entropy: number;
  readonly kept: number;
}

/** @returns undefined where no other token has a probability. */
export function without(probabilities: Float64Array, banned: ReadonlySet<number>): Renormalised | undefined {
  const processed = probabilities.slice();
  for (const id of banned) processed[id] = 0;
  let left = 0;
  let kept = 0;
  for (const p of processed) {
    left += p;
    if (p > 0) kept++;
  }
  if (left === 0) return undefined;
  for (let id = 0; id < processed.length; id++) processed[id]! /= left;
  return { processed, entropy: entropy(processed), kept };
}
