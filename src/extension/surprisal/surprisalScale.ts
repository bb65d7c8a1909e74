/** What the tints mean: into which class a token falls, how strong its colour is, and how the classes are called. */
import { RANK_LIMITS, rankClass } from '../../experiments/surprisal/result';
import { t, whole } from '../../l10n/language';
import type { ScoredToken } from './scoredDocument';

/** How tokens are told apart: four classes of rank, or ten steps of surprisal. */
export type SurprisalScale = 'rank' | 'surprisal';

/** Steps of the continuous scale, each a nat wide; the last is open-ended: 9 nats and more, 1 in 8,100. */
const NAT_STEPS = 10;

/** Strengths of the colour from expected to surprising: one hue that grows, so that it reads in grey too. */
export const STRENGTHS: Readonly<Record<SurprisalScale, readonly number[]>> = {
  rank: [0.07, 0.22, 0.42, 0.66],
  surprisal: Array.from({ length: NAT_STEPS }, (_, i) => 0.03 + (0.65 * i) / (NAT_STEPS - 1)),
};

/** The colour of a strength, as CSS, on a light and on a dark ground. */
export function tint(strength: number): { readonly light: string; readonly dark: string } {
  return {
    light: `rgba(214, 92, 0, ${strength.toFixed(2)})`,
    dark: `rgba(255, 140, 40, ${(strength * 0.8).toFixed(2)})`,
  };
}

/** The class of a token, 0 for the most expected. */
export function tintClass(
  scale: SurprisalScale,
  token: Pick<ScoredToken, 'rank' | 'logProbability'>,
): number {
  if (scale === 'rank') return rankClass(token.rank);
  // A certain token's log-probability may be a hair above 0.
  return Math.min(NAT_STEPS - 1, Math.max(0, Math.floor(-token.logProbability)));
}

/** How many tokens each class has. */
export function classCounts(
  scale: SurprisalScale,
  tokens: readonly Pick<ScoredToken, 'rank' | 'logProbability'>[],
): readonly number[] {
  const counts = STRENGTHS[scale].map(() => 0);
  for (const token of tokens) counts[tintClass(scale, token)]! += 1;
  return counts;
}

/** The classes in words, from the most expected. */
export function classNames(scale: SurprisalScale): readonly string[] {
  if (scale === 'surprisal') {
    return STRENGTHS.surprisal.map((_, i) =>
      i === NAT_STEPS - 1 ? t('{0} nats or more', whole(i)) : t('{0} to {1} nats', whole(i), whole(i + 1)),
    );
  }
  const [ten, hundred, thousand] = RANK_LIMITS;
  return [
    t('Among the {0} likeliest', whole(ten)),
    t('Rank {0} to {1}', whole(ten + 1), whole(hundred)),
    t('Rank {0} to {1}', whole(hundred + 1), whole(thousand)),
    t('Beyond rank {0}', whole(thousand)),
  ];
}

/** What the colours mean, in one sentence, with the values at both ends. */
export function legendOf(scale: SurprisalScale): string {
  return scale === 'surprisal'
    ? t(
        'Stronger colour means more surprising: palest below {0} nat, strongest from {1} nats.',
        whole(1),
        whole(NAT_STEPS - 1),
      )
    : t(
        'Stronger colour means more surprising: palest among the {0} likeliest tokens, strongest beyond rank {1}.',
        whole(RANK_LIMITS[0]),
        whole(RANK_LIMITS[2]),
      );
}
