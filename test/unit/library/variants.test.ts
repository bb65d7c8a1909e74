import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PRECISIONS } from '../../../src/library/memory';
import { readVariantId, variantId } from '../../../src/library/variants';
import '../fixedSeed';

it('an id with its weights is read as it was written', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w.@/-]{1,20}$/), fc.constantFrom(...PRECISIONS), (base, precision) => {
      fc.pre(readVariantId(base).precision === 'fp32');
      expect(readVariantId(variantId(base, precision))).toEqual({ base, precision });
    }),
  );
});

it('an id without weights that are known is the id of a model', () => {
  for (const id of ['fireside', '@int8', 'me/my@int7', 'a@', '@']) {
    expect(readVariantId(id)).toEqual({ base: id, precision: 'fp32' });
  }
});
