/** Pairs of models: how far their next tokens are apart, and where their greedy texts part. */
import type { LanguageModel } from '../../core/languageModel';
import { topIndices } from '../../core/logits';
import { jensenShannon, klDivergence } from '../../core/statistics/divergence';
import type { ComparedText, ModelPair, ModelsResult } from './result';
import { resultToken } from '../kit/results';

/** Most probable tokens whose overlap is counted, and of each model listed. */
const TOP = 10;

interface Distributed {
  readonly distribution: Float64Array;
}

/** @param texts model by model; the first text of each is its greedy one */
export function comparePairs(
  written: readonly Distributed[],
  texts: readonly (readonly ComparedText[])[],
): ModelPair[] {
  const pairs: ModelPair[] = [];
  for (let first = 0; first < written.length; first++) {
    for (let second = first + 1; second < written.length; second++) {
      const [p, q] = [written[first]!.distribution, written[second]!.distribution];
      const best = new Set(topIndices(p, TOP));
      pairs.push({
        first,
        second,
        divergence: klDivergence(p, q),
        reverse: klDivergence(q, p),
        jensenShannon: jensenShannon(p, q),
        overlap: topIndices(q, TOP).filter((id) => best.has(id)).length,
        parts: whereTheyPart(texts[first]![0]!, texts[second]![0]!),
      });
    }
  }
  return pairs;
}

function whereTheyPart(first: ComparedText, second: ComparedText): ModelPair['parts'] {
  const shared = Math.min(first.ids.length, second.ids.length);
  const position = first.ids.slice(0, shared).findIndex((id, i) => id !== second.ids[i]);
  if (position < 0) return null;
  const tokenOf = ({ ids, tokens }: ComparedText): { id: number; text: string } => ({
    id: ids[position]!,
    text: tokens[position]!,
  });
  return { position, firstToken: tokenOf(first), secondToken: tokenOf(second) };
}

/** The tokens that are among the most probable of any model, by their largest probability. */
export function nextTokens(model: LanguageModel, written: readonly Distributed[]): ModelsResult['next'] {
  const ids = new Set(written.flatMap(({ distribution }) => topIndices(distribution, TOP)));
  return [...ids]
    .map((id) => ({
      token: resultToken(model, id),
      probabilities: written.map(({ distribution }) => distribution[id]!),
    }))
    .sort((a, b) => Math.max(...b.probabilities) - Math.max(...a.probabilities));
}
