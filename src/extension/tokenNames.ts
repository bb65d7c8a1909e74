import { visibleToken, hexBytes } from '../core/visibleText';
import type { LoadedModel } from '../engine/client';

/** A token for people: its characters with those that are not seen made visible, its bytes where they are not whole characters. */
export function tokenName(id: number, { vocabulary }: Pick<LoadedModel, 'vocabulary'>): string {
  const bytes = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
  try {
    return visibleToken(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return `‹${hexBytes(bytes)}›`;
  }
}
