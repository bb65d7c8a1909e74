import type { NumberParameter } from './parameters';
import { SeenTokens } from './seenTokens';
import type { Sampler, SamplerContext } from './types';
import { t } from '../../l10n/language';

/** The penalty of those that subtract it. */
export const SUBTRACTED = {
  name: 'penalty',
  label: t('Penalty'),
  explanation: t('Above 0 discourages repetition, below 0 encourages it.'),
  kind: 'number',
  min: -100,
  max: 100,
  slider: { min: -2, max: 2, step: 0.1 },
  default: 0.5,
} as const satisfies NumberParameter;

/**
 * A penalty: a sampler that changes the logit of every distinct token that has occurred, the prompt included, within
 * the window, and no other.
 * @param window how many of the last tokens count; 0 means all of them.
 * @param penalised the new logit of a token that has occurred `count` times.
 */
export function penalise(
  { vocabularySize }: SamplerContext,
  window: number,
  penalised: (logit: number, count: number) => number,
): Sampler {
  const seen = new SeenTokens(vocabularySize);
  return {
    usesHistory: true,
    apply(candidates, history) {
      seen.count(history, window);
      for (let row = 0; row < seen.distinct; row++) {
        const id = seen.ids[row]!;
        candidates.setLogit(id, penalised(candidates.logits[id]!, seen.counts[id]!));
      }
    },
  };
}
