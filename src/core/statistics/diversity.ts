/** How varied samples are. */
import { countNgrams, ngramCount, type Item } from './ngrams';

/**
 * Diversity as the chapter's exercise defines it: distinct items / all items. NaN for no items.
 */
export function diversity(items: readonly Item[]): number {
  return new Set(items).size / items.length;
}

/**
 * Coherence as the chapter's exercise defines it: how often the most common item occurs / all items. NaN for no
 * items.
 */
export function coherence(items: readonly Item[]): number {
  return Math.max(0, ...countNgrams(items, 1).values()) / items.length;
}

/**
 * Distinct-n: distinct n-grams / all n-grams, over all texts together. NaN where no text has n items.
 *
 * Li, Galley, Brockett, Gao and Dolan, A Diversity-Promoting Objective Function for Neural Conversation Models,
 * 2016.
 */
export function distinctN(texts: readonly (readonly Item[])[], n: number): number {
  const distinct = new Set<string>();
  let all = 0;
  for (const text of texts) {
    for (const ngram of countNgrams(text, n).keys()) distinct.add(ngram);
    all += ngramCount(text, n);
  }
  return distinct.size / all;
}

/**
 * rep-n: the share of a text's n-grams that repeat an earlier one, 1 - distinct / all. 0 for a text shorter than
 * n, which cannot repeat any.
 *
 * Welleck, Kulikov, Roller, Dinan, Cho and Weston, Neural Text Generation with Unlikelihood Training, 2020; as a
 * share of 1 where Su et al. print percent.
 */
export function repN(text: readonly Item[], n: number): number {
  const all = ngramCount(text, n);
  return all === 0 ? 0 : 1 - countNgrams(text, n).size / all;
}

/**
 * Diversity of a text as the product of 1 - rep-n for n = 2, 3, 4.
 *
 * Su, Lan, Wang, Yogatama, Kong and Collier, A Contrastive Framework for Neural Text Generation, 2022.
 */
export function ngramDiversity(text: readonly Item[]): number {
  return [2, 3, 4].reduce((product, n) => product * (1 - repN(text, n)), 1);
}
