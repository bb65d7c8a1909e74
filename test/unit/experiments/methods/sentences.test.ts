/** What Methods says of random results. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROPERTY } from '../../core/generators';
import { holes } from '../../l10n/holes';
import { methodsSayings } from './randomResults';

it('every sentence is whole', async () => {
  await fc.assert(
    fc.asyncProperty(methodsSayings, async (sayings) => {
      expect((await sayings).flatMap(holes)).toEqual([]);
    }),
    { ...PROPERTY, numRuns: 150 },
  );
});
