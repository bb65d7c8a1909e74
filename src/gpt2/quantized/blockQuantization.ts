/**
 * Whole numbers for weights, block by block, as ONNX Runtime's `MatMulNBits` reads them: along the inputs of each
 * output, `blockSize` numbers share one float32 scale; number = (code - 2^(bits - 1)) x scale. Codes of 4 bits
 * lie two to a byte, the first in the lower half.
 */
export interface BlockFormat {
  readonly bits: 4 | 8;
  readonly blockSize: 32 | 128 | 256;
}

/** A format for rows of so many inputs: blocks of 256 are halved where they do not fill the rows. */
export function fitted({ bits, blockSize }: BlockFormat, inputs: number): BlockFormat {
  return { bits, blockSize: blockSize === 256 && inputs % blockSize !== 0 ? 128 : blockSize };
}

/** A matrix in blocks: `codes` [outputs, blocks, blockSize x bits / 8], `scales` [outputs, blocks]. */
export interface QuantizedMatrix {
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

/** Number of blocks that `inputs` numbers need; the last is filled up with zeros. */
export function blockCount(inputs: number, { blockSize }: BlockFormat): number {
  return Math.ceil(inputs / blockSize);
}

/** Bytes of one block's codes. */
export function blockBytes({ bits, blockSize }: BlockFormat): number {
  return (blockSize * bits) / 8;
}

/**
 * Quantizes a matrix.
 * @param weights float32; input i of output o is `weights[o * outputStride + i * inputStride]`.
 */
export function quantizeMatrix(
  weights: Float32Array,
  outputs: number,
  inputs: number,
  outputStride: number,
  inputStride: number,
  format: BlockFormat,
): QuantizedMatrix {
  const blocks = blockCount(inputs, format);
  const bytes = blockBytes(format);
  const codes = new Uint8Array(outputs * blocks * bytes);
  const scales = new Float32Array(outputs * blocks);
  const block = new Float32Array(format.blockSize);
  for (let output = 0; output < outputs; output++) {
    for (let b = 0; b < blocks; b++) {
      const first = b * format.blockSize;
      const count = Math.min(format.blockSize, inputs - first);
      const start = output * outputStride + first * inputStride;
      for (let i = 0; i < count; i++) block[i] = weights[start + i * inputStride]!;
      block.fill(0, count);
      const at = output * blocks + b;
      scales[at] = quantizeBlock(block, codes.subarray(at * bytes, (at + 1) * bytes), format.bits);
    }
  }
  return { codes, scales };
}

/** Writes a block's codes and returns its scale. */
function quantizeBlock(block: Float32Array, codes: Uint8Array, bits: 4 | 8): number {
  let extreme = 0;
  for (const value of block) if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  // The scale is float32 in the file, so it must be rounded before it is divided by.
  const rounded = Math.fround(bits === 8 ? Math.abs(extreme) / 127 : bestScale(block, extreme));
  // A block of numbers so small that they cannot be divided by their scale is a block of zeros.
  const scale = Number.isFinite(1 / rounded) ? rounded : 0;
  const inverse = scale === 0 ? 0 : 1 / scale;
  if (bits === 8) {
    // Codes are positive, so cutting off after adding a half rounds.
    for (let i = 0; i < block.length; i++) codes[i] = block[i]! * inverse + 128.5;
  } else {
    for (let i = 0; i < block.length; i += 2) {
      codes[i >> 1] = code4(block[i]! * inverse) | (code4(block[i + 1]! * inverse) << 4);
    }
  }
  return scale;
}

/** The code of 0 to 15 nearest to a number in units of the scale. */
function code4(value: number): number {
  const code = (value + 8.5) | 0;
  return code < 0 ? 0 : code > 15 ? 15 : code;
}

/** Codes that the largest number of a block may take, beyond the last one where it is then cut off. */
const REACHES = [6.75, 7.25, 7.75, 8, 8.25, 8.75];

/**
 * With 16 codes the scale that reaches the largest number is not the best for the others: of a few around it
 * the one with the least squared error. Codes reach from -8 to 7, so the largest number takes the side of -8.
 */
function bestScale(block: Float32Array, extreme: number): number {
  let best = 0;
  let least = Infinity;
  for (const reach of REACHES) {
    const scale = -extreme / reach;
    if (scale === 0) return 0;
    const inverse = 1 / scale;
    let error = 0;
    for (let i = 0; i < block.length; i++) {
      const difference = block[i]! - (code4(block[i]! * inverse) - 8) * scale;
      error += difference * difference;
    }
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}
