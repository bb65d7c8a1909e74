/** What a replay says: whether a run that was done again gave the same. */
import { countValues, firstDifference } from '../../src/experiments/report/compare';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { thousands } from '../format/numbers';

/** Whether a replay gave the same, in a sentence. */
export interface Verdict {
  readonly equal: boolean;
  readonly sentence: string;
}

export function verdictOf(saved: ExperimentResult, replayed: ExperimentResult): Verdict {
  const difference = firstDifference(saved, replayed);
  if (!difference) {
    const values = thousands(countValues(replayed));
    return { equal: true, sentence: `Replayed: all ${values} values of the result are the same again.` };
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
