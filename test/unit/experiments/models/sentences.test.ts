/** What Models says of random results. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROPERTY } from '../../core/generators';
import { holes } from '../../l10n/holes';
import { modelsSayings } from './randomResults';

it('every sentence is whole', () => {
  fc.assert(
    fc.property(modelsSayings, (sayings) => {
      expect(sayings.flatMap(holes)).toEqual([]);
    }),
    { ...PROPERTY, numRuns: 150 },
  );
});
