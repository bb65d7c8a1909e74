import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followEdit, isEdited } from '../../../../src/extension/document/spans';
import { depth } from '../../depth';
import '../../fixedSeed';

describe('a part of a text', () => {
  it('keeps its characters, and holds what an edit puts among them, wherever it is edited', () => {
    const nat = fc.nat({ max: 12 });
    fc.assert(
      fc.property(
        nat,
        fc.integer({ min: 1, max: 12 }),
        nat,
        nat,
        nat,
        (start, size, offset, length, inserted) => {
          const span = { start, end: start + size };
          const edit = { offset, length, inserted };
          // Brute force: every character knows whether it is of the part; new ones are where their neighbours are.
          const characters: string[] = Array.from({ length: 60 }, (_, i) =>
            i >= start && i < span.end ? 'in' : 'out',
          );
          const removed = characters.splice(offset, length, ...Array.from({ length: inserted }, () => 'new'));
          const after = followEdit(span, edit);
          const edited =
            removed.includes('in') || (offset > start && offset < span.end && (length > 0 || inserted > 0));
          if (length + inserted > 0) expect(isEdited(span, edit)).toBe(edited);
          const left = characters.flatMap((kind, i) => (kind === 'in' ? [i] : []));
          for (const i of left) {
            expect(i).toBeGreaterThanOrEqual(after.start);
            expect(i).toBeLessThan(after.end);
          }
          if (edited) {
            expect(after.start).toBeLessThanOrEqual(offset);
            expect(after.end).toBeGreaterThanOrEqual(offset + inserted);
          } else expect(after.end - after.start).toBe(size);
        },
      ),
      { numRuns: depth(300, 1000) },
    );
  });
});
