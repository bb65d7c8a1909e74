/** What Models says of random results in French. */
import '../../l10n/inFrench';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROPERTY } from '../../core/generators';
import { frenchHoles } from '../../l10n/holes';
import { englishIn } from '../reported';
import { modelsSayings } from './randomResults';

it('every sentence is whole, and none is English', () => {
  fc.assert(
    fc.property(modelsSayings, (sayings) => {
      expect(sayings.flatMap((saying) => [...frenchHoles(saying), ...englishIn(saying)])).toEqual([]);
    }),
    { ...PROPERTY, numRuns: 150 },
  );
});
