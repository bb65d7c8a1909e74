import { defineSampler, reshapes } from './definition';
import { t } from '../../l10n/language';

/** The shape of the curve that favours probabilities near the target: fixed, as its authors found it. */
const WIDTH = 0.3;
const PEAK = 5;
const SHARPNESS = 10;

/**
 * Adaptive-p: favours the tokens whose probability is near a target, and moves that target against the average of
 * what was drawn so far: after sure tokens it asks for less probable ones, and the other way round. With
 * δ = |p - a| / 0.3 a candidate's new logit is 5 - 10 δ² / (1 + δ), where the adapted target a is
 * 2 target - average, brought into [0, 1].
 *
 * MrJackSpade, Adaptive-P; merged into llama.cpp as pull request 17927, 2026.
 *
 * - The average weights the probabilities, before this sampler, of the tokens drawn: average' = decay · average +
 *   (1 - decay) p. It begins at the target and is kept in `history.memory`; without a memory every step is a first.
 * - It should stand last, after a min-p or top-k that clears away what is improbable: tokens of probability 0 are at
 *   a finite distance from the target too.
 */
export const adaptiveP = defineSampler({
  name: 'adaptive-p',
  rank: { huggingFace: 240, llamaCpp: 240 },
  about: {
    label: 'Adaptive-p',
    explanation: t(
      'Favours tokens of about the target’s probability, and corrects itself so that the average stays there.',
    ),
    formula: t('logit′ = 5 − 10 δ²/(1 + δ), δ = |p − a|/0.3; a = 2 · target − average'),
    paper: 'MrJackSpade, Adaptive-P (llama.cpp pull request 17927), 2026',
    parameters: [
      {
        name: 'target',
        label: t('Target'),
        explanation: t(
          'The probability that drawn tokens have on average; smaller values are more surprising.',
        ),
        kind: 'number',
        min: 0,
        max: 1,
        slider: { min: 0, max: 1, step: 0.01 },
        default: 0.5,
      },
      {
        name: 'decay',
        label: t('Decay'),
        explanation: t('How long what was drawn is remembered: about 1 / (1 − decay) tokens.'),
        kind: 'number',
        min: 0,
        max: 0.99,
        slider: { min: 0, max: 0.99, step: 0.01 },
        default: 0.9,
        optional: true,
      },
    ],
  },
  effect: reshapes,
  create({ target, decay = 0.9 }, { vocabularySize }) {
    const before = new Float64Array(vocabularySize);
    return {
      usesHistory: true,
      initialState: target,
      apply(candidates, _history, average) {
        const { ids, count, probabilities } = candidates;
        const adapted = Math.min(1, Math.max(0, 2 * target - average));
        // Kept apart: the first logit that is written makes the probabilities stale.
        for (let row = 0; row < count; row++) before[ids[row]!] = probabilities[ids[row]!]!;
        for (let row = 0; row < count; row++) {
          const id = ids[row]!;
          const distance = Math.abs(before[id]! - adapted) / WIDTH;
          candidates.setLogit(id, PEAK - (SHARPNESS * distance * distance) / (1 + distance));
        }
      },
      accept: (id, average) => decay * average + (1 - decay) * before[id]!,
    };
  },
});
