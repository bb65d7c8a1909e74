/** Which samplers may change places without a difference. */
import type { SamplerName } from '../core/samplers/catalog';

/**
 * How samplers work, where it decides about their order: they remove tokens whatever the logits are, add to logits,
 * multiply some of them, or divide all of them by one number. The others look at probabilities or ranks.
 */
const KINDS: Partial<Readonly<Record<SamplerName, 'removes' | 'adds' | 'multiplies' | 'scales'>>> = {
  'banned-tokens': 'removes',
  'banned-phrases': 'removes',
  'allowed-tokens': 'removes',
  'no-repeat-ngram': 'removes',
  'min-length': 'removes',
  regex: 'removes',
  'json-schema': 'removes',
  'logit-bias': 'adds',
  'presence-penalty': 'adds',
  'frequency-penalty': 'adds',
  dry: 'adds',
  'repetition-penalty': 'multiplies',
  temperature: 'scales',
};

/** What they keep does not change when all logits are divided by one number. */
const BLIND_TO_SCALE: readonly SamplerName[] = ['top-k', 'top-n-sigma', 'repetition-penalty'];

/** Each keeps the best tokens down to a place that the other does not move: the k-th, or a share of the best one. */
const BEST: readonly SamplerName[] = ['top-k', 'min-p'];

/** Whether two samplers come to the same in either order. */
function commute(a: SamplerName, b: SamplerName): boolean {
  if (a !== b && BEST.includes(a) && BEST.includes(b)) return true;
  const [first, second] = [KINDS[a], KINDS[b]];
  if (first === 'scales') return second === 'removes' || BLIND_TO_SCALE.includes(b);
  if (second === 'scales') return first === 'removes' || BLIND_TO_SCALE.includes(a);
  if (first === undefined || second === undefined) return false;
  return first === 'removes' || second === 'removes' || (first === 'adds' && second === 'adds');
}

/** Whether a chain comes to the same in two orders. */
export function sameInEffect(here: readonly SamplerName[], there: readonly SamplerName[]): boolean {
  return here.every((a, i) =>
    here.slice(i + 1).every((b) => there.indexOf(a) < there.indexOf(b) || commute(a, b)),
  );
}
