import '../../l10n/inFrench';
import { describe, expect, it } from 'vitest';
import { precisionWords } from '../../../../src/experiments/report/words';

describe('the arithmetic of a model in French', () => {
  it('is translated where a server keeps it to itself, and keeps the names of formats', () => {
    expect(['as served', 'fp32', 'int8-fast'].map(precisionWords)).toEqual([
      'tel que servi',
      'fp32',
      'int8-fast',
    ]);
  });
});
