/** Below this many percent, the order of magnitude is all there is to say. */
const LEAST_PERCENT = 0.001;

/** A probability given as its natural log, in percent with three significant digits, for answers to agents. */
export function percentInEnglish(logProbability: number): string {
  const p = Math.exp(logProbability) * 100;
  return p < LEAST_PERCENT ? `< ${LEAST_PERCENT} %` : `${p.toPrecision(3)} %`;
}
