import { describe, expect, it } from 'vitest';
import type { ExperimentResult } from '../../../../src/experiments/kit/results';
import { verdictOf } from '../../../../webview/frame/replayVerdict';

const resultOf = (model: string, mass: number, fingerprint = 'a'): ExperimentResult & { mass: number } => ({
  stopped: false,
  milliseconds: 1,
  mass,
  provenance: {
    ...{ model, modelName: model, fingerprint, precision: 'fp32', software: 'Decoding Lab' },
    ...{ promptIds: [1], promptTruncated: false, promptNotes: [], parameters: {}, seed: null },
  },
});

describe('a replay', () => {
  it('is the same where every bit is, and says so where only rounding differs', () => {
    const exact = verdictOf(resultOf('toy', 0.3), resultOf('toy', 0.3));
    expect(exact.equal).toBe(true);
    expect(exact.sentence).toMatch(/the same again\.$/);
    const rounded = verdictOf(resultOf('toy', 0.3), resultOf('toy', 0.1 + 0.2));
    expect(rounded.equal).toBe(true);
    expect(rounded.sentence).toMatch(/again, but for rounding \(at most 1e−12\)\.$/);
  });

  it('of a network may differ as float32 rounds, one of the toy may not', () => {
    expect(verdictOf(resultOf('gpt2', 0.3), resultOf('gpt2', 0.300004)).equal).toBe(true);
    expect(verdictOf(resultOf('gpt2', 0.3), resultOf('gpt2', 0.3002)).equal).toBe(false);
    expect(verdictOf(resultOf('toy', 0.3), resultOf('toy', 0.300004)).equal).toBe(false);
  });

  it('of other weights says that they have changed', () => {
    expect(verdictOf(resultOf('gpt2', 0.3), resultOf('gpt2', 0.4, 'b')).sentence).toContain('have changed');
  });
});
