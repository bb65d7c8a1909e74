/** What ten draws from a distribution show, exactly: the figures of the chapter's exercise. */
import * as v from 'valibot';
import { expectedDistinct } from '../../core/statistics/expectation';
import { modeProbability } from '../../core/statistics/mode';

const DRAWS = 10;

/** Of more tokens the exact probability of the mode takes too long. */
const MOST_FOR_MODE = 500;

export const tenDrawsSchema = v.object({
  /** Expected number of distinct tokens. */
  distinct: v.number(),
  /** Probability that the greedy token is the most frequent one; null for large vocabularies. */
  mode: v.nullable(
    v.object({
      /** It alone. */
      unique: v.number(),
      /** It, perhaps tied with others. */
      among: v.number(),
      /** It, when ties are broken by a fair draw. */
      uniform: v.number(),
    }),
  ),
});
export type TenDraws = v.InferOutput<typeof tenDrawsSchema>;

export function tenDraws(probabilities: ArrayLike<number>): TenDraws {
  const distinct = expectedDistinct(probabilities, DRAWS);
  if (probabilities.length > MOST_FOR_MODE) return { distinct, mode: null };
  const { uniqueMode, amongModes, tiesBrokenUniformly } = modeProbability(probabilities, DRAWS);
  return { distinct, mode: { unique: uniqueMode, among: amongModes, uniform: tiesBrokenUniformly } };
}
