/** What a replay says: whether a run that was done again gave the same. */
import { countValues, firstDifference } from '../../src/experiments/report/compare';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { thousands } from '../format/numbers';
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';

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
    return {
      equal: true,
      sentence: firstDifference(saved, replayed)
        ? t(
            'Replayed: all {0} values of the result are the same again, but for rounding (at most {1}).',
            values,
            written(apart),
          )
        : t('Replayed: all {0} values of the result are the same again.', values),
    };
  }
  const { path, first, second } = difference;
  const otherModel = saved.provenance.fingerprint !== replayed.provenance.fingerprint;
  const what = t(
    'Replayed with a different result: {0} was {1} and is now {2}.',
    path,
    brief(first),
    brief(second),
  );
  const why = otherModel ? [t('The model’s weights or logits have changed since.')] : [];
  return { equal: false, sentence: [what, ...why].join(' ') };
}

function brief(value: unknown): string {
  const text = value === undefined ? t('missing') : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
