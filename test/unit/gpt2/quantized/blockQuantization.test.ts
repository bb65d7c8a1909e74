import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockCount,
  fitted,
  quantizeMatrix,
  type BlockFormat,
} from '../../../../src/gpt2/quantized/blockQuantization';
import '../../fixedSeed';
import { dequantizeBlock } from './dequantizeBlock';

const numbers = (length: number): fc.Arbitrary<Float32Array> =>
  fc.float32Array({ minLength: length, maxLength: length, noNaN: true, min: -8, max: 8 });

const squares = (differences: Float64Array): number => differences.reduce((sum, d) => sum + d * d, 0);

describe('blocks of 256', () => {
  // The widths of fireside, GPT-2 124M and GPT-2 XL, and what their layers have four times as wide inside.
  it.each([
    [384, 128],
    [1536, 256],
    [768, 256],
    [1600, 128],
    [6400, 256],
  ])('are halved where rows of %i inputs would leave the last one half empty', (inputs, blockSize) => {
    const format = fitted({ bits: 8, blockSize: 256 }, inputs);
    expect(format).toEqual({ bits: 8, blockSize });
    // No more than one block in ten is filled up.
    expect(blockCount(inputs, format) * blockSize).toBeLessThanOrEqual(1.1 * inputs);
    expect(fitted({ bits: 4, blockSize: 32 }, inputs)).toEqual({ bits: 4, blockSize: 32 });
  });
});

describe('quantizeMatrix', () => {
  it.each([32, 128, 256] as const)('keeps 8-bit numbers within half a step, blocks of %i', (blockSize) => {
    fc.assert(
      fc.property(numbers(blockSize), (block) => {
        const { codes, scales } = quantizeMatrix(block, 1, blockSize, blockSize, 1, { bits: 8, blockSize });
        const step = Math.max(...block.map(Math.abs)) / 127;
        expect(scales[0]).toBeCloseTo(step, 6);
        dequantizeBlock(codes, scales[0]!, 8).forEach((value, i) => {
          expect(Math.abs(value - block[i]!)).toBeLessThanOrEqual(step * 0.5001);
        });
      }),
    );
  });

  it('finds a 4-bit scale that is no worse than stretching the codes over the block', () => {
    fc.assert(
      fc.property(numbers(32), (block) => {
        const { codes, scales } = quantizeMatrix(block, 1, 32, 32, 1, { bits: 4, blockSize: 32 });
        const error = squares(
          Float64Array.from(dequantizeBlock(codes, scales[0]!, 4), (v, i) => v - block[i]!),
        );
        // The usual choice: the number farthest from zero becomes the code farthest from zero, -8.
        const extreme = block.reduce((far, v) => (Math.abs(v) > Math.abs(far) ? v : far), 0);
        const step = extreme / -8;
        const usual = Float64Array.from(block, (v) =>
          step === 0 ? 0 : v - step * Math.max(-8, Math.min(7, Math.round(v / step))),
        );
        expect(error).toBeLessThanOrEqual(squares(usual) * (1 + 1e-4) + 1e-9);
      }),
    );
  });

  it.each<[string, number, number]>([
    ['outputs side by side', 3, 1],
    ['inputs side by side', 1, 2],
  ])('reads a matrix with %s and fills its last block with zeros', (_, outputStride, inputStride) => {
    // Three inputs, two outputs: output o weighs input i by 10 o + i + 1.
    const weights = new Float32Array(6);
    for (let o = 0; o < 2; o++)
      for (let i = 0; i < 3; i++) weights[o * outputStride + i * inputStride] = 10 * o + i + 1;
    const format: BlockFormat = { bits: 8, blockSize: 32 };
    const { codes, scales } = quantizeMatrix(weights, 2, 3, outputStride, inputStride, format);
    expect([...scales].map((s) => Math.round(s * 127))).toEqual([3, 13]);
    for (const [o, expected] of [
      [1, 2, 3],
      [11, 12, 13],
    ].entries()) {
      const values = dequantizeBlock(codes.subarray(32 * o, 32 * (o + 1)), scales[o]!, 8);
      expect([...values.subarray(0, 3)].map((v) => Math.round(v * 10) / 10)).toEqual(expected);
      expect([...values.subarray(3)].every((v) => v === 0)).toBe(true);
    }
  });

  it('gives a block of zeros the scale 0', () => {
    for (const bits of [4, 8] as const) {
      const { codes, scales } = quantizeMatrix(new Float32Array(32), 1, 32, 32, 1, { bits, blockSize: 32 });
      expect(scales[0]).toBe(0);
      expect(dequantizeBlock(codes, 0, bits).every((v) => v === 0)).toBe(true);
    }
  });
});
