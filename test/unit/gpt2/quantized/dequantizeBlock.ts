/** Numbers of a quantized block again, as `MatMulNBits` reads them. */
export function dequantizeBlock(codes: Uint8Array, scale: number, bits: 4 | 8): Float32Array {
  if (bits === 8) return Float32Array.from(codes, (code) => (code - 128) * scale);
  return Float32Array.from({ length: 2 * codes.length }, (_, i) => {
    const pair = codes[i >> 1]!;
    return ((i % 2 === 0 ? pair & 15 : pair >> 4) - 8) * scale;
  });
}
