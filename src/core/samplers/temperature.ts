import type { Candidates } from './candidates';
import { defineSampler } from './definition';
import { evenly } from './parameters';
import { t } from '../../l10n/language';

/**
 * Temperature: divides every logit by T, so that p becomes proportional to p^(1/T). Below 1 the distribution
 * sharpens, above 1 it flattens; the order of the tokens never changes.
 *
 * Ackley, Hinton and Sejnowski, A Learning Algorithm for Boltzmann Machines, 1985.
 *
 * - T = 0 is the limit taken as greedy decoding: the best token alone stays, the lowest id among equals. (The
 *   mathematical limit would share the probability among equals.) A warning says so.
 * - T = 1 changes nothing.
 * - Where logit / T leaves the range of float64 the logits are taken relative to the largest, which leaves the
 *   probabilities as they are; tokens whose logit becomes -Infinity by that are removed.
 */
export const temperature = defineSampler({
  name: 'temperature',
  rank: { huggingFace: 100, llamaCpp: 200 },
  about: {
    label: t('Temperature'),
    symbol: 'T',
    explanation: t(
      'Sharpens (below 1) or flattens (above 1) the distribution; 0 always takes the best token.',
    ),
    formula: 'logit′ = logit / T',
    paper: 'Ackley, Hinton and Sejnowski, A Learning Algorithm for Boltzmann Machines, 1985',
    parameters: [
      {
        name: 'temperature',
        label: t('Temperature'),
        explanation: t('Larger values make rare tokens more likely; 0 is greedy.'),
        kind: 'number',
        min: 0,
        max: Number.MAX_VALUE,
        slider: { min: 0, max: 2, step: 0.05 },
        main: { stops: [...evenly(0, 2, 0.05), ...evenly(2.2, 5, 0.2), ...evenly(5.5, 10, 0.5)] },
        default: 1,
      },
    ],
  },
  effect: ({ temperature }) => {
    if (temperature === 1) return t('changes nothing');
    return temperature < 1 ? t('sharpens') : t('flattens');
  },
  create: ({ temperature: t }) => ({
    apply(candidates) {
      applyTemperature(candidates, t);
      if (t === 0) candidates.warnings.push(GREEDY);
    },
  }),
});

const GREEDY = t(
  'Temperature 0 is greedy decoding: only the most probable token stays, so every draw is the same.',
);

/** Divides the candidates' logits by t, or keeps only the best candidate where t is 0. */
export function applyTemperature(candidates: Candidates, t: number): void {
  if (t === 0) candidates.removeBelow(candidates.largest(), 1);
  else if (t !== 1) scaleLogits(candidates, t);
}

function scaleLogits(candidates: Candidates, t: number): void {
  if (Number.isFinite(candidates.extent() / t)) {
    candidates.divide(t);
    return;
  }
  const { ids, logits, count } = candidates;
  const shift = candidates.largest();
  for (let row = 0; row < count; row++) {
    const id = ids[row]!;
    const scaled = (logits[id]! - shift) / t;
    if (scaled === -Infinity) candidates.remove(id);
    else logits[id] = scaled;
  }
  candidates.logitsChanged();
}
