import { describe, expect, it } from 'vitest';
import { precisionWords } from '../../../../src/experiments/report/words';

describe('the arithmetic of a model in English', () => {
  it('is shown as a result records it', () => {
    expect(['as served', 'fp32', 'int8-fast'].map(precisionWords)).toEqual([
      'as served',
      'fp32',
      'int8-fast',
    ]);
  });
});
