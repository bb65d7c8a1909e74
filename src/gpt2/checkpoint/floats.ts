import { open } from 'node:fs/promises';
import type { Weight } from './checkpoint';
import { DTYPE_BYTES } from './safetensors';
import { t } from '../../l10n/language';

/** Reads `count` numbers of a tensor from number `first` on, widened to float32. */
export async function readFloats(weight: Weight, first: number, count: number): Promise<Float32Array> {
  const size = DTYPE_BYTES[weight.dtype];
  const bytes = new Uint8Array(count * size);
  const file = await open(weight.file, 'r');
  try {
    let read = 0;
    while (read < bytes.length) {
      const position = weight.offset + first * size + read;
      const { bytesRead } = await file.read(bytes, read, bytes.length - read, position);
      if (bytesRead === 0) throw new Error(t('{0} ended within tensor "{1}"', weight.file, weight.name));
      read += bytesRead;
    }
  } finally {
    await file.close();
  }
  if (weight.dtype === 'F32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return weight.dtype === 'F16' ? widenF16(halves) : widenBf16(halves);
}

/** Whether no number is NaN or infinite. */
export function allFinite(values: Float32Array): boolean {
  // A number less itself is 0 when it is finite, and NaN otherwise, which then stays in its sum. Four sums, since
  // each addition waits for the one before it.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! - values[i]!;
    b += values[i + 1]! - values[i + 1]!;
    c += values[i + 2]! - values[i + 2]!;
    d += values[i + 3]! - values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! - values[i]!;
  return a + b + c + d === 0;
}

/** BF16 is the upper half of a float32. */
function widenBf16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function widenF16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
