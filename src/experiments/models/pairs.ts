/** Pairs of models: how far their next tokens are apart, and where their greedy texts part. */
import type { LanguageModel } from '../../core/languageModel';
import { jensenShannon, klDivergence } from '../../core/statistics/divergence';
import type { ComparedText, ModelPair, ModelsResult } from './result';
import { resultToken } from '../kit/results';
import type { Written } from './writing';

type Distributed = Pick<Written, 'distribution' | 'best' | 'listed'>;

/** @param texts model by model; the first text of each is its greedy one */
export function comparePairs(
  written: readonly Distributed[],
  texts: readonly (readonly ComparedText[])[],
): ModelPair[] {
  const pairs: ModelPair[] = [];
  for (let first = 0; first < written.length; first++) {
    for (let second = first + 1; second < written.length; second++) {
      const [one, other] = [written[first]!, written[second]!];
      const [p, q] = [one.distribution, other.distribution];
      // How far whole distributions are apart is not known where one is not known whole.
      const whole = !one.listed && !other.listed;
      const best = new Set(one.best);
      pairs.push({
        first,
        second,
        divergence: whole ? klDivergence(p, q) : null,
        reverse: whole ? klDivergence(q, p) : null,
        jensenShannon: whole ? jensenShannon(p, q) : null,
        overlap: other.best.filter((id) => best.has(id)).length,
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
  const ids = new Set(written.flatMap(({ best }) => best));
  return [...ids]
    .map((id) => ({
      token: resultToken(model, id),
      probabilities: written.map(({ distribution, listed }) =>
        listed?.has(id) === false ? null : distribution[id]!,
      ),
    }))
    .sort((a, b) => greatest(b.probabilities) - greatest(a.probabilities));
}

const greatest = (probabilities: readonly (number | null)[]): number =>
  Math.max(...probabilities.map((p) => p ?? 0));
