/** What a replay says: whether a run that was done again gave the same. */
import { countValues, firstDifference } from '../../src/experiments/report/compare';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { thousands } from '../format/numbers';

/** Whether a replay gave the same, in a sentence. */
export interface Verdict {
  readonly equal: boolean;
  readonly sentence: string;
}

/**
 * How far values may be apart that were rounded otherwise: another version may add the same numbers in another order,
 * those of a network in float32.
 */
const ROUNDING = { toy: 1e-12, network: 1e-5 } as const;

export function verdictOf(saved: ExperimentResult, replayed: ExperimentResult): Verdict {
  const apart = saved.provenance.model === 'toy' ? ROUNDING.toy : ROUNDING.network;
  const difference = firstDifference(saved, replayed, apart);
  if (!difference) {
    const values = thousands(countValues(replayed));
    const rounded = firstDifference(saved, replayed) ? `, but for rounding (at most ${apart})` : '';
    return {
      equal: true,
      sentence: `Replayed: all ${values} values of the result are the same again${rounded}.`,
    };
  }
  const { path, first, second } = difference;
  const otherModel = saved.provenance.fingerprint !== replayed.provenance.fingerprint;
  const why = otherModel ? ' The model’s weights or logits have changed since.' : '';
  return {
    equal: false,
    sentence: `Replayed with a different result: ${path} was ${brief(first)} and is now ${brief(second)}.${why}`,
  };
}

function brief(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
