import type { LoadedModel } from '../engine/client';

/** A probability given as its natural log, in percent with three significant digits. */
export function percent(logProbability: number): string {
  const p = Math.exp(logProbability) * 100;
  return p < 0.001 ? '< 0.001 %' : `${p.toPrecision(3)} %`;
}

/** A token for people: its characters with white space made visible, its bytes where they are not whole characters. */
export function tokenName(id: number, { vocabulary }: Pick<LoadedModel, 'vocabulary'>): string {
  const bytes = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      .decode(bytes)
      .replaceAll(' ', '·')
      .replaceAll('\n', '⏎')
      .replaceAll('\r', '␍')
      .replaceAll('\t', '⇥');
  } catch {
    return `‹${Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')}›`;
  }
}
