import { describe, expect, it } from 'vitest';
import { PROCESS_BYTES, trainingMemory } from '../../../src/library/memory';

/** Megabytes that a process took at most, by `VmHWM` of Linux, in two steps with an evaluation before them. */
const MEASURED = [
  // layers, width, heads, vocabulary, parameters, windows, length, dropout, measured
  [4, 128, 4, 1000, 954_112, 4, 256, 0, 245],
  [4, 128, 4, 1000, 954_112, 16, 256, 0, 500],
  [4, 128, 16, 1000, 954_112, 8, 256, 0, 500],
  [2, 256, 4, 1000, 1_901_568, 16, 128, 0, 340],
  [8, 128, 4, 1000, 1_779_968, 4, 512, 0, 586],
  [1, 64, 2, 20_000, 1_334_208, 32, 64, 0, 525],
  [4, 128, 4, 1000, 954_112, 16, 256, 0.1, 664],
  [4, 128, 16, 1000, 954_112, 8, 256, 0.1, 823],
  [4, 128, 4, 50_257, 7_259_008, 8, 64, 0, 565],
  [4, 128, 4, 50_257, 7_259_008, 8, 256, 0.1, 1357],
  [4, 128, 4, 50_257, 7_259_008, 16, 256, 0, 2261],
  [12, 768, 12, 50_257, 124_439_808, 1, 64, 0, 2808],
] as const;

describe('The memory of a training', () => {
  it.each(MEASURED)(
    'of %i layers, width %i, %i heads, %i tokens, %i parameters, batches of %i x %i, dropout %f is planned as measured',
    (layers, width, heads, vocabulary, parameters, windows, length, dropout, measured) => {
      const shape = { layers, width, heads, vocabulary, parameters, length, dropout };
      const { fixed, window } = trainingMemory(shape);
      const ratio = (PROCESS_BYTES + fixed + windows * window) / (measured * 1e6);
      expect(ratio).toBeGreaterThan(1);
      // The process itself is counted with 300 MB, of which a small model uses less than half.
      expect(ratio).toBeLessThan(1.9);
    },
  );
});
