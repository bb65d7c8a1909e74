/** What Explore says of random results. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROPERTY } from '../../core/generators';
import { holes } from '../../l10n/holes';
import { exploreSayings } from './randomResults';

it('every sentence is whole', async () => {
  await fc.assert(
    fc.asyncProperty(exploreSayings, async (sayings) => {
      expect((await sayings).flatMap(holes)).toEqual([]);
    }),
    { ...PROPERTY, numRuns: 150 },
  );
});
