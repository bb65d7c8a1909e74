import type { RandomStream } from '../core/random';

/** A decision takes 16 bits: probabilities of dropout are multiples of this. */
const STEP = 2 ** -16;

/** The probability that is used for a wanted one: the nearest that the decisions can have. */
export function realDropout(wanted: number): number {
  return Math.min(Math.round(wanted / STEP) * STEP, 1 - STEP);
}

/** Fills `kept` with 1, and with 0 where a number is dropped, which happens with probability `dropout`. */
export function drawKept(kept: Uint8Array, dropout: number, stream: RandomStream): void {
  const limit = Math.round(dropout / STEP);
  // Three decisions from the upper 48 of a number's 53 bits.
  for (let i = 0; i < kept.length; i += 3) {
    let bits = stream.next();
    for (let j = i; j < i + 3 && j < kept.length; j++) {
      bits *= 65536;
      const digit = Math.floor(bits);
      bits -= digit;
      kept[j] = digit < limit ? 0 : 1;
    }
  }
}
