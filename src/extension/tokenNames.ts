import { visibleToken, hexBytes } from '../core/visibleText';
import type { LoadedModel } from '../engine/client';

/** Below this many percent, the order of magnitude is all there is to say. */
const LEAST_PERCENT = 0.001;

/** A probability given as its natural log, in percent with three significant digits, as a language writes numbers. */
export function percentOfLog(logProbability: number, language = 'en'): string {
  const p = Math.exp(logProbability) * 100;
  if (p < LEAST_PERCENT) {
    return `< ${LEAST_PERCENT.toLocaleString(language)} %`;
  }
  return `${p.toLocaleString(language, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })} %`;
}

/** A token for people: its characters with those that are not seen made visible, its bytes where they are not whole characters. */
export function tokenName(id: number, { vocabulary }: Pick<LoadedModel, 'vocabulary'>): string {
  const bytes = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
  try {
    return visibleToken(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return `‹${hexBytes(bytes)}›`;
  }
}
